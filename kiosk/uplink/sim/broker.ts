import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";

/** The demo's MQTT 5 broker, inside this process and on this machine only. Its memory goes with it, as real ones' may. */
export interface SimBroker extends AsyncDisposable {
  /** Where devices connect: what a cut cuts. */
  readonly deviceUrl: string;
  /** Where the backend connects: its side of the cloud stays up. */
  readonly backendUrl: string;
  /** The network of the devices is gone: open connections break, new ones are refused, until `restore`. */
  readonly cut: () => void;
  readonly restore: () => void;
  readonly isCut: () => boolean;
}

/** @param ports 0 takes free ones; given ones let a broker come back where it was. */
export async function openSimBroker(ports = { device: 0, backend: 0 }): Promise<SimBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let cut = false;
  const deviceServer = createServer((socket) => {
    // A reset is how this socket ends when the network is cut, and no news.
    socket.on("error", () => {});
    if (cut) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  const backendServer = createServer((socket) => {
    socket.on("error", () => {});
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  const devicePort = await listen(deviceServer, ports.device);
  const backendPort = await listen(backendServer, ports.backend);
  const destroyOf = (port: number) => {
    for (const socket of sockets) if (socket.localPort === port) socket.destroy();
  };
  return {
    deviceUrl: `mqtt://127.0.0.1:${devicePort}`,
    backendUrl: `mqtt://127.0.0.1:${backendPort}`,
    cut: () => {
      cut = true;
      destroyOf(devicePort);
    },
    restore: () => {
      cut = false;
    },
    isCut: () => cut,
    [Symbol.asyncDispose]: async () => {
      const closed = [deviceServer, backendServer].map((server) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        server.close(() => resolve());
        return promise;
      });
      for (const socket of sockets) socket.destroy();
      const { promise, resolve } = Promise.withResolvers<void>();
      broker.close(() => resolve());
      await Promise.all([...closed, promise]);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
