import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import {
  bookDays,
  type ComparedWay,
  comparedWays,
  compareWays,
  stepMs,
  type WayBook,
  withPunch,
  withRefusal,
} from "../../kiosk/core/even-ways.ts";
import type { Event } from "../../kiosk/core/event.ts";
import type { Screenful } from "../../kiosk/core/view.ts";
import { createEvenWays } from "../../kiosk/even-ways.ts";
import { openWayBook } from "../../kiosk/store/way-book.ts";
import { checkAll } from "../../provisioning/selfcheck/all.ts";
import { everything, sue, Wall } from "../unit/core/visit.ts";
import { ana, at, bo, policy, seen, sight, startMs } from "../unit/core/wall.ts";

/** Whoever keeps their face to themselves waits no longer: the real station, and people who come by every way. */

const rules = { ...everything, duplicateWindowMs: 0, thanksMs: 2_000, challengeShare: 0 };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "lintel-ways-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A wall whose every picture and event is told on, as a house does. */
class Street extends Wall {
  told: (event: Event, view: Screenful) => void = () => {};
  track = 100;

  override happen(...events: readonly Event[]): this {
    for (const event of events) {
      super.happen(event);
      this.told?.(event, { view: this.view() } as Screenful);
    }
    return this;
  }

  leave(): this {
    return this.happen(sight(++this.ms, null)).wait(6_000);
  }
}

async function openStreet(state = folder()) {
  const street = new Street(rules, [ana, bo, sue]);
  const ending = new AbortController();
  const evenWays = createEvenWays({
    file: await openWayBook(state),
    clock: {
      now: () => at(street.ms),
      sleep: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    },
    timeZone: policy.timeZone,
    note: (error) => {
      throw error;
    },
  });
  const screen = evenWays.watch({ show: (_: Screenful) => {} });
  street.told = (event, screenful) => {
    screen.show(screenful);
    evenWays.saw(event);
  };
  const keeping = evenWays.keep(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await keeping;
  };
  /** Ana looks at the camera: first seen, known `ms` later. */
  const byFace = (ms: number): void => {
    street.track += 1;
    const { track } = street;
    street.happen(seen(++street.ms, { track, match: null, live: null }));
    street.ms += ms;
    street.happen(seen(street.ms, { track })).save().leave();
  };
  /** Bo wants no face: seen all the same, and his badge is laid on `ms` later. */
  const byBadge = (ms: number, isSeen = true): void => {
    street.track += 1;
    if (isSeen) street.happen(seen(++street.ms, { track: street.track, match: null, live: null }));
    street.ms += ms;
    street.tap("4712").save().leave();
  };
  const byPin = (ms: number): void => {
    street.touch({ touch: "way", way: "pin" }).digits("300").touch({ touch: "enter" });
    street.ms += ms;
    street.digits("4711").touch({ touch: "enter" });
    street.checked({ is: "good", person: sue.id, isDuress: false }).save().leave();
  };
  const strangers = (count: number): void => {
    for (let left = count; left > 0; left -= 1) street.tap("9999").wait(10_000);
  };
  return { street, evenWays, byFace, byBadge, byPin, strangers, end };
}

const figure = ({ ways }: ReturnType<typeof compareWays>, way: ComparedWay) => ways.find((one) => one.way === way);

test("L6 a badge that takes as long as a face is even; one that takes longer is named, with numbers, and fails the selfcheck", async () => {
  const even = await openStreet();
  for (let n = 0; n < 30; n += 1) {
    even.byFace(1_100);
    even.byBadge(1_000 + 10 * (n % 7));
  }
  const told = even.evenWays.told();
  expect(figure(told, "face")).toMatchObject({ punches: 30, medianMs: 1_250, refused: 0 });
  expect(figure(told, "badge")).toMatchObject({ punches: 30, medianMs: 1_250 });
  expect(told.slower).toEqual([]);

  const slow = await openStreet();
  for (let n = 0; n < 30; n += 1) {
    slow.byFace(900);
    slow.byBadge(2_600);
  }
  const found = slow.evenWays.told();
  expect(found.slower).toEqual(["badge"]);

  const config = readConfig(["--state", folder(), "--ways", "badge,face"], {});
  const card = { overdue: [], faces: { loaded: 0, withoutConsent: 0 }, keys: null, time: "ntp" } as const;
  const standing = async (ways: ReturnType<typeof compareWays>) =>
    (await checkAll({ config, pid: 1, inside: { ...card, ways } })).find(({ id }) => id === "L6");
  expect(await standing(told)).toMatchObject({
    is: "holds",
    because: expect.stringMatching(/face 1\.3 s, badge 1\.3 s/),
  });
  expect(await standing(found)).toMatchObject({
    is: "broken",
    because: expect.stringMatching(/^badge takes more than half as long again: face 1\.0 s, badge 2\.8 s/),
  });
  expect(await standing(compareWays({}))).toMatchObject({ is: "unchecked" });
});

test("L6 the whole visit counts: from the first reaction of the wall, however the person goes on, and each for itself", async () => {
  const { street, evenWays, byBadge, byPin, end } = await openStreet();
  // Nobody was seen: the visit begins with the card.
  for (let n = 0; n < 20; n += 1) byBadge(9_000, false);
  expect(figure(evenWays.told(), "badge")?.medianMs).toBe(stepMs);
  for (let n = 0; n < 20; n += 1) byPin(4_000);
  expect(figure(evenWays.told(), "pin")?.medianMs).toBe(4_250);
  // Somebody looks, goes away, and an hour later somebody lays a card on: that hour is nobody's.
  street
    .happen(seen(++street.ms, { track: 7, match: null, live: null }))
    .leave()
    .wait(3_600_000);
  byBadge(100, false);
  expect(figure(evenWays.told(), "badge")).toMatchObject({ punches: 21, medianMs: stepMs });
  await end();
});

test("L6 what the wall refuses is told by way, and too few visits are told of nobody", async () => {
  const { evenWays, byBadge, strangers } = await openStreet();
  for (let n = 0; n < 12; n += 1) byBadge(300, false);
  expect(figure(evenWays.told(), "badge")).toEqual({
    ...{ way: "badge", punches: 12, refused: 0, medianMs: null, refusedShare: null },
  });
  strangers(8);
  expect(figure(evenWays.told(), "badge")).toMatchObject({ refused: 8, medianMs: null, refusedShare: 0.4 });
});

test("L6 what was counted outlives the process, four weeks of it, and says nothing of anybody", async () => {
  const state = folder();
  const first = await openStreet(state);
  for (let n = 0; n < 25; n += 1) first.byBadge(300, false);
  await first.end();
  const second = await openStreet(state);
  expect(figure(second.evenWays.told(), "badge")?.punches).toBe(25);
  const book = (await openWayBook(state)).get();
  expect(book).toEqual({ [new Date(startMs).toISOString().slice(0, 10)]: { badge: { refused: 0, took: { 0: 25 } } } });
  await second.end();
  writeFileSync(join(state, "ways.json"), "torn");
  expect((await openWayBook(state)).get()).toEqual({});
});

test("L6 sums of any punches: nothing is lost but days that are over, and the median is the middle one's", () => {
  const visit = fc.record({
    day: fc.integer({ min: 0, max: 60 }),
    way: fc.constantFrom(...comparedWays),
    tookMs: fc.integer({ min: 0, max: 90_000 }),
  });
  const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
  fc.assert(
    fc.property(fc.array(visit, { maxLength: 200 }), (visits) => {
      const book = visits
        .toSorted((a, b) => a.day - b.day)
        .reduce<WayBook>((sum, { day, way, tookMs }) => withPunch(sum, dayOf(day), way, tookMs), {});
      const days = [...new Set(visits.map(({ day }) => day))].sort((a, b) => a - b).slice(-bookDays);
      const kept = visits.filter(({ day }) => days.includes(day));
      for (const { way, punches, medianMs } of compareWays(book).ways) {
        const took = kept.filter((one) => one.way === way).map(({ tookMs }) => Math.min(tookMs, 60_249));
        expect(punches).toBe(took.length);
        const middle = took.toSorted((a, b) => a - b)[Math.ceil(took.length / 2) - 1] ?? 0;
        expect(medianMs).toBe(took.length < 20 ? null : (Math.floor(middle / stepMs) + 1) * stepMs);
      }
    }),
  );
  const few = withRefusal({}, "2026-11-23", "pin");
  expect(figure(compareWays(few), "pin")).toMatchObject({ refused: 1, refusedShare: null });
});
