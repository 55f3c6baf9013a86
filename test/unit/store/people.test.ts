import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { badgeId, type Person, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports.ts";
import { openPeople } from "../../../kiosk/store/people.ts";

const ann: Person = {
  id: personId("p_8m2q7x4w9t1v6r3s5k0n"),
  displayName: "Ann Sørensen-Quartz",
  badges: [badgeId("wiegand26:12:34567"), badgeId("iso14443a:04a1b2c3")],
};
const bob: Person = { id: personId("p_00000000000000000000"), displayName: "Bob", badges: [] };

function templateOf({ id }: Person): Template {
  const vectors = [0.25, -0.5, 0.125].map((value) =>
    Float32Array.from({ length: 512 }, (_, index) => value * Math.sin(index + 1)),
  );
  return { person: id, spaceId: "space-1", vectors, consentId: "c_1", createdMs: 1_700_000_000_000 };
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-people-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("people come back after a restart with badges and templates, float for float", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  await using people = await openPeople({ directory });
  expect(people.faults).toEqual([]);
  expect(people.all().toSorted((a, b) => b.id.localeCompare(a.id))).toEqual([ann, bob]);
  expect(people.templates()).toEqual([templateOf(ann)]);
});

test("nothing of a person can be read in the files, and only the owner may open them", async () => {
  const directory = await folder();
  await using people = await openPeople({ directory });
  await people.put(ann, templateOf(ann));
  const [vector] = templateOf(ann).vectors;
  const needles = [
    "Ann",
    "Quartz",
    "34567",
    "04a1b2c3",
    "c_1",
    Buffer.from(vector?.buffer ?? new ArrayBuffer(0), 0, 16),
  ];
  for (const name of readdirSync(directory)) {
    const bytes = readFileSync(join(directory, name));
    for (const needle of needles) expect(bytes.includes(needle), name).toBe(false);
    expect(statSync(join(directory, name)).mode & 0o077, name).toBe(0);
  }
});

test("a damaged file costs that person alone, is reported, and is set aside", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  const file = join(directory, `${ann.id}.sealed`);
  const bytes = readFileSync(file);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  await using people = await openPeople({ directory });
  expect(people.all()).toEqual([bob]);
  expect(people.faults).toMatchObject([{ code: "seal-broken", remedy: expect.stringContaining("Enrol") }]);
  expect(String(people.faults)).not.toContain("Ann");
  expect(existsSync(join(directory, "set-aside", `${ann.id}.sealed`))).toBe(true);
  await people.put(ann, null);
  expect(people.all()).toHaveLength(2);
});

test("one person's file does not open under another person's name", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  for (const suffix of [".sealed", ".key"])
    await copyFile(join(directory, ann.id + suffix), join(directory, bob.id + suffix));
  await using people = await openPeople({ directory });
  expect(people.all()).toEqual([ann]);
  expect(people.faults).toHaveLength(1);
});

test("removing a person destroys file and key, so that an old copy of the file is worthless", async () => {
  const directory = await folder();
  const copy = join(await folder(), "copy.sealed");
  {
    await using people = await openPeople({ directory });
    await people.put(ann, templateOf(ann));
    await copyFile(join(directory, `${ann.id}.sealed`), copy);
    await people.remove(ann.id);
    await people.remove(bob.id);
    expect(people.all()).toEqual([]);
    expect(people.templates()).toEqual([]);
  }
  expect(readdirSync(directory)).toEqual(["device.seal"]);
  await copyFile(copy, join(directory, `${ann.id}.sealed`));
  await using people = await openPeople({ directory });
  expect(people.all()).toEqual([]);
  expect(people.faults).toHaveLength(1);
});

test("a removal that was cut short is finished at the next start", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ directory });
    await people.put(ann, null);
  }
  await rm(join(directory, `${ann.id}.sealed`));
  await using people = await openPeople({ directory });
  expect(people.faults).toEqual([]);
  expect(readdirSync(directory)).toEqual(["device.seal"]);
});
