import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Uplink, UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openUplink, type UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { brokers, freePort, openCable } from "./broker-parts.ts";
import { isReceipted, memoryJournal } from "./journal-parts.ts";
import { openTestCloud } from "./uplink-cloud.ts";
import { openRefusingCable } from "./uplink-refusals.ts";

/** What goes wrong between a clock and its cloud, and what the clock says of it. Nothing is ever lost by it. */

const device = newKey();
let house: AsyncDisposableStack;
let journal: ReturnType<typeof memoryJournal>;
beforeEach(() => {
  house = new AsyncDisposableStack();
  journal = memoryJournal(device);
});
afterEach(() => house.disposeAsync());

const optionsOf = (brokerUrl: string, more: Partial<UplinkOptions> = {}): UplinkOptions => ({
  broker: { brokerUrl },
  receiver: { name: "payroll", jwk: newKey().jwk },
  identity,
  signer: device.signer,
  journal,
  clock: realClock,
  fw: "0.1.0",
  simulated: false,
  ...more,
  pace: { ...quick, ...more.pace },
});

async function kiosk(options: UplinkOptions): Promise<Uplink & { readonly newest: () => UplinkNews }> {
  const uplink = house.use(await openUplink(options));
  const stop = new AbortController();
  let newest: UplinkNews = { online: false, waiting: -1, receipted: null, receiver: "", trouble: null };
  const listening = (async () => {
    for await (const news of uplink.news(stop.signal)) newest = news;
  })();
  house.defer(async () => {
    stop.abort();
    await listening;
  });
  return { ...uplink, newest: () => newest };
}

const portOf = (server: { readonly address: () => unknown }): number => (server.address() as AddressInfo).port;

async function aedes(options: Parameters<typeof Aedes.createBroker>[0] = {}): Promise<Aedes> {
  const broker = await Aedes.createBroker(options);
  house.defer(() => new Promise<void>((resolve) => broker.close(resolve)));
  return broker;
}

async function listening(broker: Aedes, port = 0): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    broker.handle(socket);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  house.defer(() => void server.close());
  return portOf(server);
}

test("a broker that acknowledges everything and loses half of it: the receiver is complete all the same", async () => {
  let n = 0;
  const isRecord = (topic: string) => topic === generic5.up(identity, "rec");
  const broker = await aedes({
    // Every second record goes nowhere, after its PUBACK.
    authorizeForward: (_, packet) => {
      if (!isRecord(packet.topic)) return packet;
      n += 1;
      return n % 2 === 0 ? packet : null;
    },
  });
  const brokerUrl = `mqtt://127.0.0.1:${await listening(broker)}`;
  journal.grow(120);
  const cloud = house.use(await openTestCloud({ brokerUrl, device }));
  await kiosk(optionsOf(brokerUrl, { receiver: cloud.receiver, pace: { stallSyncMs: 200, rewindMs: 1000 } }));
  await until("complete", () => isReceipted(journal, "payroll"));
  expect([...cloud.stored.keys()].sort((a, b) => a - b)).toEqual(journal.records.map(({ seq }) => seq));
});

test.each(brokers)(
  "half-open TCP before %s is noticed by the missing PUBACK and left, and nothing is lost",
  async (_, open) => {
    const broker = house.use(await open());
    const cable = house.use(await openCable(broker.port));
    const cloud = house.use(await openTestCloud({ brokerUrl: `mqtt://127.0.0.1:${broker.port}`, device }));
    const { wake, newest } = await kiosk(optionsOf(cable.url, { receiver: cloud.receiver, pace: { pubackMs: 300 } }));
    await until("receipted", () => isReceipted(journal, "payroll"));
    for (let n = 0; n < 3; n += 1) {
      cable.freeze();
      journal.grow(1);
      wake();
      const startMs = performance.now();
      await until("noticed", () => !newest().online);
      expect(performance.now() - startMs).toBeLessThan(3000);
      await until("drained", () => isReceipted(journal, "payroll"));
    }
  },
);

test("a captive portal that answers MQTT with a web page is no broker, and the clock keeps trying", async () => {
  const portal = createHttpServer((_, answer) => answer.end("log in")).listen(0, "127.0.0.1");
  await once(portal, "listening");
  const port = portOf(portal);
  journal.grow(3);
  const { newest } = await kiosk(optionsOf(`mqtt://127.0.0.1:${port}`));
  await until("named", () => newest().trouble !== null);
  expect(newest().trouble?.code).toBe("broker-unreachable");
  expect(newest().waiting).toBe(3);
  portal.closeAllConnections();
  portal.close();
  await once(portal, "close");
  await listening(await aedes(), port);
  await until("connected by itself", () => newest().online);
});

test("a name that nobody knows is told as such", async () => {
  const { newest } = await kiosk(optionsOf("mqtt://no-such-broker.invalid:1883"));
  await until("named", () => newest().trouble !== null);
  expect(newest().trouble?.message).toMatch(/name|No MQTT connection/);
  expect(newest().trouble?.code).toBe("broker-unreachable");
});

describe("a broker that refuses single messages", () => {
  const scene = async (records: number, more: Partial<UplinkOptions> = {}) => {
    const broker = await aedes();
    const port = await listening(broker);
    const cable = house.use(await openRefusingCable(port));
    journal.grow(records);
    const cloud = house.use(await openTestCloud({ brokerUrl: `mqtt://127.0.0.1:${port}`, device }));
    const start = () => kiosk(optionsOf(cable.url, { receiver: cloud.receiver, ...more }));
    const isRecord = (topic: string) => topic === generic5.up(identity, "rec");
    return { cable, cloud, start, isRecord };
  };

  test("quota exceeded: half the rate for a while, on the same connection, and nothing is lost", async () => {
    const { cable, cloud, start, isRecord } = await scene(250, { pace: { publishesPerS: 100, slowMs: 2500 } });
    let refusals = 0;
    cable.decide = (topic) => {
      if (!isRecord(topic) || refusals >= 30) return null;
      refusals += 1;
      return { puback: 0x97 };
    };
    await start();
    await until("complaints", () => refusals === 30);
    const before = cloud.messages.length;
    await realClock.sleep(1000, new AbortController().signal);
    expect(cloud.messages.length - before).toBeLessThan(80);
    await until("complete", () => isReceipted(journal, "payroll"));
    expect(cloud.statuses.filter(({ state }) => state === "online").length, "one birth").toBe(1);
    expect(cloud.stored.size).toBe(journal.records.length);
  });

  test.each([
    ["message rate too high", 0x96],
    ["quota exceeded", 0x97],
  ])("hung up on with %s: the next connection goes at half the rate", async (_, reason) => {
    const { cable, cloud, start, isRecord } = await scene(250, { pace: { publishesPerS: 100, slowMs: 2500 } });
    let seen = 0;
    cable.decide = (topic) => {
      if (!isRecord(topic)) return null;
      seen += 1;
      return seen === 20 ? { disconnect: reason } : null;
    };
    await start();
    await until("back again", () => seen > 40);
    const before = cloud.messages.length;
    await realClock.sleep(1000, new AbortController().signal);
    expect(cloud.messages.length - before).toBeLessThan(80);
    await until("complete", () => isReceipted(journal, "payroll"));
    expect(cloud.stored.size).toBe(journal.records.length);
  });

  test.each([
    ["with packet too large", { disconnect: 0x95 }],
    // What a broker of MQTT 3.1.1 would do; the reason says nothing.
    ["without a word", { disconnect: 0x80 }],
  ])("hung up on %s: batches are made smaller until they fit", async (_, answer) => {
    const { cable, cloud, start, isRecord } = await scene(600, { batches: true, pace: { publishesPerS: 1000 } });
    cable.decide = (topic, bytes) => (isRecord(topic) && bytes > 8000 ? answer : null);
    await start();
    await until("complete", () => isReceipted(journal, "payroll"));
    expect(Math.max(...cloud.messages.map(({ bytes }) => bytes))).toBeLessThanOrEqual(8000);
    expect(cloud.messages.some(({ records }) => records > 10)).toBe(true);
    expect(cloud.stored.size).toBe(journal.records.length);
  });

  test("an access list that keeps records out is named, the connection stays, and records follow once it lets them in", async () => {
    const { cable, cloud, start, isRecord } = await scene(20, { pace: { refusedAgainMs: 200 } });
    let isOpen = false;
    cable.decide = (topic) => (isRecord(topic) && !isOpen ? { puback: 0x87 } : null);
    const { newest } = await start();
    await until("named", () => newest().trouble !== null);
    expect(newest()).toMatchObject({ online: true, waiting: 20, trouble: { code: "broker-refused" } });
    expect(newest().trouble?.message).toContain("ACL");
    expect(newest().trouble?.remedy).toContain("up/#");
    isOpen = true;
    await until("complete", () => isReceipted(journal, "payroll"));
    await until("cleared", () => newest().trouble === null);
    expect(cloud.statuses.filter(({ state }) => state === "online").length, "one birth").toBe(1);
  });
});

describe("mosquitto with certificates and an access list", () => {
  let folder: string;
  let port: number;
  const file = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lintel-pki-"));
    house.defer(() => rmSync(folder, { recursive: true }));
    port = await freePort();
  });

  const mosquitto = (lines: readonly string[]) => {
    const config = ["log_type none", `user ${userInfo().username}`, `listener ${port} 127.0.0.1`, ...lines];
    writeFileSync(file("mosquitto.conf"), config.join("\n"));
    const child = spawn("/usr/sbin/mosquitto", ["-c", file("mosquitto.conf")], { stdio: "ignore" });
    house.defer(async () => {
      const exited = once(child, "exit");
      if (child.kill("SIGKILL")) await exited;
    });
    return child;
  };
  const tls = (server: string) => [
    `cafile ${file("ca.pem")}`,
    `certfile ${file(`${server}.pem`)}`,
    `keyfile ${file(`${server}.key`)}`,
    "require_certificate true",
    "use_identity_as_username true",
  ];
  const named = async (deviceName: string, host = "localhost") => {
    const own = { certFile: file(`${deviceName}.pem`), keyFile: file(`${deviceName}.key`) };
    const broker = { brokerUrl: `mqtts://${host}:${port}`, caFile: file("ca.pem"), ...own };
    const { newest } = await kiosk({ ...optionsOf(""), broker });
    // It needs a moment to listen.
    const isNamed = () => newest().trouble !== null && newest().trouble?.code !== "broker-unreachable";
    await until("connected or named", () => newest().online || isNamed());
    return newest();
  };

  test("good certificates connect; an expired one, ours or the broker's, is told by name", async () => {
    makePki(folder);
    const broker = mosquitto(tls("server"));
    expect(await named("device")).toMatchObject({ online: true, trouble: null });
    const ours = await named("expired-device");
    expect(ours.trouble?.code).toBe("certificate-expired");
    expect(ours.trouble?.message).toContain("this box's certificate");
    expect(ours.trouble?.remedy).toContain("Renew");
    const exited = once(broker, "exit");
    broker.kill("SIGKILL");
    await exited;
    mosquitto(tls("expired-server"));
    const theirs = await named("device");
    expect(theirs.trouble?.code).toBe("certificate-expired");
    expect(theirs.trouble?.message).toContain("broker's certificate");
  });

  test("a clock that stands before the broker's certificate began is told as a wrong clock", async () => {
    makePki(folder);
    mosquitto(tls("future-server"));
    const { trouble } = await named("device");
    expect(trouble?.code).toBe("clock-wrong");
    expect(trouble?.remedy).toContain("clock");
  });

  test("whoever answers under another name is not our broker", async () => {
    makePki(folder);
    mosquitto(tls("server"));
    const { trouble } = await named("device", "127.0.0.1");
    expect(trouble?.code).toBe("broker-refused");
    expect(trouble?.message).toContain("not our broker");
  });

  test("a broker that hangs up on an expired certificate without a word: the clock looks at its own date", async () => {
    makePki(folder);
    const pem = (name: string) => execFileSync("cat", [file(name)]);
    const mute = createTlsServer(
      { cert: pem("server.pem"), key: pem("server.key"), requestCert: true, rejectUnauthorized: false },
      (socket) => socket.destroy(),
    ).listen(port, "127.0.0.1");
    mute.on("tlsClientError", () => {});
    await once(mute, "listening");
    house.defer(() => void mute.close());
    const { trouble } = await named("expired-device");
    expect(trouble?.code).toBe("certificate-expired");
    expect(trouble?.message).toMatch(/valid until \d{4}-/);
  });

  test("an access list without our topics is named, and once it is mended everything follows", async () => {
    const rules = (lines: readonly string[]) => writeFileSync(file("acl"), [...lines, ""].join("\n"));
    const up = (channel: string) => `topic write ${generic5.up(identity, channel as "rec")}`;
    const others = [
      `topic read ${generic5.down(identity, "ack").replace("/ack", "/#")}`,
      "topic read lintel1/acme/blr-01/all/dn/#",
    ];
    rules(["user kiosk", ...others, up("sta"), up("req"), "user cloud", "topic readwrite lintel1/#"]);
    const broker = mosquitto(["allow_anonymous true", `acl_file ${file("acl")}`]);
    const url = (user: string) => `mqtt://${user}@127.0.0.1:${port}`;
    const cloud = house.use(await patiently(() => openTestCloud({ brokerUrl: url("cloud"), device })));
    journal.grow(5);
    const { newest } = await kiosk(
      optionsOf(url("kiosk"), { receiver: cloud.receiver, pace: { refusedAgainMs: 200 } }),
    );
    await until("named", () => newest().trouble !== null);
    expect(newest()).toMatchObject({ waiting: 5, trouble: { code: "broker-refused" } });
    expect(newest().trouble?.message).toContain("ACL");
    rules(["user kiosk", ...others, up("sta"), up("req"), up("rec"), "user cloud", "topic readwrite lintel1/#"]);
    broker.kill("SIGHUP");
    await until("complete", () => isReceipted(journal, "payroll"));
    await until("cleared", () => newest().trouble === null);
  });
});

async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === 100) throw error;
      await realClock.sleep(50, new AbortController().signal);
    }
  }
}

/** One CA; servers and devices of now, of long ago and of a time to come. */
function makePki(folder: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca");
  const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nserial=serial\ncertificate=ca.pem
private_key=ca.key\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`;
  writeFileSync(join(folder, "ca.cnf"), config);
  writeFileSync(join(folder, "index"), "");
  writeFileSync(join(folder, "serial"), "1000\n");
  const stamp = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  const make = (name: string, subject: string, fromDays: number, toDays: number) => {
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${subject}`);
    writeFileSync(join(folder, "san"), `subjectAltName=DNS:${subject}`);
    const dates = ["-startdate", stamp(fromDays), "-enddate", stamp(toDays)];
    openssl(
      "ca",
      "-batch",
      "-config",
      "ca.cnf",
      "-in",
      `${name}.csr`,
      "-out",
      `${name}.pem`,
      ...dates,
      "-notext",
      "-extfile",
      "san",
    );
  };
  make("server", "localhost", -1, 1);
  make("expired-server", "localhost", -400, -1);
  make("future-server", "localhost", 400, 500);
  make("device", identity.device, -1, 1);
  make("expired-device", identity.device, -400, -1);
}
