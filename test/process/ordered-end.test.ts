import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compactVerify, importJWK } from "jose";
import { connect } from "mqtt";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { signJws } from "../../kiosk/core/jws.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { makeVerifier } from "../../kiosk/store/pin-hash.ts";
import { wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { owedIn } from "../../provisioning/backup/owed.ts";
import { openCloudKeys } from "../../provisioning/receive/cloud-keys.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { runLintel } from "../run-lintel.ts";
import { lintel, tapWire } from "./cloud-side.ts";
import { startKiosk } from "./kiosk.ts";
import { punchByPin, until } from "./pin-punch.ts";

/** The end of a clock that its office orders: clock, broker, receiver and command line, each the real one. */

const cli = fileURLToPath(new URL("../../provisioning/cli.ts", import.meta.url));
const canary = "Zwetschgenknödel Ada, card-4711-0815-canary";

/** Everything below a folder, as one text. */
const allIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${name}\n${readFileSync(join(parentPath, name), "latin1")}`)
    .join("\n");

test("IC-21 a clock that is ended from afar refuses whoever may not, loses no punch, erases itself and proves it", {
  timeout: 300_000,
}, async () => {
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const folder = mkdtempSync(join(tmpdir(), "lintel-ordered-end-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const at = (name: string): string => join(folder, name);
  const [state, store, etc, out] = [at("state"), `sqlite:${at("store.sqlite")}`, at("etc"), at("out")];
  for (const made of [state, etc]) mkdirSync(made, { mode: 0o700 });
  const { device, publicJwk } = await openSigner(state);
  const source = `urn:lintel:acme:north:${device}`;
  writeFileSync(at("devices"), JSON.stringify({ source, jwk: publicJwk }));
  const item = { st: "active", cards: [], dn: "Ada", pin: await makeVerifier("4711", "839201") };
  writeFileSync(at("roster"), `${JSON.stringify({ id: "p_00000000000000000017", item })}\n`);
  const here = { broker: brokerUrl, cloudKeys: join(etc, "cloud.json"), tenant: "acme", site: "north" };
  const settings = { ...here, camera: "none", reader: "none", ways: ["badge", "pin"], thanksMs: 400, locale: "de-DE" };
  writeFileSync(join(etc, "kiosk.json"), JSON.stringify({ ...settings, duplicateWindowMs: 0 }));
  writeFileSync(join(etc, "broker.key.pem"), canary);
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", store, "--devices", at("devices"), "--keys", at("keys.json")],
    ...["--cloud-keys", join(etc, "cloud.json"), "--roster", at("roster")],
  );
  await receiver.says("Receiving as payroll");
  const start = () => startKiosk(state, "--config", join(etc, "kiosk.json"), "--camera", "none");
  await using clock = start();
  onTestFailed(() => {
    process.stderr.write(`${clock.lines.map(({ msg }) => msg).join("\n")}\n${clock.stderr()}\n${receiver.stderr()}\n`);
  });
  const url = await clock.url();
  await until(() => wire.statuses.some(({ ros }) => (ros?.v ?? 0) > 0), "a roster");
  const records = () => wire.events("up/rec") as readonly { type: string; data: Record<string, unknown> }[];
  const punches = () => records().filter(({ type }) => type === "dev.lintel.punch.v1").length;
  const receipted = (): Promise<unknown> =>
    until(() => clock.lines.filter(({ event }) => event === "receipt").length > 0, "a receipt");
  expect(await punchByPin(url)).toBe("thanks");
  await receipted();

  // What the office knows of it, and orders in every wrong way.
  const newest = async (): Promise<{ readonly ep: number; readonly seq: number; readonly rh: string }> => {
    await using sink = openSqliteSink(at("store.sqlite"));
    const [found] = (await sink.read.page({ source, epoch: 1 }, 0, 10_000)).slice(-1);
    if (found === undefined) throw new Error("nothing came");
    return { ep: 1, seq: found.seq, rh: found.rh };
  };
  const { name, signers } = openCloudKeys([at("keys.json")]);
  const client = connect(brokerUrl, { protocolVersion: 5 });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  onTestFinished(() => client.endAsync(true).then(() => {}));
  const ordered = (over: object = {}, forMs = 60_000, roles = ["cmd:sec", "cmd:dpo"]) => {
    const id = randomUUID();
    const now = Date.now() + Math.min(0, forMs * 2);
    const [nbf, exp] = [now, now + Math.abs(forMs)].map((ms) => new Date(ms).toISOString());
    const data = { op: "decommission", aud: [device], cn: Date.now(), nbf, exp, args: {}, ...over };
    const event = {
      specversion: "1.0",
      id,
      source: `urn:lintel:acme:cloud:${name}`,
      type: "dev.lintel.cmd.v1",
    } as const;
    const signed = { ...event, time: new Date().toISOString(), data };
    const text = JSON.stringify(signed);
    const jws = roles.map((role) => {
      const signer = signers.get(role);
      if (signer === undefined) throw new Error(`no key of ${role}`);
      return signJws("lintel-cmd+jws", text, signer).jws;
    });
    const both = { specversion: "1.0", type: "dev.lintel.cmd2.v1", datacontenttype: "application/json", data: { jws } };
    return { id, bytes: jws.length === 1 ? wrap(jws[0] ?? "", signed) : Buffer.from(JSON.stringify(both)) };
  };
  const said = (id: string) => records().flatMap(({ data }) => (data.cmd === id ? [data] : []));
  const send = async ({ id, bytes }: ReturnType<typeof ordered>): Promise<Record<string, unknown>> => {
    await client.publishAsync(`lintel1/acme/north/${device}/dn/cmd`, Buffer.from(bytes), { qos: 1 });
    return until(() => said(id).find((data) => data.state !== "accepted"), `an answer to ${id}`);
  };
  const args = await newest();
  const other = "k00000000000000000000";
  expect(await send(ordered({ aud: [other], args }))).toMatchObject({ state: "rejected", code: 3002 });
  expect(await send(ordered({ aud: ["site:north"], args }))).toMatchObject({ state: "rejected", code: 3002 });
  expect(await send(ordered({ args }, -60_000))).toMatchObject({ state: "expired", code: 3003 });
  expect(await send(ordered({ args }, 25 * 3_600_000))).toMatchObject({ state: "rejected", code: 3003 });
  expect(await send(ordered({ args }, 60_000, ["cmd:sec"]))).toMatchObject({ state: "rejected", code: 3005 });
  const strange = ordered({ args: { ...args, rh: "A".repeat(43) } });
  expect(await send(strange)).toMatchObject({
    state: "failed",
    code: 3006,
    detail: expect.stringMatching(/none of this clock's present/),
  });
  expect(await punchByPin(url)).toBe("thanks");
  expect(await send(ordered({ args }))).toMatchObject({
    state: "failed",
    code: 3006,
    detail: expect.stringMatching(/somebody punched here/),
  });

  // Somebody's time that only this clock has.
  await until(() => punches() === 2, "the second punch at the office");
  process.kill(receiver.pid, "SIGSTOP");
  expect(await punchByPin(url)).toBe("thanks");
  await until(() => punches() === 3, "the third punch on the wire");
  const owing = await send(ordered({ args: headOf(state) }, 4_000));
  expect(owing).toMatchObject({
    state: "failed",
    code: 3006,
    detail: expect.stringMatching(/^1 punches of this clock are not receipted by all/),
  });
  process.kill(receiver.pid, "SIGCONT");
  expect(await punchByPin(url), "and the clock is there for people as before").toBe("thanks");

  // Said twice, it is one order: there is one answer.
  await client.publishAsync(`lintel1/acme/north/${device}/dn/cmd`, Buffer.from(strange.bytes), { qos: 1 });
  await delay(1_000);
  expect(said(strange.id).map((data) => data.state)).toEqual(["accepted", "failed"]);

  // An order after which the clock opens anew answers before it does, once.
  const renewal = ordered({ op: "template.renew" }, 60_000, ["cmd:dpo"]);
  expect(await send(renewal)).toMatchObject({ state: "done" });
  await clock.line(({ event, msg }) => event === "again" && msg.includes("faces are turned by a new key"));
  await until(() => clock.lines.filter(({ event }) => event === "ready").length === 2, "its second life");
  const renewed = () => records().filter(({ data }) => data.act === "renew" && !("cmd" in data));
  await until(() => renewed().length === 2, "what the journal says of the renewal");
  expect(renewed().map(({ data }) => [data.by, data.ref])).toEqual([
    ["cloud", renewal.id],
    ["kiosk", undefined],
  ]);

  // And now the order that holds.
  const has = async (count: number): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1, await delay(100)) {
      await using sink = openSqliteSink(at("store.sqlite"));
      if ((await sink.read.ofType("dev.lintel.punch.v1")).length === count) return;
    }
    throw new Error(`never: ${count} punches at the office`);
  };
  await has(4);
  mkdirSync(join(state, "snapshots"));
  for (const file of ["people/ada.sealed", "snapshots/one.jpg", "left-by-somebody.txt"])
    writeFileSync(join(state, file), `${"-".repeat(3000)}${canary}${"-".repeat(3000)}`);
  const wish = ["command", "--sink", store, "--device", source, "--op", "decommission", "--keys", at("keys.json")];
  expect((await runLintel(...wish, "--valid", "2d")).stderr).toContain("a day at most");
  const { id } = JSON.parse(await lintel(...wish, "--json"));
  expect(await until(() => said(id).find((data) => data.state !== "accepted"), "its answer")).toMatchObject({
    state: "done",
    detail: expect.stringMatching(/closes now/),
  });
  expect(await clock.ended()).toEqual({ code: 78, signal: null });
  expect(clock.lines.at(-1)).toMatchObject({
    code: "decommissioned",
    msg: expect.stringMatching(/is being taken out of service/),
  });
  expect(existsSync(join(state, "people")), "nothing is erased before the receipts are asked for").toBe(true);
  await using reborn = start();
  expect(await reborn.ended(), "it does not start over").toEqual({ code: 78, signal: null });

  // What root's unit runs; killed three times on its way.
  const folders = ["--settings-folder", etc, "--credentials", at("credentials")];
  const run = ["decommission", "--ordered", "--out", out, ...folders, "--json", "--wait-s", "60"];
  const whole = [...run, "--config", join(etc, "kiosk.json"), "--state", state];
  for (const isSoFar of [
    () => readFileSync(join(state, "ending.json"), "utf8").includes('"isBegun":true'),
    () => records().some(({ data }) => data.act === "decommission"),
    () => existsSync(join(out, "decommission.json")),
  ]) {
    const child = spawn(process.execPath, [cli, ...whole], { stdio: "ignore" });
    const exit = once(child, "exit");
    for (let tries = 0; tries < 20_000 && child.exitCode === null && !isSoFar(); tries += 1) await delay(2);
    child.kill("SIGKILL");
    await exit;
  }
  const ended = await runLintel(...whole);
  expect(ended.code, ended.stderr).toBe(0);
  expect((await runLintel(...whole)).code, "once more is harmless").toBe(0);

  const key = await importJWK({ ...publicJwk }, "EdDSA");
  const payloadOf = async (jws: string): Promise<Record<string, unknown>> => {
    const { payload, protectedHeader } = await compactVerify(jws, key);
    expect(protectedHeader.typ).toBe("lintel-wip+jws");
    return JSON.parse(new TextDecoder().decode(payload));
  };
  expect(readdirSync(state)).toEqual(["ended.json"]);
  expect(readdirSync(etc)).toEqual(["kiosk.json"]);
  expect(readFileSync(join(etc, "kiosk.json"), "utf8")).toBe('{"locale":"de-DE"}');
  expect(allIn(state) + allIn(etc) + allIn(out)).not.toContain(Buffer.from(canary).toString("latin1"));
  const text = readFileSync(join(out, `decommissioned-${device}.txt`), "utf8");
  expect(await payloadOf(/^ey[\w.-]+$/m.exec(text)?.[0] ?? "")).toMatchObject({ device, told: ["payroll"], along: 0 });

  await receiver.end("SIGTERM");
  await using sink = openSqliteSink(at("store.sqlite"));
  expect(await sink.read.ofType("dev.lintel.punch.v1")).toHaveLength(4);
  const ends = (await sink.read.ofType("dev.lintel.audit.v1")).map(({ jws }) => dataOf(jws));
  const [end, ...more] = ends.filter(({ act }) => act === "decommission");
  expect(more).toEqual([]);
  expect(end).toMatchObject({ by: "cloud", ref: id, wip: expect.any(String) });
  expect(await payloadOf(String(end?.wip))).toMatchObject({
    ...{ device, order: id, left: ["journal", "signing-key"], isAfterCut: true },
    scanned: { found: 0 },
  });
  const results = (await sink.read.ofType("dev.lintel.cmdlog.v1")).map(({ jws }) => dataOf(jws));
  expect(results.filter(({ cmd }) => cmd === id).map(({ state: is }) => is)).toEqual(["accepted", "done"]);
  const listed = JSON.parse(await lintel("command", "--sink", store, "--list", "--json"));
  expect(listed).toMatchObject([{ id, op: "decommission", state: "done" }]);

  await using after = start();
  expect(await after.ended()).toEqual({ code: 78, signal: null });
  expect(after.lines.map(({ msg }) => msg).join() + after.stderr()).toContain("is out of service: its office ended it");
});

/** What nobody but the clock has yet. */
function headOf(state: string): object {
  const { epoch, seq, rh } = owedIn(state).newest;
  return { ep: epoch, seq, rh };
}

const dataOf = (jws: string | null): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws?.split(".")[1] ?? "", "base64url").toString("utf8")).data;
