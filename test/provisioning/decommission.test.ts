import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compactVerify, importJWK } from "jose";
import { expect, test } from "vitest";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openBackup } from "../../provisioning/backup/file.ts";
import { makeSealingKey, readOpeningKey } from "../../provisioning/backup/sealing-key.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { runLintel } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { deviceLine, openClock, punches } from "./care.ts";

const cli = fileURLToPath(new URL("../../provisioning/cli.ts", import.meta.url));
const canaries = ["Zwetschgenknödel Ada", "card-4711-0815-canary", "pin-of-ada-998877-canary"];

/** A clock that worked: punches in its journal, and what people left lying in every corner of its folder. */
async function workedClock() {
  const state = join(scratch(), "state");
  const { publicJwk, device } = await openSigner(state);
  {
    await using clock = await openClock(state);
    await punches(clock, 5);
  }
  for (const folder of ["people", "keys", "snapshots/x"]) mkdirSync(join(state, folder), { recursive: true });
  for (const name of [
    "people/ada.sealed",
    "keys/1.kek",
    "roster.sqlite",
    "settings.json",
    "snapshots/x/y",
    "log.txt",
  ]) {
    writeFileSync(
      join(state, name),
      `${"-".repeat(3000)}${canaries.join("|")}${Buffer.from(canaries.join()).toString("hex")}`,
    );
  }
  return { state, out: scratch(), key: await importJWK({ ...publicJwk }, "EdDSA"), device };
}

const settingsOf = (state: string, broker: string, keys: string): readonly string[] => [
  ...["--state", state, "--tenant", "acme", "--site", "north", "--broker", broker, "--cloud-keys", keys],
];

/** Everything below a folder, as one text. */
const allIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"))
    .join("\n");

test("IC-21 what is owed is receipted, nothing is left, and the clock's own key says so", {
  timeout: 120_000,
}, async () => {
  const clock = await workedClock();
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const office = scratch();
  const at = (name: string): string => join(office, name);
  writeFileSync(at("devices"), `${await deviceLine(clock.state)}\n`);
  const place = ["--broker", brokerUrl, "--sink", `sqlite:${at("store.sqlite")}`, "--devices", at("devices")];
  await using receiver = startReceiver(...place, "--keys", at("keys.json"), "--cloud-keys", at("cloud.json"));
  await receiver.says("Receiving as payroll");
  const settings = settingsOf(clock.state, brokerUrl, at("cloud.json"));
  const ended = await runLintel("decommission", "--out", clock.out, "--json", ...settings);
  expect(ended.code, ended.stderr).toBe(0);
  const { jws, certificate } = JSON.parse(ended.stdout) as { jws: string; certificate: string };
  const { payload, protectedHeader } = await compactVerify(jws, clock.key);
  expect(protectedHeader.typ).toBe("lintel-wip+jws");
  const said = JSON.parse(new TextDecoder().decode(payload)) as Record<string, { readonly [name: string]: number }>;
  expect(said).toMatchObject({ device: clock.device, told: ["payroll"], along: 0, scanned: { found: 0 } });
  expect(said.scanned?.needles).toBeGreaterThan(10);
  expect(readdirSync(clock.state)).toEqual([]);
  expect(readFileSync(certificate, "utf8")).toContain(jws);
  for (const canary of canaries)
    expect(allIn(clock.out) + allIn(clock.state)).not.toContain(Buffer.from(canary).toString("latin1"));
  await receiver.end("SIGTERM");
  await using sink = openSqliteSink(at("store.sqlite"));
  expect(await sink.read.ofType("dev.lintel.punch.v1")).toHaveLength(5);
  const [last] = await sink.read.ofType("dev.lintel.audit.v1");
  expect(Buffer.from(last?.jws?.split(".")[1] ?? "", "base64url").toString("utf8")).toContain('"act":"decommission"');
});

test("with punches owed it is refused and nothing is touched; taken along, they are in the sealed file", async () => {
  const { state, out, key } = await workedClock();
  const keys = join(out, "cloud.json");
  const jwk = { ...(await openSigner(state)).publicJwk, role: "ack", name: "payroll" };
  writeFileSync(keys, JSON.stringify({ keys: [jwk] }));
  const settings = ["--wait-s", "0", ...settingsOf(state, "mqtt://127.0.0.1:1", keys)];
  // SQLite's own file beside the journal comes and goes.
  const names = (): readonly string[] =>
    readdirSync(state)
      .filter((name) => !name.endsWith("-shm"))
      .toSorted();
  const before = names();
  const refused = await runLintel("decommission", "--out", out, ...settings);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/5 punches of this clock have no receipt.*\(decommission-refused\)/),
  });
  expect(names()).toEqual(before);
  {
    await using running = await openClock(state);
    const said = running.read({ epoch: 0, seq: -1 }, 100).map(({ type }) => type);
    expect(said, "nobody says that it ended").not.toContain("audit");
    const busy = await runLintel("decommission", "--out", out, ...settings);
    expect(busy).toMatchObject({ code: 2, stderr: expect.stringMatching(/journal-busy/) });
    await punches(running, 1);
  }
  const stick = scratch();
  writeFileSync(join(stick, "public.jwk"), JSON.stringify(makeSealingKey(join(stick, "private.jwk"))));
  const along = ["--take-along", stick, "--for", join(stick, "public.jwk")];
  const ended = await runLintel("decommission", "--out", out, ...along, ...settings, "--json");
  expect(ended.code, ended.stderr).toBe(0);
  expect(readdirSync(state)).toEqual([]);
  const file = readdirSync(stick).find((name) => name.endsWith(".backup")) ?? "";
  const owed = await openBackup(join(stick, file), await readOpeningKey(join(stick, "private.jwk")));
  expect(owed.records.filter(({ type }) => type === "punch")).toHaveLength(6);
  const { jws } = JSON.parse(ended.stdout) as { jws: string };
  expect(JSON.parse(new TextDecoder().decode((await compactVerify(jws, key)).payload))).toMatchObject({ along: 6 });
});

test("cut off at any moment, the next run ends it; a disk that still has a piece of it is not called clean", {
  timeout: 120_000,
}, async () => {
  for (const cutMs of [0, 25]) {
    const { state, out, key } = await workedClock();
    const keys = join(out, "cloud.json");
    writeFileSync(
      keys,
      JSON.stringify({ keys: [{ ...(await openSigner(state)).publicJwk, role: "ack", name: "payroll" }] }),
    );
    const stick = scratch();
    writeFileSync(join(stick, "public.jwk"), JSON.stringify(makeSealingKey(join(stick, "private.jwk"))));
    const along = ["--wait-s", "0", "--take-along", stick, "--for", join(stick, "public.jwk")];
    const args = ["decommission", "--out", out, ...along, ...settingsOf(state, "mqtt://127.0.0.1:1", keys)];
    const child = spawn(process.execPath, [cli, ...args], { stdio: "ignore" });
    const ended = once(child, "exit");
    // From the moment that it is decided, at several distances.
    for (let at = 0; at < 2000 && !existsSync(join(out, "decommission.json")) && child.exitCode === null; at += 1)
      await delay(5);
    await delay(cutMs);
    child.kill("SIGKILL");
    await ended;
    const again = await runLintel(...args);
    const isOver = existsSync(join(out, readdirSync(out).find((name) => name.startsWith("decommissioned-")) ?? "none"));
    expect(isOver, `${cutMs} ms: ${again.stderr}`).toBe(true);
    expect(readdirSync(state)).toEqual([]);
    const text = readFileSync(
      join(out, readdirSync(out).find((name) => name.startsWith("decommissioned-")) ?? ""),
      "utf8",
    );
    const jws = /^ey[\w-]+\.[\w-]+\.[\w-]+$/m.exec(text)?.[0] ?? "";
    await compactVerify(jws, key);
  }

  const { state, out } = await workedClock();
  const disk = join(scratch(), "disk.img");
  // As a memory card keeps a block that was written elsewhere since.
  cpSync(join(state, "people/ada.sealed"), disk);
  const keys = join(out, "cloud.json");
  writeFileSync(
    keys,
    JSON.stringify({ keys: [{ ...(await openSigner(state)).publicJwk, role: "ack", name: "payroll" }] }),
  );
  const stick = scratch();
  writeFileSync(join(stick, "public.jwk"), JSON.stringify(makeSealingKey(join(stick, "private.jwk"))));
  const along = ["--wait-s", "0", "--take-along", stick, "--for", join(stick, "public.jwk")];
  const settings = settingsOf(state, "mqtt://127.0.0.1:1", keys);
  const unclean = await runLintel("decommission", "--out", out, ...along, "--raw", disk, "--json", ...settings);
  expect(unclean).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/still there: .*disk\.img.*\(decommission-unproven\)/),
  });
  expect(readdirSync(out).some((name) => name.startsWith("decommissioned-"))).toBe(false);
});
