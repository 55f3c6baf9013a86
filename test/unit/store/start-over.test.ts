import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { openJournal } from "../../../kiosk/store/journal.ts";
import { claimFolder, startOver } from "../../../kiosk/store/start-over.ts";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-fresh-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A clock's state folder with identity, journal and people, as house.ts lays it out. */
async function openClock(directory: string) {
  const signer = await openSigner(directory);
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const clock = testClock(Date.UTC(2026, 10, 2));
  const more = { clock, firmware: "0.1.0", boot: 1, isFirstStart: signer.fresh };
  const journal = await openJournal({ directory, identity, signer, ...more });
  await signer.markUsed();
  mkdirSync(join(directory, "people"), { recursive: true });
  writeFileSync(join(directory, "people", "one"), "sealed");
  return { journal, device: signer.device };
}

const left = (directory: string) => readdirSync(directory).filter((name) => name !== "lock.sqlite");

test("a demo's folder is emptied, identity and people included, and a clock can begin anew in it", async () => {
  const directory = folder();
  await claimFolder(directory, "demo");
  const first = await openClock(directory);
  await first.journal[Symbol.asyncDispose]();
  await startOver(directory);
  expect(left(directory)).toEqual([]);
  // A cut before the new demo put its mark: nothing stands in the way.
  await startOver(directory);
  const second = await openClock(directory);
  expect(second.device).not.toBe(first.device);
  expect(second.journal).toMatchObject({ notice: null });
  expect(second.journal.head()).toMatchObject({ epoch: 1, seq: 1 });
  await second.journal[Symbol.asyncDispose]();
});

test("nothing is deleted while a clock runs on the folder", async () => {
  const directory = folder();
  await claimFolder(directory, "demo");
  const { journal } = await openClock(directory);
  const before = readdirSync(directory);
  await expect(startOver(directory)).rejects.toMatchObject({ code: "journal-busy" });
  expect(readdirSync(directory)).toEqual(before);
  await journal[Symbol.asyncDispose]();
});

test("a folder without our mark is left alone, also when it has something else called demo", async () => {
  const directory = folder();
  const { journal } = await openClock(directory);
  await journal[Symbol.asyncDispose]();
  const before = readdirSync(directory);
  await expect(startOver(directory)).rejects.toMatchObject({ code: "state-unwritable" });
  mkdirSync(join(directory, "demo"));
  await expect(startOver(directory)).rejects.toMatchObject({ code: "state-unwritable" });
  expect(readdirSync(directory)).toEqual([...before, "demo"].sort());
});

test("a cut in the middle of emptying leaves a folder that can still be emptied", async () => {
  const directory = folder();
  await claimFolder(directory, "demo");
  const { journal } = await openClock(directory);
  await journal[Symbol.asyncDispose]();
  rmSync(join(directory, "journal.sqlite"));
  await startOver(directory);
  expect(left(directory)).toEqual([]);
});

test("where nothing is, nothing is done; what is no folder is refused in words", async () => {
  const directory = folder();
  await startOver(join(directory, "never"));
  await startOver(directory);
  expect(readdirSync(directory)).toEqual([]);
  writeFileSync(join(directory, "file"), "");
  await expect(startOver(join(directory, "file"))).rejects.toMatchObject({ code: "state-unwritable" });
});

test("a demo's folder never becomes a real clock's, and a real clock's never a demo's", async () => {
  const demo = folder();
  await claimFolder(demo, "demo");
  await claimFolder(demo, "demo");
  await expect(claimFolder(demo, "real")).rejects.toMatchObject({ code: "state-unwritable" });
  const real = folder();
  await claimFolder(real, "real");
  writeFileSync(join(real, "journal.sqlite"), "");
  await claimFolder(real, "real");
  await expect(claimFolder(real, "demo")).rejects.toMatchObject({ code: "state-unwritable" });
});
