import { chownSync, cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openBackup, readLabel, writeBackup } from "../../provisioning/backup/file.ts";
import { importInto } from "../../provisioning/backup/import.ts";
import { owedIn } from "../../provisioning/backup/owed.ts";
import { restore } from "../../provisioning/backup/restore.ts";
import { makeSealingKey, readOpeningKey, readSealingKey } from "../../provisioning/backup/sealing-key.ts";
import { writeToStick } from "../../provisioning/backup/stick.ts";
import { runLintel } from "../run-lintel.ts";
import { copyOf, scratch } from "../scratch.ts";
import { deviceLine, introduce, openClock, openPayroll, punches } from "./care.ts";

/** A backup of this folder on a stick, and the keys to it. */
async function backedUp(state: string) {
  const stick = scratch();
  const privateFile = join(stick, "private.jwk");
  writeFileSync(join(stick, "public.jwk"), JSON.stringify(makeSealingKey(privateFile)));
  const key = await readSealingKey(join(stick, "public.jwk"));
  const text = await writeBackup(owedIn(state), key, new Date());
  return { stick, key: await readOpeningKey(privateFile), file: await writeToStick(stick, "one.backup", text), text };
}

test("what is unsent goes to the receiver once, whichever way it comes first, and a receipted punch is not in the backup", async () => {
  const state = scratch();
  const payroll = await openPayroll();
  await introduce(payroll, state);
  const made: string[] = [];
  let file: string;
  {
    await using clock = await openClock(state);
    made.push(...(await punches(clock, 30)));
    await payroll.take(clock, 20);
    // While it runs: the folder is looked at, not locked.
    const made1 = await backedUp(state);
    file = made1.file;
    const owed = await openBackup(file, made1.key);
    expect(owed.records.filter(({ type }) => type === "punch")).toHaveLength(30 - (await payroll.punches()).length);
    // Whoever was added and has nothing yet is owed everything.
    expect(owedIn(state, ["payroll", "vault"]).records.filter(({ type }) => type === "punch")).toHaveLength(30);
    expect(owedIn(state, ["payroll"]).records).toHaveLength(owed.records.length);
    const first = await importInto(payroll.receiver, owed);
    // The genesis goes with every backup, so that a journal can be made of it.
    expect(first).toMatchObject({ fresh: owed.records.length - 1, duplicates: 1, forks: 0, refused: [] });
    expect(await importInto(payroll.receiver, owed)).toMatchObject({ fresh: 0, duplicates: owed.records.length });
    // The clock was not dead after all, and sends the same.
    made.push(...(await punches(clock, 3)));
    expect(await payroll.take(clock)).toMatchObject({ fork: 0 });
  }
  expect((await payroll.punches()).toSorted()).toEqual(made.toSorted());
});

test("IC-13 an older image of a disk gets its punches back, goes on in a new epoch, and nothing comes twice", async () => {
  const state = scratch();
  const payroll = await openPayroll();
  await introduce(payroll, state);
  const made: string[] = [];
  {
    await using clock = await openClock(state);
    made.push(...(await punches(clock, 10)));
    await payroll.take(clock, 6);
  }
  const image = copyOf(state);
  {
    await using clock = await openClock(state);
    made.push(...(await punches(clock, 10)));
  }
  const { file, key } = await backedUp(state);
  const owed = await openBackup(file, key);
  expect(await restore(image, owed)).toMatchObject({ punches: 10, epoch: 2 });
  expect(verifyJournal(image).firstBad).toBeNull();
  expect(await restore(image, owed), "twice is once").toMatchObject({ records: 0, epoch: null });
  {
    await using clock = await openClock(image);
    expect(clock.head().epoch).toBe(2);
    made.push(...(await punches(clock, 2)));
    expect(await payroll.take(clock)).toMatchObject({ duplicate: 0, fork: 0 });
    expect(clock.waiting("payroll")).toBe(0);
  }
  expect((await payroll.punches()).toSorted()).toEqual(made.toSorted());
});

test("a journal that is gone altogether comes back out of the backup", async () => {
  const state = scratch();
  const payroll = await openPayroll();
  await introduce(payroll, state);
  const made: string[] = [];
  {
    await using clock = await openClock(state);
    made.push(...(await punches(clock, 12)));
    await payroll.take(clock, 5);
  }
  const { file, key } = await backedUp(state);
  for (const name of ["journal.sqlite", "head.a", "head.b"]) rmSync(join(state, name));
  expect(await restore(state, await openBackup(file, key))).toMatchObject({ epoch: 2 });
  expect(verifyJournal(state).firstBad).toBeNull();
  await using clock = await openClock(state);
  await payroll.take(clock);
  expect((await payroll.punches()).toSorted()).toEqual(made.toSorted());
});

test("half a stick, a wrong key, another clock, a running clock and a second truth are each refused in words", async () => {
  const state = scratch();
  {
    await using clock = await openClock(state);
    await punches(clock, 5);
  }
  const image = copyOf(state);
  {
    await using clock = await openClock(state);
    await punches(clock, 5);
  }
  const { stick, file, key, text } = await backedUp(state);
  expect(text).not.toContain("p_0123456789abcdefghjk");
  const half = join(stick, "half.backup");
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    cpSync(file, half);
    truncateSync(half, Math.floor(text.length * share));
    await expect(readLabel(half), String(share)).rejects.toMatchObject({ code: "backup-unusable" });
  }
  const at = Math.floor(text.length / 2);
  writeFileSync(half, `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`);
  await expect(readLabel(half)).rejects.toMatchObject({
    code: "backup-unusable",
    message: expect.stringMatching(/stick is damaged/),
  });
  makeSealingKey(join(stick, "other.jwk"));
  const other = await readOpeningKey(join(stick, "other.jwk"));
  await expect(openBackup(file, other)).rejects.toMatchObject({ code: "backup-foreign" });
  await expect(readSealingKey(join(stick, "other.jwk"))).rejects.toMatchObject({ code: "key-unusable" });
  await expect(writeToStick(join(stick, "absent"), "x", "x")).rejects.toMatchObject({ code: "backup-unusable" });
  expect(() => owedIn(stick)).toThrow(expect.objectContaining({ code: "backup-unusable" }));

  const owed = await openBackup(file, key);
  const neighbour = scratch();
  await using clock = await openClock(neighbour);
  await expect(restore(neighbour, owed)).rejects.toMatchObject({ code: "backup-foreign" });
  {
    await using running = await openClock(image);
    await expect(restore(image, owed)).rejects.toMatchObject({ code: "journal-busy" });
    // What it writes now has the numbers of what the backup holds.
    await punches(running, 5);
  }
  await expect(restore(image, owed)).rejects.toMatchObject({
    code: "backup-unusable",
    remedy: expect.stringMatching(/lintel import/),
  });
  expect(clock.head().epoch).toBe(1);
});

test("the three commands, as a technician types them", async () => {
  const state = scratch();
  {
    await using clock = await openClock(state);
    await punches(clock, 4);
  }
  const at = (name: string): string => join(state, "..", `${state.split("/").at(-1)}-${name}`);
  const stick = scratch();
  const made = await runLintel("backup", "key", join(stick, "private.jwk"));
  expect(made.code).toBe(0);
  writeFileSync(join(stick, "public.jwk"), made.stdout);
  const flags = ["--state", state, "--to", stick, "--for", join(stick, "public.jwk"), "--json"];
  const backup = await runLintel("backup", ...flags);
  expect(backup.code, backup.stderr).toBe(0);
  const { path, punches: count } = JSON.parse(backup.stdout) as { path: string; punches: number };
  expect(count).toBe(4);
  const restored = await runLintel("restore", path, "--key", join(stick, "private.jwk"), "--state", state);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/Everything in it is here already/) });
  writeFileSync(join(stick, "devices"), `${await deviceLine(state)}\n`);
  const store = `sqlite:${join(stick, "store.sqlite")}`;
  const taken = ["--key", join(stick, "private.jwk"), "--sink", store, "--devices", join(stick, "devices")];
  const first = await runLintel("import", path, ...taken);
  expect(first, first.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/6 records of urn:lintel:acme:north:k.*: 6 are new/),
  });
  expect((await runLintel("import", path, ...taken)).stdout).toMatch(/0 are new, 6 were here/);
  await using sink = openSqliteSink(join(stick, "store.sqlite"));
  expect((await sink.read.ofType("dev.lintel.punch.v1")).length).toBe(4);
  const nowhere = await runLintel("backup", "--state", state, "--to", at("absent"), "--for", join(stick, "public.jwk"));
  expect(nowhere).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is no folder\. Put the stick in.*\(backup-unusable\)/),
  });
  expect(readFileSync(path, "utf8")).not.toContain("p_0123456789abcdefghjk");
});

test("what root brings back belongs to whoever the folder belongs to", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("changes owners of files; run as root to have it");
  const state = scratch();
  {
    await using clock = await openClock(state);
    await punches(clock, 3);
  }
  const { file, key } = await backedUp(state);
  rmSync(join(state, "journal.sqlite"));
  chownSync(state, 4242, 4243);
  await restore(state, await openBackup(file, key));
  const { uid, gid } = statSync(join(state, "journal.sqlite"));
  expect([uid, gid]).toEqual([4242, 4243]);
});
