import { expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import type { FaceSeen } from "../../../kiosk/core/sight.ts";
import type { OwedSince } from "../../../kiosk/core/technician.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { createGauges } from "../../../kiosk/technician/gauges.ts";
import { createSeat } from "../../../kiosk/technician/seat.ts";

/** Who may see the technician's page, and what the figures on it are made of. */

function seatWith() {
  const clock = testClock(Date.UTC(2026, 10, 22));
  let looks = 0;
  const seat = createSeat({
    clock,
    lookAgain: () => {
      looks += 1;
    },
    view: () => ({
      figures: {
        everyMs: 2_000,
        series: { framesPerS: [], lookMs: [], celsius: [], waiting: [], commitMs: [], lagS: [] },
      },
      ...{ rooms: {}, findings: [], isLooking: false, lookedUtcMs: null },
    }),
  });
  const opened = () => {
    const how = { ended: 0 };
    return { ...seat.open(() => (how.ended += 1)), how };
  };
  return { clock, seat, opened, looks: () => looks };
}

test("a code of eight digits opens the page once", () => {
  const { seat, opened, looks } = seatWith();
  expect(seat.page.enter("00000000")).toBeNull();
  const { code } = opened();
  expect(code).toMatch(/^\d{8}$/);
  const token = seat.page.enter(code) ?? "";
  expect(seat.page.view(token)?.untilUtcMs).toBe(Date.UTC(2026, 10, 22) + 900_000);
  expect(seat.page.enter(code)).toBeNull();
  expect(seat.page.view("")).toBeNull();
  expect(seat.page.view(`${token}x`)).toBeNull();
  seat.page.lookAgain("");
  seat.page.lookAgain(token);
  expect(looks()).toBe(1);
});

test("before the code is entered no token is good, not even an empty one", () => {
  const { seat, opened } = seatWith();
  opened();
  for (const token of ["", "null", "undefined"]) expect(seat.page.view(token)).toBeNull();
});

test("five wrong codes close it for the right one as well", () => {
  const { seat, opened } = seatWith();
  const { code, how } = opened();
  const wrong = code === "12345678" ? "87654321" : "12345678";
  for (let n = 0; n < 4; n += 1) expect(seat.page.enter(wrong)).toBeNull();
  expect(how.ended).toBe(0);
  expect(seat.page.enter(wrong)).toBeNull();
  expect(how.ended).toBe(1);
  expect(seat.page.enter(code)).toBeNull();
});

test("it ends after a quarter of an hour, when it is left, when its command ends, and with a newer one", () => {
  const { clock, seat, opened } = seatWith();
  const first = opened();
  const token = seat.page.enter(first.code) ?? "";
  clock.advance(899_999);
  expect(seat.page.view(token)).not.toBeNull();
  clock.advance(1);
  expect(seat.page.view(token)).toBeNull();
  expect(first.how.ended).toBe(1);
  const second = opened();
  const third = opened();
  expect(second.how.ended).toBe(1);
  expect(seat.page.enter(second.code)).toBeNull();
  // The older command ends late, and takes nothing from the newer one.
  second.close();
  const left = seat.page.enter(third.code) ?? "";
  seat.page.leave(left);
  expect(third.how.ended).toBe(1);
  const fourth = opened();
  fourth.close();
  expect(seat.page.enter(fourth.code)).toBeNull();
});

const seen = (problem: FaceSeen["problem"], repeats = false): FaceSeen => ({
  ...{ track: 1, box: { x: 0, y: 0, width: 1, height: 1 }, problem, progress: 0, live: null, repeats, company: false },
  ...{ able: { turn: false, blink: false }, challenge: null, match: null, claim: null },
});

test("figures are counted while it happens, and say nothing of anybody", async () => {
  const clock = testClock(Date.UTC(2026, 10, 22));
  let oldest: OwedSince = null;
  const gauges = createGauges({
    ...{ clock, notice: null, waiting: () => 3, oldestWaitingUtcMs: () => oldest, celsius: async () => 51.5 },
    cards: () => ({ taps: 7, garbage: 1 }),
  });
  const stop = new AbortController();
  const running = gauges.run(stop.signal);
  const shown: number[] = [];
  const wall = gauges.watch({ preview: ({ number }) => void shown.push(number) });
  const at = clock.now();
  for (let number = 0; number < 20; number += 1) wall.preview({ jpeg: new Uint8Array(), number, at });
  expect(shown).toHaveLength(20);
  const sight = (face: FaceSeen | null, lateMs: number): Event => ({
    ...{ kind: "sight", draw: 0, at: { ...at, monoMs: at.monoMs + lateMs } },
    sight: { at, faces: 1, face, codes: [], enrol: null },
  });
  gauges.saw({ kind: "room", room: "camera", state: { is: "up" }, at });
  gauges.saw(sight(seen("too-dark"), 40));
  gauges.saw(sight(seen(null, true), 90));
  gauges.saw(sight(null, 10));
  gauges.committed(4);
  oldest = at.utcMs - 5_000;
  clock.advance(2_000);
  for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  const { series } = gauges.live();
  expect(series).toMatchObject({ framesPerS: [10], lookMs: [90], celsius: [51.5], waiting: [3], lagS: [7] });
  expect(series.commitMs).toEqual([4]);
  expect(gauges.condition()).toMatchObject({
    framesPerS: 10,
    frameAgeMs: 2_000,
    look: { p50Ms: 40, worstMs: 90, count: 3 },
    commit: { count: 1 },
    faces: { seen: 2, tooDark: 1, tooBright: 0, blurred: 0, repeats: true },
    cards: { taps: 7, garbage: 1 },
    rooms: { camera: "up", engine: "starting" },
  });
  // A disk that died cannot tell, and the chart has a gap there instead of a good value.
  oldest = "unreadable";
  clock.advance(2_000);
  for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  expect(gauges.live().series).toMatchObject({ framesPerS: [10, 0], lookMs: [90, null], lagS: [7, null] });
  stop.abort();
  await running;
});
