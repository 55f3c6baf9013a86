import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, connect as dial } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Aedes, type AedesOptions } from "aedes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, isFault } from "../../kiosk/core/fault.ts";
import { openPipe, type Pipe, type PipeOptions } from "../../kiosk/uplink/mqtt.ts";
import { openPki } from "../brokers/pki.ts";
import { freePort } from "./broker-parts.ts";

/** One connection, against brokers that are old, strict, small or picky. */

let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
});
afterEach(() => house.disposeAsync());

async function aedes(options: AedesOptions): Promise<string> {
  const broker = await Aedes.createBroker(options);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  house.defer(async () => {
    server.close();
    await new Promise<void>((resolve) => broker.close(resolve));
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const open = async (options: Omit<PipeOptions, "clientId">): Promise<Pipe> =>
  house.use(await openPipe({ ...options, clientId: "k1" }, null, () => {}, new AbortController().signal));

const faultOf = (opening: Promise<unknown>): Promise<Fault> =>
  opening.then(
    () => {
      throw new Error("it opened");
    },
    (error: unknown) => {
      if (isFault(error)) return error;
      throw error;
    },
  );

const publish = async (pipe: Pipe): Promise<Fault | null> => {
  const { promise, resolve } = Promise.withResolvers<Fault | null>();
  pipe.publish({ topic: "a", bytes: Buffer.from("b"), contentType: "text/plain" }, resolve);
  return Promise.race([promise, pipe.ended]);
};

test("MQTT 5 where the broker speaks it", async () => {
  const pipe = await open({ brokerUrl: await aedes({}) });
  expect(pipe.protocol).toBe("MQTT 5");
  expect(pipe.windowSize).toBe(64);
});

test.each([
  ["it hangs up on MQTT 5", null],
  ["it answers with 3.1.1's return code 1", [0x20, 2, 0, 1]],
  ["it answers with MQTT 5's reason code 0x84", [0x20, 3, 0, 0x84, 0]],
])("MQTT 3.1.1 where %s", async (_, answer) => {
  const { port } = new URL(await aedes({}));
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (packet) => {
      // The byte after the protocol's name is its level.
      if (packet[packet.indexOf("MQTT") + 4] === 5) return socket.end(Buffer.from(answer ?? []));
      const old = dial(Number(port), "127.0.0.1");
      old.write(packet);
      return socket.pipe(old).pipe(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  house.defer(() => void server.close());
  const pipe = await open({ brokerUrl: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` });
  expect(pipe.protocol).toBe("MQTT 3.1.1");
  expect(await publish(pipe)).toBe(null);
});

test("no more in flight than the broker says it can take", async () => {
  const pipe = await open({ brokerUrl: await aedes({ receiveMaximum: 7 }) });
  expect(pipe.windowSize).toBe(7);
});

test("a refused login and a refused topic are the technician's business, and say so", async () => {
  const strict = await aedes({
    authenticate: (_, username, __, done) => done(null, username === "kiosk"),
    authorizeSubscribe: (_, __, done) => done(null, null),
  });
  const refused = await faultOf(open({ brokerUrl: strict.replace("//", "//guest:letmein@") }));
  expect(refused.code).toBe("broker-refused");
  expect(refused.message).not.toContain("letmein");
  const pipe = await open({ brokerUrl: strict, username: "kiosk" });
  expect((await faultOf(pipe.subscribe(["a/#"]))).code).toBe("broker-refused");
});

test("a broker that is not there, and one that never answers", async () => {
  expect((await faultOf(open({ brokerUrl: `mqtt://127.0.0.1:${await freePort()}` }))).code).toBe("broker-unreachable");
  const mute = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const brokerUrl = `mqtt://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  expect((await faultOf(open({ brokerUrl, connectTimeoutMs: 200 }))).code).toBe("broker-unreachable");
  mute.close();
});

test("stopping while connecting stops at once", async () => {
  const mute = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const brokerUrl = `mqtt://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const started = performance.now();
  const opening = openPipe({ brokerUrl, clientId: "k1" }, null, () => {}, AbortSignal.timeout(100));
  expect((await faultOf(opening)).code).toBe("broker-unreachable");
  expect(performance.now() - started).toBeLessThan(2000);
  mute.close();
});

describe("with TLS and client certificates on mosquitto", () => {
  let folder: string;
  let port: number;
  const file = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lintel-tls-"));
    house.defer(() => rmSync(folder, { recursive: true }));
    const pki = openPki(folder);
    for (const name of ["ca", "other-ca"]) pki.authority(name);
    pki.issue("ca", "server", "localhost");
    pki.issue("ca", "device", "k7f3q9m2xw4t8v6p1r5s0");
    port = await freePort();
    writeFileSync(
      file("mosquitto.conf"),
      [
        `listener ${port} 127.0.0.1`,
        `cafile ${file("ca.pem")}`,
        `certfile ${file("server.pem")}`,
        `keyfile ${file("server.key")}`,
        "require_certificate true",
        "use_identity_as_username true",
        "log_type error",
        // Started by root it would become another user, who cannot read this folder.
        `user ${userInfo().username}`,
      ].join("\n"),
    );
    const child = spawn("/usr/sbin/mosquitto", ["-c", file("mosquitto.conf")], { stdio: "ignore" });
    house.defer(async () => {
      const exited = once(child, "exit");
      if (child.kill("SIGKILL")) await exited;
    });
  });

  const options = () => ({
    brokerUrl: `mqtts://localhost:${port}`,
    caFile: file("ca.pem"),
    certFile: file("device.pem"),
    keyFile: file("device.key"),
  });
  /** mosquitto needs a moment to listen. */
  const whenUp = async (opening: () => Promise<Pipe>): Promise<Pipe> => {
    for (let tries = 0; ; tries += 1) {
      const pipe = await opening().catch((error: unknown) => {
        if (isFault(error, "broker-unreachable") && tries < 100) return null;
        throw error;
      });
      if (pipe !== null) return pipe;
      await delay(50);
    }
  };

  test("a device with its certificate gets through", async () => {
    const pipe = await whenUp(() => open(options()));
    expect(await publish(pipe)).toBe(null);
  });

  test("without certificate, with a foreign CA or with missing files it is refused with a remedy", async () => {
    await whenUp(() => open(options()));
    const { caFile, brokerUrl } = options();
    for (const wrong of [
      { brokerUrl, caFile },
      { ...options(), caFile: file("other-ca.pem") },
      { ...options(), keyFile: file("none.key") },
    ]) {
      const fault = await faultOf(open(wrong));
      expect(fault.code).toBe("broker-refused");
      expect(fault.remedy).toMatch(/certificate|files/);
    }
  });
});
