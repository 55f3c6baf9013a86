import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GenesisData } from "../../kiosk/core/record.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { claimFolder } from "../../kiosk/store/start-over.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { writeBackup } from "../../provisioning/backup/file.ts";
import { type Owed, owedIn } from "../../provisioning/backup/owed.ts";
import { makeSealingKey, readSealingKey } from "../../provisioning/backup/sealing-key.ts";
import { readDevices } from "../../provisioning/receive/keys.ts";
import { acceptReplacement } from "../../provisioning/replace/accept.ts";
import { replaceBoard } from "../../provisioning/replace/board.ts";
import { readPlace } from "../../provisioning/replace/place.ts";
import { runLintel } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { deviceLine, introduce, openClock, openPayroll, punches, sourceOfClock } from "./care.ts";

/** An old clock with some punches receipted and some not, and a payroll that has the former. */
async function oldClock() {
  const [state, office] = [scratch(), scratch()];
  const devices = join(office, "devices");
  writeFileSync(devices, `${await deviceLine(state)}\n`);
  const place = `sqlite:${join(office, "store.sqlite")}`;
  const made: string[] = [];
  await using sink = openSqliteSink(join(office, "store.sqlite"));
  const payroll = await openPayroll(sink);
  await introduce(payroll, state);
  await using clock = await openClock(state);
  made.push(...(await punches(clock, 8)));
  await payroll.take(clock, 6);
  made.push(...(await punches(clock, 4)));
  return { state, office, devices, place, made, source: await sourceOfClock(state), head: clock.head() };
}

/** The payroll as it runs after its list of clocks was changed. */
async function takeFrom(state: string, { devices, office }: Awaited<ReturnType<typeof oldClock>>, more = 3) {
  await using sink = openSqliteSink(join(office, "store.sqlite"));
  const payroll = await openPayroll(sink, readDevices(devices).keys);
  await payroll.receiver.recall();
  await using clock = await openClock(state);
  const made = await punches(clock, more);
  const outcomes = await payroll.take(clock);
  // What was refused for its key was set aside, and comes again.
  await payroll.take(clock);
  const { forks } = await sink.read.counts();
  return { made, outcomes, forks, punches: await payroll.punches(), waiting: clock.waiting("payroll") };
}

const genesisOf = async (state: string, epoch: number): Promise<GenesisData> => {
  await using clock = await openClock(state);
  const found = clock.at({ epoch, seq: 0 });
  return eventOf(found?.jws ?? "").data as GenesisData;
};

test("with the old disk at hand its key hands over, signs nothing more, and every punch arrives once", async () => {
  const old = await oldClock();
  const state = scratch();
  const flags = ["--state", state, "--old-disk", old.state, "--json"];
  const first = await runLintel("replace", "board", ...flags);
  expect(first.code, first.stderr).toBe(0);
  const told = JSON.parse(first.stdout) as { epoch: number; punches: number; isHandedOver: boolean; kid: string };
  expect(told).toMatchObject({ source: old.source, epoch: 2, isHandedOver: true });
  expect(told.punches).toBeGreaterThanOrEqual(4);
  expect(existsSync(join(old.state, "device.key.jwk"))).toBe(false);
  expect(readFileSync(join(old.state, "replaced"), "utf8")).toContain(old.source);

  await expect(claimFolder(old.state, "real"), "the old board starts no more").rejects.toMatchObject({
    code: "replace-refused",
  });

  // Twice is once: after a cut somebody types it again.
  const again = await runLintel("replace", "board", ...flags);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ epoch: 2, kid: told.kid, isHandedOver: true });
  const said = JSON.parse(readFileSync(join(state, "replacement.json"), "utf8")) as { signatures: object[] };
  expect(said.signatures, "the old key's word is kept").toHaveLength(2);
  expect(verifyJournal(state).firstBad).toBeNull();
  const genesis = await genesisOf(state, 2);
  // It follows on the old key's last act, which follows on the old clock's head.
  expect(genesis).toMatchObject({ reason: "reimage", prev: { epoch: 1, seq: old.head.seq + 1 } });

  // The chain itself names the new key: no receiver has to be told.
  const taken = await takeFrom(state, old);
  expect(taken).toMatchObject({ forks: 0, waiting: 0 });
  expect(taken.punches.toSorted()).toEqual([...old.made, ...taken.made].toSorted());
});

test("from a backup a person vouches for the new key; the old board's later signatures count for nothing", async () => {
  const old = await oldClock();
  const [state, stick] = [scratch(), scratch()];
  const [secret, file] = [join(stick, "private.jwk"), join(stick, "old.backup")];
  writeFileSync(join(stick, "public.jwk"), JSON.stringify(makeSealingKey(secret)));
  const sealing = await readSealingKey(join(stick, "public.jwk"));
  writeFileSync(file, await writeBackup(owedIn(old.state), sealing, new Date()));
  const board = await runLintel("replace", "board", "--state", state, "--backup", file, "--key", secret);
  expect(board, board.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/The old key could not sign/) });
  const accept = ["replace", "accept", join(state, "replacement.json"), "--devices", old.devices, "--sink", old.place];
  expect(await runLintel(...accept)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/the old key did not sign this.*--by-hand/),
  });
  expect(await runLintel(...accept, "--by-hand")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/on your word/),
  });
  const lines = readFileSync(old.devices, "utf8");
  // An office that wrote the new key down as a clock's own, before anybody accepted it: the old one ends all the same.
  const { publicJwk } = await openSigner(state);
  const [first = ""] = lines.split("\n");
  const { source, jwk } = JSON.parse(first) as { readonly source: string; readonly jwk: object };
  writeFileSync(
    old.devices,
    `${[
      { source, jwk },
      { source, jwk: publicJwk },
    ]
      .map((one) => JSON.stringify(one))
      .join("\n")}\n`,
  );
  expect(await runLintel(...accept, "--by-hand")).toMatchObject({ code: 0 });
  expect(readFileSync(old.devices, "utf8")).toBe(lines);
  expect(await runLintel(...accept, "--by-hand")).toMatchObject({ code: 0 });
  expect(readFileSync(old.devices, "utf8"), "twice is once").toBe(lines);
  const taken = await takeFrom(state, old);
  expect(taken).toMatchObject({ forks: 0, waiting: 0 });
  expect(taken.punches.toSorted()).toEqual([...old.made, ...taken.made].toSorted());

  // Whoever has the old card goes on signing: in the new epoch, its key is nobody's.
  await using sink = openSqliteSink(join(old.office, "store.sqlite"));
  const { keys } = readDevices(old.devices);
  const { kid } = await openSigner(old.state);
  expect(keys.isValidAt(kid, { epoch: 1, seq: 5 })).toBe(true);
  expect(keys.isValidAt(kid, { epoch: 2, seq: 0 })).toBe(false);
  expect((await sink.read.counts()).forks).toBe(0);
});

/** `lintel replace accept`, without a process of its own. */
async function accept(statement: string, { office, devices }: Awaited<ReturnType<typeof oldClock>>) {
  await using sink = openSqliteSink(join(office, "store.sqlite"));
  return await acceptReplacement({ statement, devices, sink, isByHand: true });
}

/** `lintel replace board`, likewise. */
const board = (state: string, owed: Owed, above = 0) => replaceBoard({ state, owed, oldDisk: null, above });

test("where nothing of the old board is left, the new one follows on what the receiver has and declares the rest", async () => {
  const old = await oldClock();
  const state = scratch();
  const out = join(old.office, "place.json");
  const place = ["--device", old.source, "--devices", old.devices, "--sink", old.place, "--out", out];
  expect(await runLintel("replace", "place", ...place)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/got as far as record 1\/5/),
  });
  await board(state, readPlace(readFileSync(out, "utf8")));
  expect(await genesisOf(state, 2)).toMatchObject({ prev: { epoch: 1, seq: 5 }, lost: [0, 5] });
  await accept(join(state, "replacement.json"), old);
  const taken = await takeFrom(state, old);
  expect(taken).toMatchObject({ forks: 0, waiting: 0 });
  // What the old board never sent went with it; what was stored stays, and nothing came twice.
  expect(taken.punches.toSorted()).toEqual([...old.made.slice(0, 4), ...taken.made].toSorted());
  expect(verifyJournal(state).firstBad).toBeNull();
});

test("a board that worked already, an epoch that is used, a forged statement and a strange clock are refused in words", async () => {
  const old = await oldClock();
  const used = scratch();
  await (await openClock(used))[Symbol.asyncDispose]();
  await expect(board(used, owedIn(old.state))).rejects.toMatchObject({
    code: "replace-refused",
    message: expect.stringContaining("already worked"),
  });
  expect(await runLintel("replace", "board", "--state", scratch())).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/0 places/),
  });

  const state = scratch();
  await board(state, owedIn(old.state));
  expect(existsSync(join(old.state, "device.key.jwk")), "a copy is not touched").toBe(true);
  const file = join(state, "replacement.json");
  const genuine = readFileSync(file, "utf8");
  const { payload, signatures } = JSON.parse(genuine) as { payload: string; signatures: object[] };
  const said = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
  const forged = join(old.office, "forged.json");
  const other = (await openSigner(scratch())).publicJwk;
  for (const change of [{ epoch: 9 }, { jwk: other }, { source: old.source.replace("north", "south") }]) {
    const changed = Buffer.from(JSON.stringify({ ...said, ...change })).toString("base64url");
    writeFileSync(forged, JSON.stringify({ payload: changed, signatures }));
    await expect(accept(forged, old)).rejects.toMatchObject({
      code: "replace-refused",
      message: expect.stringMatching(/by the key that it brings/),
    });
  }
  writeFileSync(forged, "half");
  await expect(accept(forged, old)).rejects.toMatchObject({ message: expect.stringMatching(/is no replacement/) });

  // Meanwhile the old board began an epoch of its own, and payroll has it.
  rmSync(join(old.state, "journal.sqlite"));
  const later = await takeFrom(old.state, old, 1);
  expect(later.forks).toBe(0);
  await expect(accept(file, old)).rejects.toMatchObject({
    message: expect.stringMatching(/epoch 2 is used/),
    remedy: expect.stringMatching(/--above 2/),
  });
  const fresh = scratch();
  await board(fresh, owedIn(old.state), 2);
  expect(await accept(join(fresh, "replacement.json"), old)).toMatchObject({ epoch: 3 });
});
