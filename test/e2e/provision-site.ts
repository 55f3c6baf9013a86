import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openBrokerProcess } from "../brokers/process.ts";
import { freePort } from "../contract/broker-parts.ts";
import { lintel, startLintel } from "../provisioning/lintel-process.ts";
import { type ReceiverProcess, startReceiver } from "../receiver/receiver-process.ts";

/**
 * A site that clocks join by ticket, all of it in processes of its own: an authority, a broker with mutual TLS and an access
 * list, a receiver with one person in its roster.
 */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly at: (name: string) => string;
  /** Folder of the authority; `devices.ndjson` in it is the receiver's list of clocks. */
  readonly authority: string;
  /** SQLite file of what the receiver kept. */
  readonly store: string;
  /** What that person's badge says. */
  readonly card: string;
  /** Where the receiver's broker is, without TLS. */
  readonly receiver: () => Promise<AsyncDisposable & ReceiverProcess>;
  /** Runs `lintel ticket new`. @returns the ticket's id. */
  readonly ticket: (name: string, ...flags: readonly string[]) => Promise<string>;
  /** The six words that the authority showed last. */
  readonly words: () => string;
  /** Everything that the receiver kept, in order. */
  readonly records: () => Promise<readonly Said[]>;
}

export interface Said {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What runs in this process. @throws where the command does not end well. */
export async function must(...args: readonly string[]): Promise<string> {
  const { code, said } = await lintel(args);
  if (code !== 0) throw new Error(`lintel ${args.join(" ")} ended with ${code}: ${said}`);
  return said;
}

export interface SiteWish {
  /** Name or address by which clocks reach it. */
  readonly host?: string;
  /** More of `lintel ticket init`. */
  readonly flags?: readonly string[];
}

export async function openSite({ host = "localhost", flags = [] }: SiteWish = {}): Promise<Site> {
  await using rooms = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "lintel-site-"));
  rooms.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const at = (name: string): string => join(folder, name);
  const [authority, store, card] = [at("authority"), at("store.sqlite"), cardText("card:4711")];
  const [estPort, port, receiverPort] = [await freePort(), await freePort(), await freePort()];
  await must(
    ...["ticket", "init", authority, "--tenant", "acme", "--site", "north", "--port", `${estPort}`],
    ...["--broker", `mqtts://${host}:${port}`, "--host", host, ...(host === "127.0.0.1" ? [] : ["127.0.0.1"])],
    ...["--setting", "siteName=Mill", "timeZone=Europe/Berlin", ...flags],
  );
  rooms.use(await openBroker({ authority, at, port, receiverPort }));
  const siteKey = Buffer.from(await readFile(join(authority, "card.key"), "utf8"), "base64");
  const item = { st: "active", cards: [cardHasher(siteKey)(card)], dn: "Ana Morales" };
  await writeFile(at("roster"), `${JSON.stringify({ id: `p_${"0".repeat(19)}1`, item })}\n`);
  await writeFile(join(authority, "devices.ndjson"), "");
  const receiver = async () => {
    const running = startReceiver(
      ...["--broker", `mqtt://127.0.0.1:${receiverPort}`, "--sink", `sqlite:${store}`],
      ...["--devices", join(authority, "devices.ndjson"), "--keys", at("keys.json"), "--cloud-keys", at("cloud.json")],
      ...["--roster", at("roster"), "--name", "payroll"],
    );
    await running.says("Receiving as payroll");
    return running;
  };
  const office = rooms.use(startLintel(["ticket", "serve", authority]));
  await office.says("Answering clocks");
  const whole = rooms.move();
  return {
    ...{ folder, at, authority, store, card, receiver },
    ticket: async (name, ...more) => {
      const made = await must("ticket", "new", authority, "--name", name, "--cloud-keys", at("cloud.json"), ...more);
      return /Ticket (\S+) for/.exec(made)?.[1] ?? "";
    },
    words: () => [...office.said().matchAll(/Its screen must show: (.+)/g)].at(-1)?.[1] ?? "",
    records: () => recordsOf(store),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

interface BrokerWish {
  readonly authority: string;
  readonly at: (name: string) => string;
  readonly port: number;
  readonly receiverPort: number;
}

async function openBroker({ authority, at, port, receiverPort }: BrokerWish): Promise<AsyncDisposable> {
  await must("ticket", "certificate", authority, "broker", "--out", at(""));
  const lines = [
    "per_listener_settings true",
    "persistence false",
    "log_type error",
    `listener ${port} 127.0.0.1`,
    `cafile ${join(authority, "ca.pem")}`,
    `certfile ${at("broker.pem")}`,
    `keyfile ${at("broker.key")}`,
    ...["require_certificate true", "use_identity_as_username true", "use_username_as_clientid true"],
    ...["allow_anonymous false", `acl_file ${at("acl")}`],
    // The receiver's own door is not what is tried here: test/brokers has the shipped one.
    `listener ${receiverPort} 127.0.0.1`,
    "allow_anonymous true",
    `user ${userInfo().username}`,
  ];
  await writeFile(at("mosquitto.conf"), `${lines.join("\n")}\n`);
  const acl = join(import.meta.dirname, "../../docs/brokers/mosquitto/acl");
  await writeFile(at("acl"), await readFile(acl, "utf8"), { mode: 0o600 });
  const program = { path: "/usr/sbin/mosquitto", args: ["-c", at("mosquitto.conf")], package: "mosquitto" };
  return openBrokerProcess({ ...program, port, log: 2, logFile: at("mosquitto.conf") });
}

async function recordsOf(store: string): Promise<readonly Said[]> {
  await using sink = await openSqliteSink(store);
  const streams = await sink.read.streams();
  const found = (await Promise.all(streams.map((stream) => sink.read.page(stream, 0, 1_000)))).flat();
  return found.flatMap(({ jws }) =>
    jws === null ? [] : [JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")) as Said],
  );
}

/** Lays a card on the pretended reader of that socket; nobody is there: nothing happens. */
export const lay = (socket: string, card: string): Promise<void> =>
  new Promise((resolve) => {
    const line = connect(socket, () => line.end(`${card}\n`));
    line.once("error", () => resolve());
    line.once("close", () => resolve());
  });
