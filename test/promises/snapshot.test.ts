import { generateKeyPairSync } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { newest } from "../../kiosk/camera/newest.ts";
import { openPortraits } from "../../kiosk/camera/portrait.ts";
import { parsed } from "../../kiosk/config.ts";
import type { CardHash } from "../../kiosk/core/card.ts";
import type { PunchDraft } from "../../kiosk/core/draft.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Due } from "../../kiosk/core/keepsake.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import type { Camera, Frame } from "../../kiosk/core/ports/senses.ts";
import type { PunchData } from "../../kiosk/core/record.ts";
import { matrix } from "../../kiosk/core/retention.ts";
import { createEvidence } from "../../kiosk/evidence.ts";
import { createEyes } from "../../kiosk/eyes.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openPictures } from "../../kiosk/pictures.ts";
import { createStation } from "../../kiosk/run.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { idOf, openSnapshots, pictureIs } from "../../kiosk/store/snapshots.ts";
import {
  differing,
  type OpeningKey,
  openingKeyIn,
  openWithTwo,
  parcelHash,
  sealForTwo,
  sealingKeyIn,
} from "../../kiosk/store/two-keys.ts";
import { identity, newKey } from "../unit/uplink/parts.ts";
import { folder, openDeskScene, startUtcMs } from "./desk-parts.ts";

const ann = personId("p_8m2q7x4w9t1v6r3s5k0n");
const bob = personId("p_0000000000000000bob0");
const dayMs = 86_400_000;

const newPair = (): OpeningKey => {
  const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  return openingKeyIn(JSON.stringify({ kty, crv, x, d }), "somebody");
};
const publicOf = ({ kty, crv, x }: OpeningKey) => sealingKeyIn(JSON.stringify({ kty, crv, x }), "somebody");
const staff = newPair();
const employer = newPair();
const stranger = newPair();
const keys = [publicOf(staff), publicOf(employer)] as const;

/** A camera's frame that no two runs share, so that nothing of it is found by chance. */
async function photograph(seed: number): Promise<Uint8Array> {
  const [width, height] = [640, 480];
  const rgb = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, at) => ((at * (seed + 3)) ^ ((at >> 7) * 31)) & 0xff),
  );
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer();
}

const filesIn = (directory: string): readonly Buffer[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

/** What a carver looks for: the four bytes that a JPEG begins with, and pieces of pictures that are known. */
function carved(directory: string, pictures: readonly Uint8Array[]): number {
  const starts = [0xe0, 0xdb, 0xe1, 0xee].map((marker) => Buffer.from([0xff, 0xd8, 0xff, marker]));
  const pieces = pictures.flatMap((jpeg) => [200, 1_000, 3_000].map((at) => Buffer.from(jpeg.subarray(at, at + 24))));
  const wanted = [...starts, ...pieces.filter(({ length }) => length === 24)];
  return filesIn(directory).filter((bytes) => wanted.some((one) => bytes.includes(one))).length;
}

async function openShelf(state?: string) {
  const directory = state ?? (await folder());
  const keyBox = await openFileKeyBox(join(directory, "device.key"));
  return { directory, snapshots: await openSnapshots({ directory: join(directory, "snapshots"), keyBox, keys }) };
}

const dueAt = (nowUtcMs: number, isHeld: Due["isHeld"] = () => false): Due => ({
  ...{ nowUtcMs, beforeUtcMs: nowUtcMs - matrix.snapshot.days * dayMs, isHeld, limit: 100 },
});

const punchBy = (methods: PunchDraft["methods"], more: Partial<PunchDraft> = {}): PunchDraft => ({
  ...{ draft: "punch", person: ann, methods, assure: { match: "none", live: "na", card: "static" }, flags: [] },
  ...{ kind: "in", inferred: true, at: { utcMs: startUtcMs, monoMs: 0 } },
  ...more,
});

async function openCamera(more: Partial<Parameters<typeof createEvidence>[0]> = {}) {
  const shelf = await openShelf();
  const clock = testClock(startUtcMs);
  const jpeg = await photograph(7);
  const frame: Frame = { jpeg, number: 1, at: clock.now() };
  const faults: Fault[] = [];
  const evidence = createEvidence({
    ...{ of: "badge-pin", days: 90, snapshots: shelf.snapshots, frame: () => frame, clock, mayTake: () => true },
    shrink: await openPortraits(),
    note: (fault) => faults.push(fault),
    ...more,
  });
  return { ...shelf, clock, jpeg, evidence, faults };
}

/** The clock as house.ts wires it, for badges alone: the real station and journal, the real eyes on a camera of one picture. */
async function openClock(snapshot: "off" | "badge-pin", state?: string) {
  const directory = state ?? (await folder());
  const clock = testClock(startUtcMs);
  const journal = await openJournal({
    ...{ directory, identity, signer: newKey().signer, clock, firmware: "0.1.0", boot: 1, isFirstStart: true },
  });
  const jpeg = await photograph(99);
  const files = [staff, employer].map((key, at) => {
    const path = join(directory, `${at}.pub.jwk`);
    writeFileSync(path, JSON.stringify(publicOf(key)));
    return path;
  });
  const pictures = await openPictures({
    config: parsed({ state: directory, snapshot, snapshotKeyStaff: files[0], snapshotKeyEmployer: files[1] }),
    keyBox: await openFileKeyBox(join(directory, "device.key")),
    ...{ clock, frame: () => eyes.newest(), mayTake: () => true },
    note: (fault) => {
      throw fault;
    },
  });
  const person = { id: ann, displayName: "Ann", badges: ["4711" as CardHash], lookAlikes: [] };
  let saved = 0;
  const station = createStation({
    memory: withPeople(blankMemory, [person]),
    policy: { ...defaultPolicy, duplicateWindowMs: 0 },
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    ...{ clock, journal, screen: { show: () => {} }, forget: () => {}, enrolled: () => {} },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    ...(pictures?.evidence && { evidence: pictures.evidence }),
    observed: ({ kind }) => {
      if (kind === "saved") saved += 1;
    },
  });
  const eyes = createEyes({
    ...{ clock, post: station.post, attention: station.attention, random: () => 0.5 },
    screen: { preview: () => {} },
  });
  const stop = new AbortController();
  const frames = newest<Frame>();
  const camera: Camera = { label: "", simulated: true, frames: frames.values, [Symbol.asyncDispose]: async () => {} };
  const running = [station.run(stop.signal), eyes.watch(camera, stop.signal, () => {})];
  onTestFinished(async () => {
    stop.abort();
    await Promise.all(running);
    await journal[Symbol.asyncDispose]();
  });
  station.post({ kind: "ready", at: clock.now() });
  station.post({ kind: "room", room: "reader", state: { is: "up" }, at: clock.now() });
  const punch = async (): Promise<void> => {
    clock.advance(10_000);
    frames.put({ jpeg, number: saved, at: clock.now() });
    await expect.poll(() => eyes.newest()?.at, { interval: 1 }).toEqual(clock.now());
    const before = saved;
    station.post({ kind: "tap", tap: { badge: "4711" as CardHash, at: clock.now() }, at: clock.now() });
    await expect.poll(() => saved, { interval: 1, timeout: 20_000 }).toBe(before + 1);
  };
  const punches = (): readonly PunchData[] =>
    journal
      .read({ epoch: 0, seq: -1 }, 1_000)
      .filter(({ type }) => type === "punch")
      .map(({ jws }) => eventOf(jws).data as PunchData);
  return { directory, pictures, punch, punches, jpeg };
}

test("EC-6 SC-10 by default, after a hundred punches before a camera, no picture lies anywhere", async () => {
  const { directory, pictures, punch, punches, jpeg } = await openClock("off");
  expect(pictures).toBeNull();
  for (let count = 0; count < 100; count += 1) await punch();
  expect(punches()).toHaveLength(100);
  expect(punches().some((data) => "ev" in data)).toBe(false);
  expect(readdirSync(directory)).not.toContain("snapshots");
  expect(carved(directory, [jpeg])).toBe(0);
}, 60_000);

test("AR-5 where a site takes pictures, the punch's own signed record names the picture that is kept, and no picture lies in clear", async () => {
  const { directory, pictures, punch, punches, jpeg } = await openClock("badge-pin");
  for (let count = 0; count < 3; count += 1) await punch();
  const kept = pictures?.snapshots.list(ann) ?? [];
  expect(kept).toHaveLength(3);
  const hashes = await Promise.all(
    kept.map(async ({ snapshot }) => parcelHash((await pictures?.snapshots.sealed(snapshot))?.parcel ?? "")),
  );
  expect(punches().map(({ ev }) => ev?.h)).toEqual(hashes);
  expect(punches().map(({ ev }) => ev?.k)).toEqual(["snapshot", "snapshot", "snapshot"]);
  expect(carved(directory, [jpeg])).toBe(0);
  // Switched off later: none is taken any more, and those that are here go when it is time.
  await pictures?.snapshots[Symbol.asyncDispose]();
  const options = { clock: testClock(startUtcMs), frame: () => null, mayTake: () => true, note: () => {} };
  const keyBox = await openFileKeyBox(join(directory, "device.key"));
  const later = await openPictures({ ...options, keyBox, config: parsed({ state: directory }) });
  expect(later?.evidence).toBeNull();
  expect(await later?.snapshots.purge(dueAt(startUtcMs + 91 * dayMs))).toMatchObject({ gone: 3 });
}, 60_000);

test("L15 a clock that shall take pictures does not start without both keys, or with one key twice", async () => {
  const directory = await folder();
  const one = join(directory, "one.jwk");
  writeFileSync(one, JSON.stringify(publicOf(staff)));
  for (const config of [
    { snapshot: "all" },
    { snapshot: "badge-pin", snapshotKeyStaff: one },
    { snapshot: "badge-pin", snapshotKeyEmployer: one },
    { snapshot: "all", snapshotKeyStaff: one, snapshotKeyEmployer: one, camera: "none" },
    { snapshot: "sometimes" },
    { retention: { snapshot: 91 } },
  ]) {
    expect(() => parsed(config), JSON.stringify(config)).toThrow(expect.objectContaining({ code: "config-invalid" }));
  }
  const options = { clock: testClock(startUtcMs), frame: () => null, mayTake: () => true, note: () => {} };
  const keyBox = await openFileKeyBox(join(directory, "device.key"));
  const both = { state: directory, snapshot: "all", snapshotKeyStaff: one };
  for (const snapshotKeyEmployer of [one, join(directory, "none"), join(directory, "device.key")]) {
    const opening = openPictures({ ...options, keyBox, config: parsed({ ...both, snapshotKeyEmployer }) });
    await expect(opening).rejects.toMatchObject({ code: "key-unusable" });
  }
});

test("AR-5 a site that wants it gets a picture with a punch by badge or PIN, small and upright, and the punch names it", async () => {
  const { evidence, snapshots } = await openCamera();
  const taken = await evidence(punchBy(["card"]));
  const [card] = snapshots.list(ann);
  if (taken === null || card === undefined) throw new Error("no picture was taken");
  const sealed = await snapshots.sealed(card.snapshot);
  expect(taken.ev).toEqual({
    ...{ h: parcelHash(sealed?.parcel ?? ""), k: "snapshot", exp: new Date(startUtcMs + 90 * dayMs).toISOString() },
  });
  expect(card).toEqual({ snapshot: idOf(sealed?.parcel ?? ""), person: ann, takenUtcMs: startUtcMs });
  const opened = await openWithTwo(sealed?.parcel ?? "", [staff, employer], pictureIs(card));
  expect(await sharp(opened).metadata()).toMatchObject({ format: "jpeg", width: 240, height: 320 });
  expect((await sharp(opened).metadata()).exif).toBeUndefined();
});

test("B9 a picture is of those punches alone that the site named, of nobody who said no, and never of a supervisor in another's place", async () => {
  const { evidence, snapshots } = await openCamera({ mayTake: (sub) => sub !== bob });
  expect(await evidence(punchBy(["face"]))).toBeNull();
  expect(await evidence(punchBy(["card", "face"]))).toBeNull();
  expect(await evidence(punchBy(["supervisor"], { sup: bob }))).toBeNull();
  expect(await evidence(punchBy(["pin"], { person: bob }))).toBeNull();
  expect(snapshots.list(null)).toEqual([]);
  expect(await evidence(punchBy(["pin"]))).not.toBeNull();
  const all = await openCamera({ of: "all" });
  expect(await all.evidence(punchBy(["face"]))).not.toBeNull();
});

test("B9 no punch waits for its picture: an old frame, a torn one, no camera, a slow disk and a full one all leave the punch as it is", async () => {
  const old = await openCamera();
  expect(await old.evidence(punchBy(["card"], { at: { utcMs: startUtcMs, monoMs: 2_001 } }))).toBeNull();
  const torn = await openCamera({
    frame: () => ({ jpeg: Uint8Array.from([0xff, 0xd8, 1]), number: 1, at: { utcMs: startUtcMs, monoMs: 0 } }),
  });
  expect(await torn.evidence(punchBy(["card"]))).toBeNull();
  const blind = await openCamera({ frame: () => null });
  expect(await blind.evidence(punchBy(["card"]))).toBeNull();
  const full: Fault = new Fault("disk-full", "the disk is full", "Make room.");
  const { snapshots } = await openShelf();
  const stuffed = await openCamera({ snapshots: { ...snapshots, put: () => Promise.reject(full) } });
  expect(await stuffed.evidence(punchBy(["card"]))).toBeNull();
  expect(stuffed.faults).toEqual([full]);
  // A disk that takes longer than a person does: what comes too late is thrown away.
  const slow = Promise.withResolvers<void>();
  const dropped = Promise.withResolvers<string>();
  const late = await openCamera({
    snapshots: {
      put: (...asked) => slow.promise.then(() => snapshots.put(...asked)),
      drop: (id) => snapshots.drop(id).then(() => dropped.resolve(id)),
    },
  });
  const waiting = late.evidence(punchBy(["card"]));
  // The decoder has to be done before the disk is asked.
  late.clock.advance(700);
  expect(await waiting).toBeNull();
  slow.resolve();
  expect(await dropped.promise).toMatch(/^u_/);
  expect(snapshots.list(null)).toEqual([]);
});

test("B9 a punch that could not be saved leaves no picture", async () => {
  const { evidence, snapshots, directory, jpeg } = await openCamera();
  const taken = await evidence(punchBy(["card"]));
  await taken?.undo();
  expect(snapshots.list(null)).toEqual([]);
  expect(carved(directory, [jpeg])).toBe(0);
});

test("L15 one key alone, the same key twice, and a stranger's open nothing; both together do", async () => {
  const picture = await photograph(11);
  const is = pictureIs({ person: ann, takenUtcMs: startUtcMs });
  const parcel = await sealForTwo(picture, keys, is);
  for (const pair of [
    [staff, staff],
    [employer, employer],
    [staff, stranger],
    [stranger, employer],
  ] as const) {
    await expect(openWithTwo(parcel, pair, is)).rejects.toMatchObject({ code: "snapshot-unusable" });
  }
  expect(Buffer.from(await openWithTwo(parcel, [staff, employer], is)).equals(picture)).toBe(true);
  expect(Buffer.from(await openWithTwo(parcel, [employer, staff], is)).equals(picture)).toBe(true);
  // As somebody else's, or of another moment, it is nothing.
  for (const other of [
    { person: bob, takenUtcMs: startUtcMs },
    { person: ann, takenUtcMs: startUtcMs + 1 },
  ]) {
    await expect(openWithTwo(parcel, [staff, employer], pictureIs(other))).rejects.toMatchObject({
      code: "snapshot-unusable",
    });
  }
  const flipped = `${parcel.slice(0, 200)}${parcel[200] === "A" ? "B" : "A"}${parcel.slice(201)}`;
  await expect(openWithTwo(flipped, [staff, employer], is)).rejects.toMatchObject({ code: "snapshot-unusable" });
});

test("L15 the clock takes two different public keys and nothing else", () => {
  const { kty, crv, x, d } = staff;
  const unusable = expect.objectContaining({ code: "key-unusable" });
  const refusing = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  expect(refusing(() => sealingKeyIn(JSON.stringify({ kty, crv, x, d }), "the staff"))).toEqual(unusable);
  expect(refusing(() => sealingKeyIn("{}", "the staff"))).toEqual(unusable);
  expect(refusing(() => sealingKeyIn("hello", "the staff"))).toEqual(unusable);
  expect(refusing(() => differing([keys[0], keys[0]]))).toEqual(unusable);
  expect(differing(keys)).toEqual(keys);
});

test("SC-6 a technician cannot open a picture, a privacy officer and a supervisor together can, and both views are records about the person", async () => {
  const { snapshots } = await openShelf();
  const { snapshot } = await snapshots.put(ann, startUtcMs, await photograph(3));
  const { ask, three, audits, clock, looksAt } = await openDeskScene({ snapshots });
  const { tokens, supervisor, officer } = await three();
  const open = { ask: "snapshot-open", snapshot } as const;
  await expect(ask(open, { sessions: [tokens.technician] })).rejects.toMatchObject({ code: "role-refused" });
  await expect(ask(open, { sessions: [tokens.supervisor] })).rejects.toMatchObject({ code: "role-refused" });
  clock.advance(1_000);
  const sessions = [tokens["privacy-officer"], tokens.supervisor];
  const sealed = await ask(open, { sessions });
  if (!("parcel" in sealed)) throw new Error("nothing was given");
  await openWithTwo(sealed.parcel, [staff, employer], pictureIs(sealed));
  const views = audits().filter(({ act }) => act === "snapshot");
  expect(views).toMatchObject([
    {
      sub: ann,
      by: officer.operator,
      role: "privacy-officer",
      reason: "rights-request",
      detail: `picture ${snapshot}`,
    },
    { sub: ann, by: supervisor.operator, role: "supervisor", reason: "enrolment", detail: `picture ${snapshot}` },
  ]);
  expect((await looksAt(ann)).map(({ role }) => role)).toEqual(["supervisor", "privacy-officer"]);
});

test("SC-7 a picture is there at 89 days and 23 hours and gone at 90 days and a minute, with its key", async () => {
  const { snapshots, directory } = await openShelf();
  const pictures = [await photograph(1), await photograph(2)];
  const [first = new Uint8Array()] = pictures;
  const { snapshot } = await snapshots.put(ann, startUtcMs, first);
  const copy = await folder();
  cpSync(directory, copy, { recursive: true });
  const before = dueAt(startUtcMs + 89 * dayMs + 23 * 3_600_000);
  expect(await snapshots.count(before)).toEqual({ due: 0, held: 0 });
  expect(await snapshots.purge(before)).toEqual({ gone: 0, held: 0, isMore: false });
  expect(snapshots.list(ann)).toHaveLength(1);
  const after = dueAt(startUtcMs + 90 * dayMs + 60_000);
  expect(await snapshots.count(after)).toEqual({ due: 1, held: 0 });
  expect(snapshots.list(ann)).toHaveLength(1);
  expect(await snapshots.purge(after)).toEqual({ gone: 1, held: 0, isMore: false });
  expect(snapshots.list(null)).toEqual([]);
  expect(await snapshots.sealed(snapshot)).toBeNull();
  expect(filesIn(join(directory, "snapshots")).some((bytes) => bytes.includes(snapshot))).toBe(false);
  expect(carved(directory, pictures)).toBe(0);
  // The copy that somebody made of the sealed files is worth nothing with the clock's keys of today.
  cpSync(join(copy, "snapshots"), join(directory, "snapshots"), {
    recursive: true,
    filter: (path) => !path.endsWith("subjects.keys"),
  });
  await snapshots[Symbol.asyncDispose]();
  const again = await openShelf(directory);
  expect(await again.snapshots.sealed(snapshot).catch(({ code }: Fault) => code)).toSatisfy(
    (found) => found === null || found === "seal-broken",
  );
});

test("SC-7 after a hundred days without power pictures go before anything else, and one that a wrong clock dated goes ninety days after that was found", async () => {
  const { snapshots, directory } = await openShelf();
  const picture = await photograph(5);
  for (const days of [0, 5, 30]) await snapshots.put(ann, startUtcMs + days * dayMs, picture);
  const future = startUtcMs + 4_000 * dayMs;
  await snapshots.put(bob, future, picture);
  await snapshots[Symbol.asyncDispose]();
  const { snapshots: again } = await openShelf(directory);
  const found = startUtcMs + 100 * dayMs;
  expect(await again.count(dueAt(found))).toEqual({ due: 2, held: 0 });
  expect(await again.purge(dueAt(found))).toEqual({ gone: 2, held: 0, isMore: false });
  expect(again.list(null).map(({ person }) => person)).toEqual([ann, bob]);
  expect(again.list(bob)).toMatchObject([{ takenUtcMs: future }]);
  const [theirs] = again.list(bob);
  const sealed = await again.sealed(theirs?.snapshot ?? "");
  await openWithTwo(sealed?.parcel ?? "", [staff, employer], pictureIs({ person: bob, takenUtcMs: future }));
  expect(await again.purge(dueAt(found + 90 * dayMs + 1))).toMatchObject({ gone: 2 });
  expect(again.list(null)).toEqual([]);
});

test("SC-7 ninety days are the longest a site can choose", () => {
  expect(matrix.snapshot).toMatchObject({ days: 90, max: 90, from: "collected" });
});

test("SC-8 a picture in a dispute is held, counted, and goes when the hold is over", async () => {
  const { snapshots } = await openShelf();
  const picture = await photograph(9);
  for (const sub of [ann, bob]) await snapshots.put(sub, startUtcMs, picture);
  const held = (sub: PersonId | null): boolean => sub === ann;
  const day91 = dueAt(startUtcMs + 91 * dayMs, held);
  expect(await snapshots.count(day91)).toEqual({ due: 1, held: 1 });
  expect(await snapshots.purge(day91)).toEqual({ gone: 1, held: 1, isMore: false });
  expect(snapshots.list(null)).toMatchObject([{ person: ann }]);
  expect(await snapshots.purge(dueAt(startUtcMs + 120 * dayMs))).toMatchObject({ gone: 1, held: 0 });
  expect(snapshots.list(null)).toEqual([]);
});

test("SC-9 whoever is forgotten is forgotten with their pictures, and nobody else's go", async () => {
  const { snapshots, directory } = await openShelf();
  const pictures = [await photograph(21), await photograph(22)];
  for (const [at, picture] of pictures.entries()) await snapshots.put(ann, startUtcMs + at, picture);
  await snapshots.put(bob, startUtcMs, await photograph(23));
  expect(await snapshots.forget(ann)).toBe(2);
  expect(snapshots.list(null)).toMatchObject([{ person: bob }]);
  expect(readdirSync(join(directory, "snapshots")).join()).not.toContain(ann.slice(2));
});
