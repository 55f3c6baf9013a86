import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { untilListening } from "../listening.ts";

/** Brokers that the uplink is held to, and a cable that can be pulled in front of any of them. */

export interface TestBroker extends AsyncDisposable {
  readonly port: number;
  /** Says 0x8E to a client whose session another one takes; mosquitto 2.0.11 just hangs up. */
  readonly namesTakeOver: boolean;
  /** Gone at once, with all it remembered, and back on the same port. */
  readonly restart: () => Promise<void>;
}

export const brokers: readonly (readonly [string, () => Promise<TestBroker>])[] = [
  ["the embedded broker", openEmbedded],
  ["mosquitto", openMosquitto],
];

async function openEmbedded(): Promise<TestBroker> {
  const ports = { device: await freePort(), backend: await freePort() };
  let broker = await openSimBroker(ports);
  return {
    port: ports.device,
    namesTakeOver: true,
    restart: async () => {
      await broker[Symbol.asyncDispose]();
      broker = await openSimBroker(ports);
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

async function openMosquitto(): Promise<TestBroker> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "lintel-mosquitto-"));
  const config = join(folder, "mosquitto.conf");
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\n`);
  const start = async (): Promise<ChildProcess> => {
    const child = spawn("/usr/sbin/mosquitto", ["-c", config], { stdio: "ignore" });
    await Promise.race([
      untilListening(port),
      once(child, "error").then(([cause]) => {
        throw new Error("mosquitto does not start: apt install mosquitto", { cause });
      }),
    ]);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  let child = await start();
  return {
    port,
    namesTakeOver: false,
    restart: async () => {
      await kill(child);
      child = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await kill(child);
      await rm(folder, { recursive: true });
    },
  };
}

/** A cable between a device and its broker. */
export interface Cable extends AsyncDisposable {
  readonly url: string;
  /** Open connections are reset, new ones too. */
  readonly cut: () => void;
  readonly restore: () => void;
  /** Connections stay open and nothing goes through any more: what a dead mobile link looks like. */
  readonly freeze: () => void;
}

export async function openCable(port: number): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  const server = createServer((near) => {
    near.on("error", () => {});
    if (isCut) {
      near.destroy();
      return;
    }
    const far = dial(port, "127.0.0.1");
    far.on("error", () => near.destroy());
    const pair = [near, far] as const;
    pairs.add(pair);
    near.once("close", () => {
      far.destroy();
      pairs.delete(pair);
    });
    // A broker's last words before it hangs up must still get through.
    far.once("close", () => near.end());
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const [near] of pairs) near.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      cut();
    },
    restore: () => {
      isCut = false;
    },
    freeze: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    [Symbol.asyncDispose]: async () => {
      isCut = true;
      server.close();
      cut();
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
