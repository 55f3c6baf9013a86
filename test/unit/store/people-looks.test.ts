import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { createServing } from "../../../kiosk/privacy/serving.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { openFileKeyBox } from "../../../kiosk/store/seal.ts";
import { openVault } from "../../../kiosk/store/vault.ts";
import { testHash } from "./card-hash.ts";

/** Counting waits for no disk, and a disk that takes nothing costs nobody their counts. */

const ann: Person = { id: personId("p_8m2q7x4w9t1v6r3s5k0n"), displayName: "Ann", badges: [], lookAlikes: [] };
const bob: Person = { id: personId("p_00000000000000000000"), displayName: "Bob", badges: [], lookAlikes: [] };
const template: Template = {
  ...{ person: ann.id, spaceId: "space-1", vectors: [Float32Array.of(1, 0)], consentId: "c_1" as ConsentId },
  ...{ createdMs: 1_700_000_000_000, quality: 71.5, source: "camera" },
};

async function openOn(directory: string) {
  const keyBox = await openFileKeyBox(join(directory, "device.seal"));
  const real = await openVault({ directory, keyBox });
  const disk = { full: false, puts: 0, during: () => {} };
  const vault: typeof real = {
    ...real,
    put: async (...what) => {
      disk.puts += 1;
      if (disk.full) throw new Fault("disk-full", "the disk is full", "Free space.");
      const done = real.put(...what);
      disk.during();
      await done;
    },
  };
  const people = await openPeople({ directory, keyBox, vault, hashCard: testHash });
  return { people, disk, close: () => people[Symbol.asyncDispose]().then(() => real[Symbol.asyncDispose]()) };
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-looks-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("nothing is written at a look; what the disk does not take is kept and written later, once for each person", async () => {
  const directory = await folder();
  const { people, disk, close } = await openOn(directory);
  await people.put(ann, template);
  await people.put(bob, null);
  disk.puts = 0;
  for (let n = 0; n < 9; n += 1) people.looks.note(ann.id, n < 4 ? "missed" : "known");
  // Who has no face cannot be missed.
  people.looks.note(bob.id, "missed");
  expect(disk.puts).toBe(0);
  disk.full = true;
  const noted: unknown[] = [];
  const clock = testClock(0);
  const serving = createServing({
    ...{ looks: people.looks, isLookedFor: () => true, isFrozen: () => false, clock },
    note: (error) => void noted.push(error),
  });
  const ending = new AbortController();
  const kept = serving.keep(ending.signal);
  clock.advance(3_600_000);
  await expect.poll(() => noted).toMatchObject([{ code: "disk-full" }]);
  disk.full = false;
  disk.puts = 0;
  // One more while the piece is being written.
  disk.during = () => {
    disk.during = () => {};
    people.looks.note(ann.id, "known");
  };
  ending.abort();
  await kept;
  expect(disk.puts).toBe(1);
  await people.looks.save();
  expect(disk.puts).toBe(2);
  await people.looks.save();
  expect(disk.puts).toBe(2);
  await close();
  const again = await openOn(directory);
  expect(again.people.looks.all()).toMatchObject([{ person: { id: ann.id }, known: 6, missed: 4 }]);
  await again.close();
});

test("another card, a look-alike and a turn of the numbers leave the counts; another face does not", async () => {
  const directory = await folder();
  const { people, close } = await openOn(directory);
  await people.put(ann, template);
  people.looks.note(ann.id, "missed");
  await people.put({ ...ann, lookAlikes: [bob.id] }, template);
  await people.replace(ann.id, (old) => ({ ...old, vectors: [Float32Array.of(0, 1)] }));
  expect(people.looks.all()).toMatchObject([{ known: 0, missed: 1 }]);
  await people.put(ann, { ...template, createdMs: template.createdMs + 1 });
  expect(people.looks.all()).toMatchObject([{ known: 0, missed: 0 }]);
  people.looks.note(ann.id, "missed");
  await people.put(ann, null);
  await people.put(ann, template);
  expect(people.looks.all()).toMatchObject([{ known: 0, missed: 0 }]);
  await close();
});
