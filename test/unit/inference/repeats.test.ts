import { expect, test } from "vitest";
import { fingerprintOf, openRepeats } from "../../../kiosk/inference/repeats.ts";

/** Pictures that differ by one level in few places, as noise would make them. */
const picture = (number: number): Uint8ClampedArray =>
  Uint8ClampedArray.from({ length: 300 }, (_, at) => (at < 4 ? (number >> (8 * at)) & 255 : at));

/** Shows pictures an eighth of a second apart. */
function show(numbers: readonly number[], keep = 600) {
  const repeats = openRepeats({ freezeMs: 2_000, keep });
  const isNew = numbers.map((number, at) => repeats.isNew(picture(number), at * 125));
  return { repeats, isNew };
}

test("a real camera never repeats itself", () => {
  const { repeats, isNew } = show(Array.from({ length: 1_000 }, (_, at) => at));
  expect(isNew.every(Boolean)).toBe(true);
  expect(repeats.isRepeating()).toBe(false);
});

test("a source of ten pictures a second on a clock of fifteen shows some twice: nothing new, and no fraud", () => {
  const { repeats, isNew } = show([0, 0, 1, 2, 2, 3, 4, 4, 5]);
  expect(isNew).toEqual([true, false, true, true, false, true, true, false, true]);
  expect(repeats.isRepeating()).toBe(false);
});

test("a picture that stands still for two seconds is a frozen camera", () => {
  const { repeats } = show(Array.from({ length: 17 }, () => 7));
  expect(repeats.isRepeating()).toBe(false);
  expect(repeats.isNew(picture(7), 17 * 125)).toBe(false);
  expect(repeats.isRepeating()).toBe(true);
});

test("an earlier picture that comes back after others is a loop, until the track is forgotten", () => {
  const { repeats, isNew } = show([0, 1, 2, 0, 3]);
  expect(isNew).toEqual([true, true, true, false, true]);
  expect(repeats.isRepeating()).toBe(true);
  repeats.forget();
  expect(repeats.isRepeating()).toBe(false);
  expect(repeats.isNew(picture(0), 9_000)).toBe(true);
});

test("what is remembered has a bound", () => {
  expect(show([0, 1, 2, 3, 0], 3).repeats.isRepeating()).toBe(false);
  expect(show([0, 1, 2, 3, 1], 3).repeats.isRepeating()).toBe(true);
});

test("ten thousand pictures that differ by one bit have ten thousand fingerprints, wherever the bit is", () => {
  const words = new Uint32Array(1_250);
  const prints = new Set<number>();
  for (let bit = 0; bit < 40_000; bit += 4) {
    const changed = Uint32Array.from(words);
    changed[bit >> 5] = 1 << (bit & 31);
    prints.add(fingerprintOf(new Uint8ClampedArray(changed.buffer)));
  }
  expect(prints.size).toBe(10_000);
});
