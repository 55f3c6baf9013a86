import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import { openGallery } from "../../../kiosk/inference/gallery.ts";
import { turnedSpace, turningBetween } from "../../../kiosk/inference/site-turn.ts";
import { normalised } from "../../../kiosk/inference/vector.ts";
import { reissue, type TurningRooms } from "../../../kiosk/sealing/turning.ts";
import { openPeople, type SealedPeople } from "../../../kiosk/store/people.ts";
import { openTurnKey, type TurnKey } from "../../../kiosk/store/turn-key.ts";
import { randomOf } from "../inference/random.ts";
import { testHash } from "./card-hash.ts";

const dimension = 32;
const spaceId = "model-1";
const random = randomOf(7);
const idOf = (number: number): PersonId => personId(`p_${String(number).padStart(20, "0")}`);
const faces = Array.from({ length: 6 }, () => normalised(random(dimension, -1, 1)));

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-turn-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const templateOf = (number: number, space: string, vector: Float32Array): Template => ({
  ...{ person: idOf(number), spaceId: space, vectors: [vector], consentId: "c_1" as ConsentId, createdMs: 1 },
  ...{ quality: 70, source: "camera" },
});

async function fill(people: SealedPeople, key: Uint8Array | null): Promise<void> {
  const turn = turningBetween(null, key, dimension);
  for (const [number, face] of faces.entries()) {
    const person = { id: idOf(number), displayName: `Person ${number}`, badges: [], lookAlikes: [] };
    await people.put(person, templateOf(number, turnedSpace(spaceId, key), turn(face)));
  }
}

const turning = (people: TurningRooms["people"], turnKey: TurnKey, changed = async () => {}): Promise<number> => {
  const rooms = { people, turnKey, spaceId, dimension, spaceOf: turnedSpace, between: turningBetween, changed };
  return reissue(rooms, new AbortController().signal);
};

/** Who a clock with this key takes a face for; only templates of its own space are in its gallery. */
function found(people: SealedPeople, key: Uint8Array, face: Float32Array): PersonId | null {
  const gallery = openGallery(turnedSpace(spaceId, key), dimension);
  gallery.set(people.templates().filter((template) => template.spaceId === turnedSpace(spaceId, key)));
  const best = gallery.search(turningBetween(null, key, dimension)(face));
  return best !== null && best.similarity > 0.99 ? best.person : null;
}

test("the key is made at the first opening, kept sealed, and the same from then on", async () => {
  const directory = await folder();
  const { key } = await openTurnKey({ directory });
  expect(key).toHaveLength(32);
  expect((await openTurnKey({ directory })).key).toEqual(key);
  expect(readFileSync(join(directory, "turn.key")).includes(Buffer.from(key))).toBe(false);
  expect(Buffer.from((await openTurnKey({ directory: await folder() })).key).equals(key)).toBe(false);
});

test("people enrolled before there was a turn are turned at opening, and nobody has to come", async () => {
  const directory = await folder();
  await using people = await openPeople({ directory, hashCard: testHash });
  await fill(people, null);
  const turnKey = await openTurnKey({ directory });
  expect(found(people, turnKey.key, faces[2] ?? new Float32Array(dimension))).toBeNull();
  expect(await turning(people, turnKey)).toBe(6);
  for (const [number, face] of faces.entries()) expect(found(people, turnKey.key, face)).toBe(idOf(number));
  expect(await turning(people, turnKey)).toBe(0);
});

test("an order for a new key turns what is stored at the next opening, and what was copied before matches nobody", async () => {
  const directory = await folder();
  await using people = await openPeople({ directory, hashCard: testHash });
  const before = await openTurnKey({ directory });
  await fill(people, before.key);
  const stolen = people.templates();
  await before.renew();
  const after = await openTurnKey({ directory });
  expect(Buffer.from(after.key).equals(before.key)).toBe(false);
  expect(after.former()).toHaveLength(1);
  expect(await turning(people, after)).toBe(6);
  for (const [number, face] of faces.entries()) expect(found(people, after.key, face)).toBe(idOf(number));
  expect((await openTurnKey({ directory })).former()).toEqual([]);
  // The stolen one under today's name of the space: as far from its own person as anybody.
  const gallery = openGallery(turnedSpace(spaceId, after.key), dimension);
  gallery.set(people.templates());
  for (const { person, vectors } of stolen) {
    const [vector = new Float32Array(dimension)] = vectors;
    expect(gallery.similarity(vector, person)).toBeLessThan(0.8);
  }
});

test("cut at any person, the next start turns the rest, and the former key stays until then", async () => {
  for (let cut = 0; cut < faces.length; cut += 1) {
    const directory = await folder();
    const before = await openTurnKey({ directory });
    {
      await using people = await openPeople({ directory, hashCard: testHash });
      await fill(people, before.key);
      await before.renew();
      let left = cut;
      const dying: TurningRooms["people"] = {
        templates: people.templates,
        replace: async (id, change) => {
          if (left === 0) throw new Error("the power went");
          left -= 1;
          await people.replace(id, change);
        },
      };
      await expect(turning(dying, await openTurnKey({ directory }))).rejects.toThrow("power");
    }
    await using people = await openPeople({ directory, hashCard: testHash });
    const after = await openTurnKey({ directory });
    expect(after.former()).toHaveLength(1);
    expect(await turning(people, after)).toBe(faces.length - cut);
    for (const [number, face] of faces.entries()) expect(found(people, after.key, face)).toBe(idOf(number));
  }
});

test("two orders before the next start, and a start between: every template finds its way", async () => {
  const directory = await folder();
  await using people = await openPeople({ directory, hashCard: testHash });
  const first = await openTurnKey({ directory });
  await fill(people, first.key);
  await first.renew();
  await first.renew();
  const second = await openTurnKey({ directory });
  // Ordered again while the templates are still those of the first.
  await second.renew();
  await second.forgetFormer();
  const third = await openTurnKey({ directory });
  expect(third.former()).toHaveLength(2);
  expect(await turning(people, third)).toBe(6);
  expect(found(people, third.key, faces[3] ?? new Float32Array(dimension))).toBe(idOf(3));
});

test("somebody who goes while templates are turned does not come back", async () => {
  const directory = await folder();
  await using people = await openPeople({ directory, hashCard: testHash });
  await fill(people, null);
  const turnKey = await openTurnKey({ directory });
  const leaving: TurningRooms["people"] = {
    templates: people.templates,
    replace: async (id, change) => {
      if (id === idOf(1)) await people.remove(idOf(4));
      await people.replace(id, change);
    },
  };
  await turning(leaving, turnKey);
  expect(people.templates().map(({ person }) => person)).not.toContain(idOf(4));
  expect(people.all()).toHaveLength(5);
});

test("the site's own key file is used, and another key in it re-issues", async () => {
  const directory = await folder();
  const file = join(directory, "site.key");
  await using people = await openPeople({ directory, hashCard: testHash });
  writeFileSync(file, "11".repeat(32));
  const before = await openTurnKey({ directory, file });
  await fill(people, before.key);
  await expect(before.renew()).rejects.toMatchObject({ code: "config-invalid" });
  writeFileSync(file, "22".repeat(32));
  const after = await openTurnKey({ directory, file });
  expect(await turning(people, after)).toBe(6);
  expect(found(people, after.key, faces[0] ?? new Float32Array(dimension))).toBe(idOf(0));
  writeFileSync(file, "short");
  await expect(openTurnKey({ directory, file })).rejects.toMatchObject({ code: "config-invalid" });
});

test("a key that does not open is said, set aside, and costs faces but nothing else", async () => {
  const directory = await folder();
  const { key } = await openTurnKey({ directory });
  const file = join(directory, "turn.key");
  const bytes = readFileSync(file);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const anew = await openTurnKey({ directory });
  expect(anew.notice).toMatchObject({ code: "seal-broken", remedy: expect.stringContaining("badges") });
  expect(Buffer.from(anew.key).equals(key)).toBe(false);
  expect(readFileSync(`${file}.bad`)).toEqual(bytes);
  expect((await openTurnKey({ directory })).notice).toBeNull();
});
