import { expect, test } from "vitest";
import { personId } from "../../../kiosk/core/person.ts";
import { openGallery } from "../../../kiosk/inference/gallery.ts";
import { openTurn, turnedSpace, turningBetween } from "../../../kiosk/inference/site-turn.ts";
import { dot, normalised } from "../../../kiosk/inference/vector.ts";
import { templateOf } from "./gallery-people.ts";
import { randomOf } from "./random.ts";

const dimension = 512;
const keyOf = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
const random = randomOf(20_261_122);
/** Sums of three even numbers: near enough to a direction that no axis is preferred. */
const direction = (): Float32Array => {
  const [a, b, c] = [random(dimension, -1, 1), random(dimension, -1, 1), random(dimension, -1, 1)];
  return normalised(a.map((value, at) => value + (b[at] ?? 0) + (c[at] ?? 0)));
};
/** Cosine with `from` about 1 / sqrt(1 + aside^2). */
const beside = (from: Float32Array, aside: number): Float32Array => {
  const other = direction();
  return normalised(from.map((value, at) => value + aside * (other[at] ?? 0)));
};
/** In 64 bits, so that the measure is finer than what it measures. */
const cosine = (a: Float32Array, b: Float32Array): number => {
  let [sum, aa, bb] = [0, 0, 0];
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    sum += value * other;
    aa += value * value;
    bb += other * other;
  }
  return sum / Math.sqrt(aa * bb);
};

test("no cosine changes by more than the last bit of a 32-bit float, and lengths stay 1", () => {
  const { turn } = openTurn(keyOf(1), dimension);
  let most = 0;
  for (let pair = 0; pair < 400; pair += 1) {
    const a = direction();
    const b = pair % 2 === 0 ? direction() : beside(a, 0.8);
    const [turnedA, turnedB] = [turn(a), turn(b)];
    most = Math.max(most, Math.abs(cosine(a, b) - cosine(turnedA, turnedB)));
    expect(Math.abs(dot(turnedA, turnedA) - 1)).toBeLessThan(1e-6);
  }
  expect(most).toBeLessThan(2 ** -23);
});

test("whoever is found plain is found turned, with the same margin, and everybody else in the same order", () => {
  const { turn } = openTurn(keyOf(2), dimension);
  const people = Array.from({ length: 300 }, (_, number) => ({
    id: personId(`p_${String(number).padStart(20, "0")}`),
    vectors: ((first) => [first, beside(first, 0.7), beside(first, 0.7)])(direction()),
  }));
  const [plain, turned] = ["plain", "turned"].map((space) => openGallery(space, dimension));
  if (plain === undefined || turned === undefined) throw new Error("two galleries");
  plain.set(people.map(({ id, vectors }) => templateOf(id, vectors, "plain")));
  turned.set(people.map(({ id, vectors }) => templateOf(id, vectors.map(turn), "turned")));
  const threshold = 0.4;
  for (let visit = 0; visit < 200; visit += 1) {
    const owner = people[(visit * 7) % people.length];
    const face = visit % 2 === 0 && owner?.vectors[0] ? beside(owner.vectors[0], 1.3) : direction();
    const [before, after] = [plain.search(face), turned.search(turn(face))];
    expect(after?.person).toBe(before?.person);
    expect(after?.similarity).toBeCloseTo(before?.similarity ?? -1, 6);
    expect(after?.margin).toBeCloseTo(before?.margin ?? -1, 6);
    expect((after?.similarity ?? 0) >= threshold).toBe((before?.similarity ?? 0) >= threshold);
    const order = (gallery: typeof plain, vector: Float32Array) =>
      gallery.alike(vector, 0.05).map(({ person }) => person);
    expect(order(turned, turn(face))).toEqual(order(plain, face));
  }
});

test("the same key turns the same way every time, and back again", () => {
  const [one, again] = [openTurn(keyOf(3), dimension), openTurn(Uint8Array.from(keyOf(3)), dimension)];
  const face = direction();
  expect(again.turn(face)).toEqual(one.turn(face));
  const there = one.turnBack(one.turn(face));
  for (const [at, value] of there.entries()) expect(Math.abs(value - (face[at] ?? 0))).toBeLessThan(1e-7);
  expect(openTurn(keyOf(3), 64).turn(new Float32Array(64).fill(1 / 8))).toHaveLength(64);
});

test("every axis may come to lie anywhere: no coordinate survives, no direction is preferred", () => {
  const { turn } = openTurn(keyOf(4), dimension);
  const axis = (at: number): Float32Array =>
    Float32Array.from({ length: dimension }, (_, index) => (index === at ? 1 : 0));
  const columns = Array.from({ length: dimension }, (_, at) => turn(axis(at)));
  const entries = columns.flatMap((column) => [...column]);
  const mean = entries.reduce((sum, value) => sum + value, 0) / entries.length;
  // Entries of an even rotation have mean 0 and, times the dimension, a fourth moment of 3 n / (n + 2).
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(dimension * entries.length));
  const fourth = entries.reduce((sum, value) => sum + (value * value * dimension) ** 2, 0) / entries.length;
  expect(fourth).toBeGreaterThan(2.9);
  expect(fourth).toBeLessThan(3.1);
  expect(entries.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.3);
  // The diagonal: a rotation that moved little would have ones there.
  const trace = columns.reduce((sum, column, at) => sum + (column[at] ?? 0), 0);
  expect(Math.abs(trace)).toBeLessThan(6);
});

test("from one key to another is one step, and leads where unturning and turning lead", () => {
  const face = direction();
  const there = turningBetween(keyOf(5), keyOf(6), dimension)(openTurn(keyOf(5), dimension).turn(face));
  expect(cosine(there, openTurn(keyOf(6), dimension).turn(face))).toBeGreaterThan(1 - 1e-7);
  expect(turningBetween(null, keyOf(6), dimension)(face)).toEqual(openTurn(keyOf(6), dimension).turn(face));
  expect(turningBetween(null, null, dimension)(face)).toEqual(face);
});

test("spaces say whose turn they are without saying the key", () => {
  expect(turnedSpace("model-1", null)).toBe("model-1");
  const space = turnedSpace("model-1", keyOf(7));
  expect(space).toMatch(/^model-1~[\w-]{8}$/);
  expect(turnedSpace("model-1", keyOf(7))).toBe(space);
  expect(turnedSpace("model-1", keyOf(8))).not.toBe(space);
});

test("a key that is too short and a vector of another length are bugs", () => {
  expect(() => openTurn(new Uint8Array(16), dimension)).toThrow(RangeError);
  expect(() => openTurn(keyOf(1), dimension).turn(new Float32Array(511))).toThrow(RangeError);
});
