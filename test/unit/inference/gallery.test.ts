import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import wabt from "wabt";
import { openKernel } from "../../../kiosk/inference/gallery/kernel.ts";
import { openGallery } from "../../../kiosk/inference/gallery.ts";
import { idOf, noise, templateOf } from "./gallery-people.ts";

const [ann, ben, cem] = [idOf(1), idOf(2), idOf(3)];
const axis = (at: number): Float32Array => new Float32Array(4).fill(1, at, at + 1);
const face = new Float32Array([0.8, 0.6, 0, 0]);

function galleryOfTwo() {
  const gallery = openGallery("space", 4);
  gallery.set([templateOf(ann, [axis(0), axis(2)]), templateOf(ben, [axis(1)])]);
  return gallery;
}

test("an empty gallery knows nobody", () => {
  const gallery = openGallery("space", 4);
  expect(gallery.search(face)).toBeNull();
  expect(gallery.similarity(face, ann)).toBe(-1);
  expect(gallery.alike(face, -1)).toEqual([]);
  expect(gallery.size()).toBe(0);
});

test("the nearest person is found by their best template, with the distance to the second person", () => {
  const found = galleryOfTwo().search(face);
  expect(found?.person).toBe(ann);
  expect(found?.similarity).toBeCloseTo(0.8, 6);
  expect(found?.margin).toBeCloseTo(0.2, 6);
});

test("the second place is another person's, never one's own other template", () => {
  const gallery = openGallery("space", 4);
  gallery.set([templateOf(ann, [axis(0), axis(1)])]);
  expect(gallery.search(face)?.margin).toBe(2);
  gallery.admit(templateOf(ben, [axis(3)]));
  expect(gallery.search(face)?.margin).toBeCloseTo(0.8, 6);
});

test("somebody withdrawn is unknown to the very next search, of the same face too", () => {
  const gallery = galleryOfTwo();
  expect(gallery.search(face)?.person).toBe(ann);
  gallery.withdraw(ann);
  expect(gallery.search(face)?.person).toBe(ben);
  expect(gallery.similarity(face, ann)).toBe(-1);
  expect(gallery.alike(face, -1).map(({ person }) => person)).toEqual([ben]);
  gallery.withdraw(ann);
  gallery.withdraw(ben);
  expect(gallery.search(face)).toBeNull();
});

test("somebody admitted is known to the very next search, and a new template replaces the old one whole", () => {
  const gallery = galleryOfTwo();
  expect(gallery.search(face)?.person).toBe(ann);
  gallery.admit(templateOf(cem, [face]));
  expect(gallery.search(face)?.person).toBe(cem);
  gallery.admit(templateOf(cem, [axis(3)]));
  expect(gallery.search(face)?.person).toBe(ann);
  expect(gallery.similarity(face, cem)).toBe(0);
  expect(gallery.size()).toBe(3);
});

test("of people who are equally like a face, the one admitted first is found, whatever moved in between", () => {
  const gallery = openGallery("space", 4);
  gallery.set([templateOf(ann, [axis(3)]), templateOf(ben, [axis(0)]), templateOf(cem, [axis(0)])]);
  expect(gallery.search(face)).toMatchObject({ person: ben, margin: 0 });
  // Cem's row takes Ann's place before Ben's.
  gallery.withdraw(ann);
  expect(gallery.search(face)).toMatchObject({ person: ben, margin: 0 });
  expect(gallery.alike(face, 0.5).map(({ person }) => person)).toEqual([ben, cem]);
});

test("an answer is remembered for its vector until somebody comes or goes", () => {
  const gallery = galleryOfTwo();
  const first = gallery.search(face);
  expect(gallery.search(face)).toBe(first);
  gallery.withdraw(cem);
  expect(gallery.search(face)).toBe(first);
  gallery.admit(templateOf(cem, [axis(3)]));
  expect(gallery.search(face)).not.toBe(first);
  expect(gallery.search(face)).toEqual(first);
});

test.each([
  ["of another model space", templateOf(cem, [face], "another")],
  ["of another dimension", templateOf(cem, [new Float32Array([1, 0, 0])])],
  ["that is not of length 1", templateOf(cem, [new Float32Array([1, 1, 0, 0])])],
  ["that is no number", templateOf(cem, [new Float32Array([Number.NaN, 0, 0, 0])])],
  ["without a vector", templateOf(cem, [])],
  ["whose second vector is bad", templateOf(cem, [face, new Float32Array(4)])],
])("a template %s is refused, and nothing is replaced", (_what, template) => {
  const gallery = galleryOfTwo();
  const known = gallery.search(face);
  const refusal = expect.objectContaining({ code: "model-mismatch" });
  expect(() => gallery.set([templateOf(ben, [axis(3)]), template])).toThrow(refusal);
  expect(() => gallery.admit(template)).toThrow(refusal);
  expect(() => gallery.admit({ ...template, person: ann })).toThrow(refusal);
  expect(gallery.search(face)).toEqual(known);
  expect(gallery.size()).toBe(2);
});

test("a face of another dimension, or that is no number, is a bug and said so", () => {
  const gallery = galleryOfTwo();
  expect(() => gallery.search(new Float32Array(3))).toThrow(RangeError);
  expect(() => gallery.search(new Float32Array([1, 0, 0, Number.NaN]))).toThrow(RangeError);
  expect(() => gallery.alike(new Float32Array([Infinity, 0, 0, 0]), 0)).toThrow(RangeError);
});

test("nothing of those who left stays in the codes", () => {
  const kernel = openKernel();
  const gallery = openGallery("space", 512, kernel);
  const random = noise(5);
  const ids = Array.from({ length: 50 }, (_, n) => idOf(n));
  for (const id of ids) gallery.admit(templateOf(id, [random(512), random(512)]));
  gallery.search(random(512));
  for (const id of ids) gallery.withdraw(id);
  const rows = new Uint8Array(kernel.buffer, 1024);
  expect(rows.every((byte) => byte === 0)).toBe(true);
});

test("a smaller gallery leaves nothing of the larger one before it", () => {
  const kernel = openKernel();
  const gallery = openGallery("space", 512, kernel);
  const random = noise(6);
  gallery.set(Array.from({ length: 50 }, (_, n) => templateOf(idOf(n), [random(512)])));
  gallery.set([templateOf(ann, [random(512)])]);
  const rest = new Uint8Array(kernel.buffer, 1024 + 16 + 512);
  expect(rest.every((byte) => byte === 0)).toBe(true);
});

test("the kernel that is shipped is the one that its source says", async () => {
  const folder = join(import.meta.dirname, "../../../kiosk/inference/gallery");
  const source = await readFile(join(folder, "scan.wat"), "utf8");
  const { parseWat } = await wabt();
  const { buffer } = parseWat("scan.wat", source, { simd: true }).toBinary({ canonicalize_lebs: true });
  const shipped = await readFile(join(folder, "scan.wasm"));
  expect(
    shipped.equals(buffer),
    "stale: npx wat2wasm kiosk/inference/gallery/scan.wat -o kiosk/inference/gallery/scan.wasm",
  ).toBe(true);
});
