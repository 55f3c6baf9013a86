import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyboardDecoder } from "../../../kiosk/reader/keyboard.ts";
import { openLane, type Said } from "../../../kiosk/reader/lane.ts";
import { pollPcprox } from "../../../kiosk/reader/pcprox.ts";
import { createPresence } from "../../../kiosk/reader/presence.ts";
import { type Profile, profile, type ReportFraming } from "../../../kiosk/reader/profiles.ts";
import { heardIn } from "../../../kiosk/reader/report.ts";
import { PlayedDevice, PlayedPcprox } from "../../contract/reader-devices.ts";

const framingOf = (framing: object): ReportFraming => {
  const parsed = profile.parse({ name: "x", match: { vendor: 1 }, framing: { kind: "report", ...framing } }).framing;
  if (parsed.kind !== "report") throw new Error("another framing than was asked for");
  return parsed;
};

describe("a report of a maker's own", () => {
  test.each<[string, object, readonly number[], object]>([
    ["high byte first", { offset: 1, length: 3 }, [9, 0x4d, 0xef, 0x32, 7], { is: "card", text: "4DEF32" }],
    ["low byte first", { length: 3, order: "low" }, [0x32, 0xef, 0x4d], { is: "card", text: "4DEF32" }],
    ["a length of its own", { offset: 1, length: { at: 0 } }, [2, 0xab, 0xcd, 0xee], { is: "card", text: "ABCD" }],
    [
      "letters and an end",
      { length: 8, text: "ascii", end: 0x0d },
      [...Buffer.from("00ab12\rx")],
      { is: "card", text: "00AB12" },
    ],
    ["its check", { length: 4, checksum: "xor" }, [1, 2, 4, 7], { is: "card", text: "010204" }],
    ["nothing on it", { length: 3 }, [0, 0, 0], { is: "away" }],
    ["a length of nothing", { offset: 1, length: { at: 0 } }, [0, 1, 2], { is: "away" }],
    ["another number than the cards'", { reportId: 3, length: 2 }, [4, 1, 2], { is: "other" }],
    ["too short", { length: 3 }, [1, 2], { is: "garbage" }],
    ["a check that is wrong", { length: 4, checksum: "xor" }, [1, 2, 4, 8], { is: "garbage" }],
    ["letters that no card has", { length: 3, text: "ascii" }, [...Buffer.from("1;2")], { is: "garbage" }],
    ["a length that cannot be", { offset: 1, length: { at: 0 } }, [250, 1, 2], { is: "garbage" }],
  ])("says %s", (_, framing, bytes, heard) => {
    expect(heardIn(Uint8Array.from(bytes), framingOf(framing))).toEqual(heard);
  });
});

test("a card that lies there is one tap, for as long as it does; and it is away when it was not seen for a while", () => {
  const presence = createPresence(1_000);
  expect(presence.seen("a", 0)).toBe(true);
  for (let ms = 700; ms < 60_000; ms += 700) expect(presence.seen("a", ms)).toBe(false);
  expect(presence.seen("a", 61_000)).toBe(true);
  presence.away(61_100);
  expect(presence.seen("a", 61_200)).toBe(false);
  presence.away(61_300);
  presence.away(61_500);
  expect(presence.seen("a", 61_600)).toBe(true);
  expect(presence.seen("b", 61_600)).toBe(true);
});

test("a reader that is asked is understood to 64 bits; a card that leaves between two questions is none", async () => {
  const device = new PlayedPcprox();
  expect((await pollPcprox(device)).framed).toBeNull();
  device.card = { value: 0x8fff_ffff_ffff_ffffn, bits: 64 };
  expect((await pollPcprox(device)).framed).toEqual({ text: "8FFFFFFFFFFFFFFF", bits: 64 });
  device.card = { value: 5n, bits: 26 };
  expect((await pollPcprox(device)).framed).toEqual({ text: "0000005", bits: 26 });
  device.card = { value: 5n, bits: 0 };
  expect((await pollPcprox(device)).framed).toBeNull();
});

const profiles: readonly Profile[] = [
  { kind: "keyboard" },
  { kind: "keyboard", end: "silence", characters: "digits", lengths: [8, 10] },
  { kind: "keyboard", end: "key", checksum: "xor", reportId: 1 },
  { kind: "report", length: 8 },
  { kind: "report", offset: 3, length: { at: 1 }, text: "ascii", end: 0 },
].flatMap((framing) =>
  [{}, { from: "hex" }, { from: "decimal", bytes: 4, order: "reversed" }, { from: "hex", wiegand: 26 }].map((number) =>
    profile.parse({ name: "fuzz", match: { vendor: 1 }, framing, number }),
  ),
);

/** Anything: torn, long, empty, and much that looks like keys. */
const report = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ minLength: 8, maxLength: 8, max: 0x65 }),
  fc.constantFrom(
    ...["'; DROP TABLE people;--", "<img src=x onerror=alert(1)>", "\u001b[2J&{jndi:ldap://x}", "../../etc"].map(
      (text) => Uint8Array.from(Buffer.from(text)),
    ),
  ),
);

test("B6 whatever comes over the cable: nothing throws, nothing grows, and what is hostile is no card or plain text", async () => {
  const clock = { now: () => ({ utcMs: 0, monoMs: performance.now() }) };
  for (const one of profiles) {
    const device = new PlayedDevice();
    const cards: string[] = [];
    const said: Said[] = [];
    let garbage = 0;
    await using _ = openLane({
      ...{ device, profile: one, clock },
      tapped: (card) => cards.push(card),
      garbage: () => {
        garbage += 1;
      },
      said: (what) => said.push(what),
      lost: (cause) => {
        throw cause;
      },
    });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
        device.say(...reports);
      }),
      { numRuns: 60 },
    );
    for (const card of cards) expect(card).toMatch(/^[a-z0-9-]{1,16}:[0-9A-Z-]{1,60}$/);
    for (const { reports, framed } of said) {
      expect(reports.length).toBeLessThanOrEqual(80);
      expect(Math.max(0, ...reports.map(({ length }) => length))).toBeLessThanOrEqual(64);
      expect(framed?.length ?? 0).toBeLessThanOrEqual(64);
    }
    expect(said.length).toBeLessThanOrEqual(cards.length + garbage);
  }
});

test("a device that answers questions with anything is survived", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 2, maxLength: 2 }), async (answers) => {
      const left = [...answers];
      const device = {
        sendFeatureReport: async () => 9,
        getFeatureReport: async () => left.shift() ?? new Uint8Array(),
      };
      const { framed } = await pollPcprox(device);
      if (framed !== null) expect(framed.text).toMatch(/^[0-9A-F]{1,16}$/);
    }),
  );
});

test("a short cut of a person's own keyboard is no card, and what follows is whole", () => {
  const decoder = keyboardDecoder();
  const control = 0x01;
  const reports = [
    [control, 0, 0x1e],
    [0, 0, 0],
    [0, 0, 0x1f],
    [0, 0, 0],
    [0, 0, 0x20],
    [0, 0, 0],
    [0, 0, 0x21],
    [0, 0, 0x28],
  ];
  expect(reports.map((bytes) => decoder.push(Uint8Array.from(bytes)))).toEqual(reports.map(() => null));
});
