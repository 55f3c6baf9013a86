import fc from "fast-check";
import { expect, test } from "vitest";
import { keyboardDecoder } from "../../../kiosk/reader/keyboard.ts";
import { report, reportsOf, usageOf } from "../../contract/keyboard.ts";

/** Every card that these reports are, in order. */
function cardsOf(reports: readonly Uint8Array[], decoder = keyboardDecoder()): readonly string[] {
  return reports.map(decoder.push).filter((card) => card !== null);
}

const cardText = fc.string({ unit: fc.constantFrom(..."0123456789ABCDEF"), minLength: 4, maxLength: 32 });

test("whatever a reader types comes out as it is, with keys held, repeated, and in either case", () => {
  const card = fc.array(fc.record({ text: cardText, end: fc.constantFrom("\n", "\t"), lower: fc.boolean() }));
  fc.assert(
    fc.property(card, fc.integer({ min: 1, max: 4 }), (cards, repeats) => {
      const typed = cards.map(({ text, end, lower }) => (lower ? text.toLowerCase() : text) + end).join("");
      const reports = reportsOf(typed).flatMap((one) => Array.from({ length: repeats }, () => one));
      expect(cardsOf(reports)).toEqual(cards.map(({ text }) => text));
    }),
  );
});

test("digits of a keypad are digits, and its Enter is Enter", () => {
  expect(cardsOf(reportsOf("0123456789\n", { keypad: true }))).toEqual(["0123456789"]);
});

test("a key that goes down before the last one is up counts once, where it came", () => {
  const [one, two, three, four] = [..."1234"].map((digit) => usageOf(digit)) as [number, number, number, number];
  const rolled = [[one], [one, two], [two], [two, three], [three, four], [four], []].map((keys) => report(keys));
  expect(cardsOf([...rolled, ...reportsOf("\n")])).toEqual(["1234"]);
});

test("the same digit twice is twice, because the key went up in between", () => {
  expect(cardsOf(reportsOf("1111\n"))).toEqual(["1111"]);
});

test("too many keys at once, as the keyboard says it, type nothing", () => {
  const rollOver = report([1, 1, 1, 1, 1, 1]);
  expect(cardsOf([rollOver, ...reportsOf("12"), rollOver, ...reportsOf("34\n")])).toEqual(["1234"]);
});

test.for([
  ["shorter than a card", "123\n"],
  ["longer than a card", `${"1".repeat(33)}\n`],
  ["very much longer than a card", `${"1".repeat(5_000)}\n`],
  ["nothing", "\n"],
  ["a sentence", "call me at 1234\n"],
  ["a date", "2026-11-22\n"],
])("%s is no card, and the next card is whole", ([, typed]) => {
  expect(cardsOf(reportsOf(`${typed}4711\n`))).toEqual(["4711"]);
});

test("whatever a person types with a key that no card has gives nothing", () => {
  const anything = fc.string({ unit: fc.constantFrom(..."abc0123456789 -."), maxLength: 40 });
  fc.assert(
    fc.property(anything, anything, fc.constantFrom(" ", "-", "."), (before, after, foreign) => {
      expect(cardsOf(reportsOf(`${before}${foreign}${after}\n`))).toEqual([]);
    }),
  );
});

test("silence ends a number where no key does; half a number is never the head of the next", () => {
  const decoder = keyboardDecoder();
  expect(cardsOf(reportsOf("0012345678"), decoder)).toEqual([]);
  expect(decoder.silence()).toBe("0012345678");
  expect(decoder.silence()).toBeNull();
  expect(cardsOf(reportsOf("001"), decoder)).toEqual([]);
  expect(decoder.silence()).toBeNull();
  expect(cardsOf(reportsOf("4711\n"), decoder)).toEqual(["4711"]);
});

test("silence forgets a foreign key, too: the next card is nobody's typing", () => {
  const decoder = keyboardDecoder();
  cardsOf(reportsOf(" "), decoder);
  decoder.silence();
  expect(cardsOf(reportsOf("4711\n"), decoder)).toEqual(["4711"]);
});

test("a reader that pressed Enter once does so always: silence is then the end of a broken number", () => {
  const decoder = keyboardDecoder();
  expect(cardsOf(reportsOf("4711\n"), decoder)).toEqual(["4711"]);
  cardsOf(reportsOf("99999"), decoder);
  expect(decoder.silence()).toBeNull();
});
