import { expect, test } from "vitest";
import type { Fault } from "../../../kiosk/core/fault.ts";
import { fixedTime } from "../../../kiosk/uplink/contract/true-time.ts";
import { isSameTime, judgeClock, openTimeWatch, type TimeFix, witnessOf } from "../../../kiosk/uplink/time-check.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;
const hour = 60 * minute;
const year = 365 * 24 * hour;
const at = (utcMs: number, monoMs = 1_000_000) => ({ utcMs, monoMs });

test.each([
  // what is the case, our clock, its claim, signed `at`, round trip (null: answers no question), verdict
  ["our clock is right", noon, 20, noon - 40, 80, { is: "fine" }],
  ["a receipt that was long on its way", noon, 20, noon - hour, null, { is: "fine" }],
  ["behind by less than the claim", noon, 5000, noon + 4000, null, { is: "fine" }],
  ["behind by more than the claim", noon, 20, noon + 4000, null, { is: "wrong", by: "behind", fix: null }],
  ["ahead, and no question was answered", noon + year, 20, noon, null, { is: "fine" }],
  [
    "ahead by more than the claim",
    noon + minute,
    20,
    noon,
    80,
    { is: "wrong", by: "ahead", fix: { utcMs: noon + 40 } },
  ],
  ["ahead, within claim and way", noon + 90, 20, noon, 80, { is: "fine" }],
  ["ten years ahead", noon + 10 * year, 20, noon, 80, { is: "wrong", by: "ahead", fix: { errMs: 40 } }],
  ["1970, and it claims nothing", 0, 10 * year, noon, 80, { is: "wrong", by: "behind", fix: { utcMs: noon + 40 } }],
  ["1970, and no question was answered", 0, 10 * year, noon, null, { is: "wrong", by: "behind", fix: null }],
  ["right, and it claims nothing", noon, 10 * year, noon - 40, 80, { is: "vouched", fix: { utcMs: noon } }],
  ["right, it claims nothing, and nobody answered", noon, 10 * year, noon - 40, null, { is: "fine" }],
  ["a battery clock, half an hour behind", noon - hour / 2, hour, noon, 80, { is: "vouched", fix: { errMs: 40 } }],
] as const)("%s", (_, utcMs, errorMs, signedAtMs, roundTripMs, verdict) => {
  const stamp = at(utcMs);
  const witness = witnessOf(signedAtMs, stamp, roundTripMs === null ? null : stamp.monoMs - roundTripMs);
  expect(judgeClock({ errorMs }, witness)).toMatchObject(verdict);
});

test("true time lies within the fix, whatever the way there and back was", () => {
  for (const [thereMs, backMs] of [
    [0, 0],
    [1, 999],
    [999, 1],
    [30_000, 1],
  ] as const) {
    const sent = 500_000;
    const witness = witnessOf(noon + thereMs, at(0, sent + thereMs + backMs), sent);
    const verdict = judgeClock({ errorMs: 20 }, witness);
    if (verdict.is !== "wrong" || verdict.fix === null) throw new Error("a fix wanted");
    const trueMs = noon + thereMs + backMs;
    expect(Math.abs(verdict.fix.utcMs - trueMs)).toBeLessThanOrEqual(verdict.fix.errMs);
  }
});

test("a punch of the wrong clock's time is understood by the fix, within its bound", () => {
  const fix: TimeFix = { monoMs: 900_000, utcMs: noon, errMs: 40 };
  const wire = { boot: 17, mono: fix.monoMs, utc: new Date(fix.utcMs).toISOString(), err: fix.errMs };
  const { utcMs, errMs } = fixedTime({ boot: 17, mono: 300_000 }, wire);
  expect(utcMs).toBe(noon - 600_000);
  expect(errMs).toBeLessThanOrEqual(80);
});

function watchOf(errorMs: number) {
  let utcMs = 0;
  const fixes: TimeFix[] = [];
  const troubles: (Fault | null)[] = [];
  let asks = 0;
  const clock = { now: () => at(utcMs), quality: () => ({ source: "none" as const, errorMs, ageS: 0 }) };
  const { witness } = openTimeWatch({
    clock,
    fixed: (fix) => fixes.push(fix),
    trouble: (fault) => troubles.push(fault),
    ask: () => {
      asks += 1;
    },
  });
  const say = (ourMs: number, signedAtMs: number, monoMs: number, isAnswer: boolean) => {
    utcMs = ourMs;
    witness(witnessOf(signedAtMs, at(ourMs, monoMs), isAnswer ? monoMs - 50 : null));
  };
  return { say, fixes, troubles, asks: () => asks };
}

test("one error gives one question, one record and one trouble, and a clock that was set clears it", () => {
  const { say, fixes, troubles, asks } = watchOf(20);
  for (let s = 0; s < 30; s += 5) say(s * 1000, noon + s * 1000, 1_000_000 + s * 1000, false);
  expect(asks()).toBe(1);
  expect(fixes).toEqual([]);
  for (let s = 30; s < 600; s += 5) say(s * 1000, noon + s * 1000, 1_000_000 + s * 1000, true);
  expect(fixes.length).toBe(1);
  expect(troubles.map((fault) => fault?.code)).toEqual(["clock-wrong"]);
  say(noon + 700_000, noon + 700_000 - 20, 1_700_000, true);
  expect(troubles.at(-1)).toBe(null);
});

test("a clock nobody vouches for is vouched for once, and again only when it says something else", () => {
  const { say, fixes, troubles } = watchOf(10 * year);
  for (let s = 0; s < 100; s += 5) say(noon + s * 1000, noon + s * 1000 - 20, 1_000_000 + s * 1000, true);
  expect(fixes.length).toBe(1);
  say(noon + 200_000, noon + 260_000, 1_200_000, true);
  expect(fixes.length).toBe(2);
  expect(troubles).toEqual([]);
});

test("two fixes say the same when one follows from the other", () => {
  const fix = { monoMs: 0, utcMs: noon, errMs: 10 };
  expect(isSameTime(fix, { monoMs: 3_600_000, utcMs: noon + 3_600_000 + 150, errMs: 10 })).toBe(true);
  expect(isSameTime(fix, { monoMs: 3_600_000, utcMs: noon + 3_600_000 + 300, errMs: 10 })).toBe(false);
});
