import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Checksum, checked } from "../../../kiosk/reader/checksum.ts";
import { interpret, numberRule } from "../../../kiosk/reader/number.ts";
import { wiegandCard } from "../../../kiosk/reader/wiegand.ts";

const card = (text: string, rule: object, bits: number | null = null) =>
  interpret({ text, bits }, numberRule.parse(rule));

describe("the same card is the same text, however a reader says it", () => {
  test.each([
    ["ten decimal digits", "0012345678", { from: "decimal" }],
    ["hexadecimal", "00BC614E", { from: "hex" }],
    ["hexadecimal with the version byte of the card before it", "0100BC614E", { from: "hex", bytes: 4 }],
    ["the other way round", "4E61BC00", { from: "hex", order: "reversed" }],
    ["decimal, the other way round", "1315027968", { from: "decimal", bytes: 4, order: "reversed" }],
    [
      "between a letter and a check that is left out",
      "S0012345678X",
      { from: "decimal", strip: { front: 1, back: 1 } },
    ],
    ["inside a longer number", "FF00BC614E7F", { from: "hex", bits: { from: 8, count: 32 } }],
  ])("%s", (_, text, rule) => {
    expect(card(text, rule)).toBe("card:12345678");
  });

  test("as a door reader's, with and without parity, and typed in one piece", () => {
    // 77 and 61234: seven ones in either half, so 1 makes the first even and 0 leaves the second odd.
    const bits = 0x04d_ef32n;
    const [even, odd] = [1n, 0n];
    const raw = (even << 25n) | (bits << 1n) | odd;
    expect(card(raw.toString(16).toUpperCase(), { from: "hex", wiegand: 26 })).toBe("w26:77-61234");
    expect(card("4DEF32", { from: "hex", wiegand: 26, parity: "gone" })).toBe("w26:77-61234");
    expect(card("4DEF32", { from: "hex", wiegand: "by-length" }, 24)).toBe("w26:77-61234");
    expect(card("07761234", { from: "decimal", numberDigits: 5 })).toBe("w26:77-61234");
  });

  test("and written as the site wants it", () => {
    expect(card("0012345678", { from: "decimal", to: "hex", pad: 8, technology: "em4100" })).toBe("em4100:00BC614E");
    expect(card("42", { pad: 10 })).toBe("card:0000000042");
    expect(card("00AB12", {})).toBe("card:00AB12");
  });
});

test.each([
  ["a letter in a decimal", "12A4", { from: "decimal" }],
  ["no hexadecimal", "12G4", { from: "hex" }],
  ["nothing left after stripping", "1234", { strip: { front: 2, back: 2 } }],
  ["more bits than the format has", "FFFFFFFFF", { from: "hex", wiegand: 26 }],
  ["a length that nobody gave", "4DEF32", { from: "hex", wiegand: "by-length" }],
  ["longer than any card", "1".repeat(33), {}],
])("%s is no card", (_, text, rule) => {
  expect(card(text, rule)).toBeNull();
});

test("a length that means several things stays a number, with its length", () => {
  expect(card("1ABCDEF", { from: "hex", wiegand: "by-length" }, 28)).toBe("w28:1ABCDEF");
});

test("a rule that could not be carried out is refused", () => {
  expect(numberRule.safeParse({ from: "decimal", order: "reversed" }).success).toBe(false);
  expect(numberRule.safeParse({ technology: "Has Spaces" }).success).toBe(false);
});

test.each([
  [26, 8, 16, 12],
  [34, 16, 16, 16],
  [37, 16, 19, 18],
] as const)(
  "%i bits: what is put together with its parity comes apart again, and any wrong bit is noticed",
  (bits, facilityBits, numberBits, covered) => {
    const ones = (value: bigint): number => value.toString(2).replaceAll("0", "").length;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** facilityBits - 1 }),
        fc.integer({ min: 0, max: 2 ** numberBits - 1 }),
        fc.nat({ max: bits - 1 }),
        (facility, number, wrong) => {
          const dataBits = facilityBits + numberBits;
          const data = (BigInt(facility) << BigInt(numberBits)) | BigInt(number);
          const even = BigInt(ones(data >> BigInt(dataBits - covered)) % 2);
          const odd = BigInt((ones(BigInt.asUintN(covered, data)) + 1) % 2);
          const raw = (even << BigInt(bits - 1)) | (data << 1n) | odd;
          expect(wiegandCard(raw, bits, "kept")).toEqual({ facility, number });
          // The bit in the middle of 37 is in both halves, and both notice.
          expect(wiegandCard(raw ^ (1n << BigInt(wrong)), bits, "kept")).toBeNull();
        },
      ),
    );
  },
);

test.each<[Checksum, string]>([
  ["sum", "0100BC614E6C"],
  ["xor", "0100BC614E92"],
  ["lrc", "0100BC614E94"],
  ["luhn", "79927398713"],
])("%s at the end is checked and taken off; another is no card", (checksum, text) => {
  const body = text.slice(0, checksum === "luhn" ? -1 : -2);
  expect(checked(text, checksum)).toBe(body);
  const last = text.endsWith("1") ? "2" : "1";
  expect(checked(text.slice(0, -1) + last, checksum)).toBeNull();
  expect(checked("", checksum)).toBeNull();
  expect(checked("12", checksum === "luhn" ? "sum" : checksum)).toBeNull();
});

test("whatever a reader says, by whatever rule: a card is short and plain, or there is none", () => {
  const rule = fc.record(
    {
      from: fc.constantFrom("text", "decimal", "hex"),
      strip: fc.record({ front: fc.nat({ max: 32 }), back: fc.nat({ max: 32 }) }),
      bytes: fc.integer({ min: 1, max: 16 }),
      order: fc.constantFrom("kept", "reversed"),
      bits: fc.record({ from: fc.nat({ max: 127 }), count: fc.integer({ min: 1, max: 128 }) }),
      wiegand: fc.constantFrom(26, 34, 37, "by-length"),
      numberDigits: fc.integer({ min: 1, max: 12 }),
      to: fc.constantFrom("decimal", "hex"),
      pad: fc.integer({ min: 1, max: 32 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), rule, fc.option(fc.nat({ max: 64 })), (text, wanted, bits) => {
      const parsed = numberRule.safeParse(wanted);
      if (!parsed.success) return;
      const found = interpret({ text, bits }, parsed.data);
      if (found !== null) expect(found).toMatch(/^[a-z0-9-]{1,16}:[!-~]{1,60}$/);
    }),
  );
});
