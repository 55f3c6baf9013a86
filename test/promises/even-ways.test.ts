import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import { cardHash } from "../../kiosk/core/card.ts";
import {
  bookDays,
  compareWays,
  type EvenWays,
  fewest,
  newest,
  type WayBook,
  withRefusal,
  withServed,
} from "../../kiosk/core/even-ways.ts";
import type { Event } from "../../kiosk/core/event.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import type { Policy } from "../../kiosk/core/policy.ts";
import type { TimeSource } from "../../kiosk/core/time.ts";
import type { Way } from "../../kiosk/core/way.ts";
import { createEvenWays } from "../../kiosk/even-ways.ts";
import { openWayBook } from "../../kiosk/store/way-book.ts";
import { checkAll } from "../../provisioning/selfcheck/all.ts";
import { everything, Wall } from "../unit/core/visit.ts";
import { ana, policy, seen, sight, startMs } from "../unit/core/wall.ts";

/** Whoever keeps their face to themselves loses nothing: the real station, and people who come by every way. */

const staff = Array.from({ length: 8 }, (_, n) => ({
  ...ana,
  id: `p_0000000000000000000${n}` as PersonId,
  displayName: `Somebody ${n}`,
  badges: [cardHash(`470${n}`)],
}));
const even: Partial<Policy> = {};
/** A badge is a punch only together with the face, which some do not give. */
const badgeAndFace: Partial<Policy> = { rules: [{ accepts: [["face"], ["badge", "face"]] }] };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "lintel-ways-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A wall whose every event is told on, as a house does. */
class Street extends Wall {
  told: ((event: Event) => void) | undefined;
  track = 100;

  override happen(...events: readonly Event[]): this {
    for (const event of events) {
      super.happen(event);
      this.told?.(event);
    }
    return this;
  }
}

async function openStreet(rules: Partial<Policy> = even, state = folder()) {
  const street = new Street({ ...everything, duplicateWindowMs: 0, challengeShare: 0, ...rules }, staff);
  const is = { source: "ntp" as TimeSource, aheadMs: 0, diskFull: false };
  const notes: unknown[] = [];
  const ending = new AbortController();
  const file = await openWayBook(state);
  const evenWays = createEvenWays({
    file: {
      get: file.get,
      change: (change) =>
        is.diskFull ? Promise.reject(new Fault("disk-full", "full", "Make room.")) : file.change(change),
    },
    clock: {
      now: () => ({ monoMs: street.ms, utcMs: startMs + street.ms + is.aheadMs }),
      quality: () => ({ source: is.source, errorMs: 1, ageS: 1 }),
      sleep: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    },
    timeZone: policy.timeZone,
    isLookedFor: (id) => id === staff[0]?.id,
    note: (fault) => notes.push(fault),
  });
  street.told = (event) => {
    for (const effect of street.effects) if (effect.do === "served") evenWays.served(effect.person, effect.end);
    street.effects.splice(0, street.effects.length, ...street.effects.filter((effect) => effect.do !== "served"));
    evenWays.saw(event, street.memory);
  };
  const keeping = evenWays.keep(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await keeping;
  };
  const look = (forMs: number, change: Parameters<typeof seen>[1]): void => {
    for (const untilMs = street.ms + forMs; street.ms < untilMs; ) {
      street.ms += 100;
      street.happen(seen(street.ms, { track: street.track, ...change }));
    }
  };
  const gone = (): void => {
    street.track += 1;
    for (let n = 0; n < 40; n += 1) {
      street.ms += 500;
      street.happen(sight(street.ms, null)).wait(0);
    }
  };
  const idOf = (n: number): PersonId => staff[n % staff.length]?.id ?? ana.id;
  const byFace = (n: number, unknownMs = 600): void => {
    look(unknownMs, { match: null });
    look(100, { match: { person: idOf(n), similarity: 0.8, margin: 0.5, agreeing: 3 } });
    street.save();
    gone();
  };
  /** Seen like everybody, known to no camera, and the badge comes after `ms`. */
  const byBadge = (n: number, ms = 700): void => {
    look(ms, { match: null });
    street.tap(`470${n % staff.length}`);
    look(street.memory.state.at === "look" ? 8_000 : 0, { match: null });
    street.save();
    gone();
  };
  const byPin = (n: number): void => {
    street.touch({ touch: "way", way: "pin" }).digits("300").touch({ touch: "enter" });
    street.ms += 4_000;
    street.digits("4711").touch({ touch: "enter" });
    street.checked({ is: "good", person: idOf(n), isDuress: false }).save();
    gone();
  };
  const withWrongCard = (): void => {
    street.tap("9999");
    gone();
  };
  return { street, evenWays, file, is, notes, byFace, byBadge, byPin, withWrongCard, look, gone, end };
}

const figure = ({ ways }: EvenWays, way: Way) => ways.find((one) => one.way === way);

/** What a selfcheck of a clock says that has this to tell. */
async function standing(ways: EvenWays) {
  const config = readConfig(["--state", folder(), "--ways", "badge,face"], {});
  const card = { overdue: [], faces: { loaded: 0, withoutConsent: 0 }, keys: null, time: "ntp" } as const;
  return (await checkAll({ config, pid: 1, inside: { ...card, ways } })).find(({ id }) => id === "L6");
}

test("L6 a day on which the badge must wait for a face it is not given fails the selfcheck with its numbers; an even day holds", async () => {
  const good = await openStreet();
  for (let n = 0; n < 24; n += 1) {
    good.byFace(n);
    good.byBadge(n);
    good.byPin(n);
  }
  const told = good.evenWays.told();
  expect(told.days).toBe(7);
  expect(told.uneven, "a PIN is typed by whoever likes to, beside a badge that is quick").toEqual([]);
  expect(figure(told, "face")).toMatchObject({ served: 24, refused: 0 });
  expect(await standing(told)).toMatchObject({
    is: "holds",
    because: expect.stringMatching(/^face 0\.\d+ s, 0 of 24/),
  });

  const bad = await openStreet(badgeAndFace);
  for (let n = 0; n < 24; n += 1) {
    bad.byFace(n);
    bad.byBadge(n);
  }
  const found = bad.evenWays.told();
  expect(found.uneven).toEqual([{ way: "badge", is: "slower" }]);
  expect(await standing(found)).toMatchObject({
    is: "broken",
    because: expect.stringMatching(/badge takes more than half as long again .*badge [78]\.\d+ s, 0 of 24 refused/),
  });
  expect(await standing(compareWays({}, "2026-11-23"))).toMatchObject({ is: "unchecked" });
});

test("L6 whoever is told that the clock is not sure, and takes the badge then, waited: it counts as the badge's time", async () => {
  const street = await openStreet();
  for (let n = 0; n < 24; n += 1) {
    street.byFace(n);
    street.byBadge(n, 8_600);
  }
  const told = street.evenWays.told();
  expect(figure(told, "badge")?.medianMs).toBeGreaterThan(8_000);
  expect(told.uneven).toEqual([{ way: "badge", is: "slower" }]);
  // One of them has a face here, which was missed; the others have none that could be.
  expect(figure(told, "face")?.refused).toBe(3);
});

test("L6 being turned away more often is told too, and chance is not", async () => {
  const street = await openStreet();
  for (let n = 0; n < 30; n += 1) {
    street.byFace(n);
    street.byBadge(n);
  }
  street.withWrongCard();
  expect(street.evenWays.told().uneven).toEqual([]);
  for (let n = 0; n < 9; n += 1) street.withWrongCard();
  const told = street.evenWays.told();
  expect(told.uneven).toEqual([{ way: "badge", is: "refused-more" }]);
  expect(await standing(told)).toMatchObject({
    is: "broken",
    because: expect.stringMatching(/badge is refused clearly more often .*10 of 40 refused/),
  });
});

test("L6 where there is no badge the quicker of the other ways must keep up", () => {
  const book = [..."face pin qr".split(" ")].reduce<WayBook>((sum, way) => {
    const tookMs = { face: 900, pin: 6_000, qr: 2_000 }[way] ?? 0;
    return filled(sum, "2026-11-23", way as Way, tookMs, 30);
  }, {});
  expect(compareWays(book, "2026-11-23").uneven).toEqual([{ way: "qr", is: "slower" }]);
  const withBadge = filled(book, "2026-11-23", "badge", 700, 30);
  expect(compareWays(withBadge, "2026-11-23").uneven).toEqual([]);
  // Three times as long, and nobody feels it.
  const quick = filled(filled({}, "2026-11-23", "face", 100, 30), "2026-11-23", "badge", 300, 30);
  expect(compareWays(quick, "2026-11-23").uneven).toEqual([]);
});

test("L6 few visits, or visits of few people, are told to nobody", async () => {
  const street = await openStreet();
  for (let n = 0; n < 19; n += 1) street.byBadge(n);
  for (let n = 0; n < 60; n += 1) street.byFace(n % 4);
  expect(street.evenWays.told().ways, "19 visits of eight, and 60 of four").toEqual([]);
  // Eight on two days, and never five of them on one.
  const pins = await openStreet();
  for (let n = 0; n < 48; n += 1) {
    if (n === 24) pins.is.aheadMs = 86_400_000;
    pins.byPin((n % 4) + (n < 24 ? 0 : 4));
  }
  expect(pins.evenWays.told().ways).toEqual([]);
  street.byBadge(19);
  street.byFace(4);
  expect(street.evenWays.told().ways).toMatchObject([
    { way: "face", served: 61 },
    { way: "badge", served: 20 },
  ]);
});

test("L6 sums outlive the process and four weeks end them; a clock that is lost or wrong spoils nothing, and neither does a full disk", async () => {
  const state = folder();
  const first = await openStreet(even, state);
  for (let n = 0; n < 25; n += 1) first.byBadge(n);
  // Started without knowing the time, behind and ahead: the one is of the newest day, the other of none.
  first.is.source = "none";
  first.is.aheadMs = -1e12;
  first.byBadge(0);
  expect(figure(first.evenWays.told(), "badge")?.served).toBe(26);
  first.is.aheadMs = 4e11;
  first.byBadge(0);
  first.is.source = "ntp";
  first.is.aheadMs = 0;
  await first.end();
  const text = readFileSync(join(state, "ways.json"), "utf8");
  expect(text, "nobody stands in it").not.toMatch(/p_[0-9a-z]{20}|470/);
  const second = await openStreet(even, state);
  expect(second.evenWays.told()).toMatchObject({ days: 28, ways: [{ way: "badge", served: 26 }] });
  second.is.diskFull = true;
  second.byBadge(0);
  await second.end();
  expect([second.notes, figure(second.evenWays.told(), "badge")?.served]).toMatchObject([[{ code: "disk-full" }], 27]);

  const later = await openStreet(even, state);
  later.is.aheadMs = bookDays * 86_400_000;
  expect(later.evenWays.told().ways).toEqual([]);
  await later.end();
  expect((await openWayBook(state)).get()).toEqual({});
  writeFileSync(join(state, "ways.json"), "torn");
  expect((await openWayBook(state)).get()).toEqual({});
});

const filled = (book: WayBook, day: string, way: Way, tookMs: number, count: number): WayBook =>
  Array.from({ length: count }).reduce<WayBook>((sum) => withServed(sum, day, way, tookMs, 5), book);

const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

test("L6 a slow week is seen although three quick ones went before", () => {
  const ways = ["face", "badge"] as const;
  const quick = Array.from({ length: 21 }, (_, day) => day).reduce<WayBook>(
    (book, day) => ways.reduce((sum, way) => filled(sum, dayOf(day), way, 600, 30), book),
    {},
  );
  expect(compareWays(quick, dayOf(20)).uneven).toEqual([]);
  const slow = [21, 22, 23, 24].reduce<WayBook>(
    (book, day) => filled(filled(book, dayOf(day), "face", 600, 30), dayOf(day), "badge", 3_000, 30),
    quick,
  );
  expect(compareWays(slow, dayOf(24))).toMatchObject({ days: 7, uneven: [{ way: "badge", is: "slower" }] });
});

test("L6 sums of any visits: nothing is lost but days that are over, the median is the middle one's, and order is nothing", () => {
  const visit = fc.record({
    day: fc.integer({ min: 0, max: 60 }),
    way: fc.constantFrom<Way>("face", "badge", "pin", "qr"),
    /** Null: refused. */
    tookMs: fc.option(fc.integer({ min: 0, max: 900_000 }), { freq: 5 }),
  });
  const added = (book: WayBook, { day, way, tookMs }: { day: number; way: Way; tookMs: number | null }): WayBook =>
    tookMs === null ? withRefusal(book, dayOf(day), way) : withServed(book, dayOf(day), way, tookMs, 5);
  fc.assert(
    fc.property(fc.array(visit, { maxLength: 250 }), fc.integer({ min: 0, max: 60 }), (visits, today) => {
      const book = visits.reduce(added, {});
      const kept = visits.filter(({ day }) => day <= today && day > today - bookDays);
      expect(newest(book, dayOf(today))).toEqual(kept.reduce(added, {}));
      expect(Object.keys(fewest(book)).length).toBeLessThanOrEqual(bookDays);
      expect(newest(newest(book, dayOf(today)), dayOf(today))).toEqual(newest(book, dayOf(today)));
      const told = compareWays(book, dayOf(today));
      expect(compareWays(visits.toReversed().reduce(added, {}), dayOf(today))).toEqual(told);
      const within = kept.filter(({ day }) => day > today - told.days);
      for (const { way, served, refused, medianMs } of told.ways) {
        const mine = within.filter((one) => one.way === way);
        const took = mine.flatMap(({ tookMs }) => (tookMs === null ? [] : [Math.min(600_000, Math.max(1, tookMs))]));
        expect([served, refused]).toEqual([took.length, mine.length - took.length]);
        const middle = took.toSorted((a, b) => a - b)[Math.ceil(took.length / 2) - 1] ?? 0;
        expect(Math.abs(medianMs - middle)).toBeLessThanOrEqual(Math.max(1, 0.05 * middle));
      }
    }),
  );
});
