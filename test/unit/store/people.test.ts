import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cardText } from "../../../kiosk/core/card.ts";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import { writeAtomically } from "../../../kiosk/store/atomic.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { decodePerson, encodePerson } from "../../../kiosk/store/person-file.ts";
import { newDataKey, openFileKeyBox, seal } from "../../../kiosk/store/seal.ts";
import { openVault } from "../../../kiosk/store/vault.ts";
import { testHash } from "./card-hash.ts";

const ann: Person = {
  id: personId("p_8m2q7x4w9t1v6r3s5k0n"),
  displayName: "Ann Sørensen-Quartz",
  badges: [testHash(cardText("w26:12-34567")), testHash(cardText("iso14443a:04A1B2C3"))],
  lookAlikes: [],
};
const bob: Person = { id: personId("p_00000000000000000000"), displayName: "Bob", badges: [], lookAlikes: [] };

function templateOf({ id }: Person): Template {
  const vectors = [0.25, -0.5, 0.125].map((value) =>
    Float32Array.from({ length: 512 }, (_, index) => value * Math.sin(index + 1)),
  );
  const consentId = "c_1" as ConsentId;
  const createdMs = 1_700_000_000_000;
  return { person: id, spaceId: "space-1", vectors, consentId, createdMs, quality: 71.5, source: "photographs" };
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-people-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("people come back after a restart with badges and templates, float for float", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.faults).toEqual([]);
  expect(people.all().toSorted((a, b) => b.id.localeCompare(a.id))).toEqual([ann, bob]);
  expect(people.templates()).toEqual([templateOf(ann)]);
});

test("nothing of a person can be read in the files, and only the owner may open them", async () => {
  const directory = await folder();
  await using people = await openPeople({ hashCard: testHash, directory });
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

test("a damaged file costs that person alone, is reported, and can be written anew", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  const file = join(directory, `${ann.id}.person.sealed`);
  flip(file, 40);
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.all()).toEqual([bob]);
  expect(people.faults).toMatchObject([{ code: "seal-broken", remedy: expect.stringContaining("Enrol") }]);
  expect(String(people.faults)).not.toContain("Ann");
  expect((await people.tracesOf(ann.id)).files).toBe(1);
  await people.put(ann, null);
  expect(people.all()).toHaveLength(2);
});

test("one person's file does not open under another person's name", async () => {
  const directory = await folder();
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    await people.put(ann, templateOf(ann));
    await people.put(bob, null);
  }
  const suffix = ".person.sealed";
  await copyFile(join(directory, ann.id + suffix), join(directory, bob.id + suffix));
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.all()).toEqual([ann]);
  expect(people.faults).toHaveLength(1);
});

test("removing a person destroys file and key, so that an old copy of the file is worthless", async () => {
  const directory = await folder();
  const copy = join(await folder(), "copy.sealed");
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    await people.put(ann, templateOf(ann));
    await copyFile(join(directory, `${ann.id}.person.sealed`), copy);
    await people.remove(ann.id);
    await people.remove(bob.id);
    expect(people.all()).toEqual([]);
    expect(people.templates()).toEqual([]);
  }
  expect(readdirSync(directory).toSorted()).toEqual(["device.seal", "subjects.keys"]);
  await copyFile(copy, join(directory, `${ann.id}.person.sealed`));
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.all()).toEqual([]);
  expect(people.faults).toHaveLength(1);
});

test("somebody enrolled before quality and source were kept is still here", () => {
  const vectors = [Float32Array.from([1, 0]), Float32Array.from([0, 1])];
  const template = { spaceId: "space-0", consentId: "c_0", createdMs: 1, lengths: [2, 2] };
  const head = Buffer.from(JSON.stringify({ version: 1, displayName: "Bob", badges: ["hid:1"], template }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const file = Buffer.concat([length, head, ...vectors.map((vector) => Buffer.from(vector.buffer))]);
  expect(decodePerson(bob.id, file, testHash)).toEqual({
    isFormer: true,
    looks: { known: 0, missed: 0 },
    person: { ...bob, badges: [testHash(cardText("card:1"))] },
    template: {
      person: bob.id,
      spaceId: "space-0",
      consentId: "c_0",
      createdMs: 1,
      vectors,
      quality: null,
      source: "camera",
    },
  });
});

test("who looks like whom is so for both, also after a restart, and ends with either face", async () => {
  const directory = await folder();
  const cyd: Person = { id: personId("p_11111111111111111111"), displayName: "Cyd", badges: [], lookAlikes: [] };
  const likesOf = (all: readonly Person[]) =>
    Object.fromEntries(all.map(({ displayName, lookAlikes }) => [displayName.slice(0, 3), lookAlikes]));
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    await people.put(bob, templateOf(bob));
    await people.put(cyd, templateOf(cyd));
    await people.put({ ...ann, lookAlikes: [bob.id, cyd.id] }, templateOf(ann));
    expect(likesOf(people.all())).toEqual({ Ann: [bob.id, cyd.id], Bob: [ann.id], Cyd: [ann.id] });
  }
  await using people = await openPeople({ hashCard: testHash, directory });
  await people.put(bob, null);
  expect(likesOf(people.all())).toEqual({ Ann: [cyd.id], Bob: [], Cyd: [ann.id] });
  await people.remove(cyd.id);
  expect(likesOf(people.all())).toEqual({ Ann: [], Bob: [] });
});

/** A folder as it was before there was a vault. */
async function formerFolder(plain: Uint8Array) {
  const directory = await folder();
  const keyBox = await openFileKeyBox(join(directory, "device.seal"));
  const dataKey = newDataKey();
  const binding = `lintel-person-1:${bob.id}`;
  await writeAtomically(join(directory, `${bob.id}.key`), await keyBox.wrap(dataKey, binding));
  await writeAtomically(join(directory, `${bob.id}.sealed`), seal(dataKey, plain, binding));
  const vaulted = async () => (await openVault({ directory, keyBox })).get(bob.id, "person");
  return { directory, vaulted };
}

test("files from before there was a vault move into it at the first opening, and leave nothing behind", async () => {
  const { directory } = await formerFolder(encodePerson({ person: bob, template: templateOf(bob) }));
  for (const opening of ["first", "second"]) {
    await using people = await openPeople({ hashCard: testHash, directory });
    expect(people.faults, opening).toEqual([]);
    expect(people.all(), opening).toEqual([bob]);
    expect(people.templates(), opening).toEqual([templateOf(bob)]);
    expect(readdirSync(directory).toSorted(), opening).toEqual([
      "device.seal",
      `${bob.id}.person.sealed`,
      "subjects.keys",
    ]);
  }
});

test("a damaged file from before is set aside, and goes when its person is forgotten", async () => {
  const { directory } = await formerFolder(encodePerson({ person: bob, template: null }));
  flip(join(directory, `${bob.id}.sealed`), 40);
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.faults).toMatchObject([{ code: "seal-broken" }]);
  expect(readdirSync(join(directory, "set-aside"))).toHaveLength(2);
  await people.remove(bob.id);
  expect(readdirSync(join(directory, "set-aside"))).toEqual([]);
});

test("card numbers that were kept as they are become hashes at the first opening, and are in no piece after it", async () => {
  const number = "0047110815";
  const head = {
    version: 2,
    displayName: "Bob",
    badges: [`hid:${number}`, "demo:1001"],
    lookAlikes: [],
    template: null,
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const { directory, vaulted } = await formerFolder(Buffer.concat([length, text]));
  const expected = [testHash(cardText(`card:${number}`)), testHash(cardText("demo:1001"))];
  {
    await using people = await openPeople({ hashCard: testHash, directory });
    expect(people.faults).toEqual([]);
    expect(people.all()).toEqual([{ ...bob, badges: expected }]);
  }
  expect(Buffer.from((await vaulted()) ?? "").toString("latin1")).toContain("Bob");
  expect(Buffer.from((await vaulted()) ?? "").toString("latin1")).not.toContain(number);
  // It is not hashed a second time.
  await using people = await openPeople({ hashCard: testHash, directory });
  expect(people.all()).toEqual([{ ...bob, badges: expected }]);
});

test("what the roster says of somebody is the roster's: only what was given here is kept", async () => {
  const directory = await folder();
  const [here, theirs] = [testHash(cardText("card:1")), testHash(cardText("card:2"))];
  await using people = await openPeople({ hashCard: testHash, directory });
  await people.put({ ...bob, badges: [here, theirs], rosterBadges: [theirs], lang: "de", isOffRoster: true }, null);
  expect(people.all()).toEqual([{ ...bob, badges: [here] }]);
});
