import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * The way to the wall in the machine. Shut while there can be no wall: an emulated processor has better things to do than
 * to turn away whoever looks fifty times a second.
 */
export interface Gate extends AsyncDisposable {
  readonly open: () => void;
  readonly shut: () => void;
}

/** @param from port of 127.0.0.1 that people know. @param to port of 127.0.0.1 that leads into the machine. */
export async function openGate(from: number, to: number): Promise<Gate> {
  let isOpen = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (!isOpen) {
      near.destroy();
      return;
    }
    const far = connect(to, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(from, "127.0.0.1");
  await once(server, "listening");
  const shut = (): void => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    open: () => {
      isOpen = true;
    },
    shut,
    [Symbol.asyncDispose]: async () => {
      shut();
      server.close();
      await once(server, "close");
    },
  };
}
