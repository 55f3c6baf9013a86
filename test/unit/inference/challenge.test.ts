import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChallengeKind } from "../../../kiosk/core/sight.ts";
import { type Challenger, challengeRules, openChallenger } from "../../../kiosk/inference/challenge.ts";
import type { Motion } from "../../../kiosk/inference/motion.ts";
import { type Look, motionOf, somebody, somebodyElse } from "./heads.ts";

const rules = challengeRules(0.4);
const openEyes = { left: 0.05, right: 0.05 };
const shutEyes = { left: 0.98, right: 0.97 };

/** One camera at `fps`, as the watcher would hand its looks on. */
function wall(fps = 10) {
  const challenger = openChallenger(rules);
  let nowMs = 0;
  const note = (looks: readonly Look[]): void => {
    for (const look of looks) {
      nowMs += 1000 / fps;
      challenger.note(motionOf({ atMs: nowMs, ...look }));
    }
  };
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  return { challenger, note, wait };
}

const times = (count: number, look: Look): readonly Look[] => Array.from({ length: count }, () => look);
const turns = (degrees: readonly number[], look: Look = {}): readonly Look[] =>
  degrees.map((turn) => ({ ...look, turn }));
const straight = times(6, {});
/** To the picture's right, which is the person's own left. */
const toTheirLeft = [4, 9, 14, 19, 24, 27, 27, 27, 22, 16, 10, 5, 0, 0, 0];
const toTheirRight = toTheirLeft.map((degrees) => -degrees);

function outcome(kind: ChallengeKind, looks: readonly Look[], before: readonly Look[] = straight, fps = 10) {
  const { challenger, note } = wall(fps);
  note(before);
  challenger.ask({ id: 1, kind });
  note(looks);
  return challenger.seen()?.state;
}

test("a head that turns to the asked side and back has passed", () => {
  expect(outcome("turn-left", turns(toTheirLeft))).toBe("passed");
  expect(outcome("turn-right", turns(toTheirRight))).toBe("passed");
});

test("left is the person's own: the picture of a camera is no mirror", () => {
  expect(motionOf({ turn: 25 }).yaw).toBeGreaterThan(0.4);
  expect(outcome("turn-right", turns(toTheirLeft))).toBe("failed");
  expect(outcome("turn-left", turns(toTheirRight))).toBe("failed");
});

test("a slow board that sees five pictures a second can still see a turn", () => {
  expect(outcome("turn-left", turns([11, 25, 27, 12, 0, 0]), straight, 5)).toBe("passed");
});

test("whoever was not seen on the way at five pictures a second is asked once more rather than refused", () => {
  const { challenger, note } = wall(5);
  note(straight);
  challenger.ask({ id: 1, kind: "turn-left" });
  note(turns([0, 25, 26, 0, 0, 0]));
  expect(challenger.seen()?.state).toBe("waiting");
  note(turns([12, 25, 26, 10, 0, 0]));
  expect(challenger.seen()?.state).toBe("passed");
});

test("a face that is turned from one picture to the next was exchanged", () => {
  expect(outcome("turn-left", turns([0, 27, 27, 27, 15, 5, 0, 0]), straight, 15)).toBe("failed");
  expect(outcome("turn-left", turns([5, 12, 20, 27, 27, 0, 0, 0]), straight, 15)).toBe("failed");
});

test("a shallow thing turned so far that it seems to look away is no head", () => {
  const shallow = { depth: 0.3, away: 5, vector: somebody };
  expect(motionOf({ turn: 58, ...shallow }).yaw).toBeGreaterThan(0.4);
  const aslant = [5, 12, 20, 28, 36, 44, 50, 58, 58, 58, 48, 36, 24, 12, 5, 0, 0, 0];
  expect(outcome("turn-left", turns(aslant, shallow), times(6, shallow))).toBe("failed");
});

test("no flat thing passes, whatever is done with it", () => {
  const angle = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  const handling = fc.array(
    fc.record({ turn: angle(75), nod: angle(30), tilt: angle(20), size: fc.integer({ min: 60, max: 110 }) }),
    { minLength: 10, maxLength: 40 },
  );
  fc.assert(
    fc.property(
      handling,
      fc.constantFrom(2.5, 5, 10),
      fc.constantFrom<ChallengeKind>("turn-left", "turn-right"),
      (looks, away, kind) => {
        const held = looks.map((look) => ({ ...look, away, depth: 0, vector: somebody }));
        const home = times(4, { depth: 0, away });
        const state = outcome(kind, [...held, ...home], times(6, { depth: 0, away }), 12);
        expect(state).not.toBe("passed");
      },
    ),
    { numRuns: 300 },
  );
});

test("a recording that turns to the other side has failed, and cannot mend it afterwards", () => {
  expect(outcome("turn-left", turns([...toTheirRight, ...toTheirLeft]))).toBe("failed");
});

test("one misread picture neither passes nor fails", () => {
  const misread = [...toTheirLeft.slice(0, 6), -25, ...toTheirLeft.slice(6)];
  expect(outcome("turn-left", turns(misread))).toBe("passed");
  expect(outcome("turn-left", turns([0, 0, 25, 0, 0]), straight, 5)).toBe("waiting");
});

test("landmarks that come off the face are a gap, and a gap in the middle has an end", () => {
  const nonsense = { turn: 24, size: 400 };
  const [out, home] = [turns(toTheirLeft.slice(0, 6)), turns(toTheirLeft.slice(6))];
  expect(outcome("turn-left", [...out, ...times(3, nonsense), ...home])).toBe("passed");
  expect(outcome("turn-left", [...out, ...times(7, nonsense), ...home])).toBe("failed");
});

test("another face in the same place has failed, at the turn or after it", () => {
  const swapped = turns(toTheirLeft).map((look, at) => (at < 8 ? look : { ...look, vector: somebodyElse }));
  expect(outcome("turn-left", swapped)).toBe("failed");
});

test("without a picture good enough to know the face again, nothing has passed yet", () => {
  const dim = turns(toTheirLeft, { vector: null });
  expect(outcome("turn-left", dim)).toBe("returning");
});

test("a track that ends takes the movement along, even one that had passed", () => {
  const { challenger, note } = wall();
  note(straight);
  challenger.ask({ id: 1, kind: "turn-left" });
  note(turns(toTheirLeft));
  expect(challenger.seen()?.state).toBe("passed");
  note(times(3, { track: 2 }));
  expect(challenger.seen()).toEqual({ id: 1, state: "failed", progress: 0 });
});

test("what was forgotten cannot be gone on with, though it is asked again under the same number", () => {
  const { challenger, note } = wall();
  note(straight);
  challenger.ask({ id: 1, kind: "turn-left" });
  challenger.forget();
  expect(challenger.able()).toEqual({ turn: false, blink: false });
  note(straight);
  challenger.ask({ id: 1, kind: "turn-left" });
  note(turns(toTheirLeft));
  expect(challenger.seen()?.state).toBe("failed");
});

test("asking again under the same number changes nothing; a new number begins anew; nothing asked is nothing seen", () => {
  const { challenger, note } = wall();
  note(straight);
  const kind = "turn-left";
  for (const look of turns(toTheirLeft)) {
    challenger.ask({ id: 1, kind });
    note([look]);
  }
  expect(challenger.seen()?.state).toBe("passed");
  challenger.ask({ id: 2, kind });
  expect(challenger.seen()).toEqual({ id: 2, state: "waiting", progress: 0 });
  challenger.ask(null);
  expect(challenger.seen()).toBeNull();
});

test("a turn is asked only of whoever was seen straight ahead five times just now", () => {
  const { challenger, note, wait } = wall();
  note(straight.slice(0, 4));
  expect(challenger.able().turn).toBe(false);
  note(straight.slice(0, 1));
  expect(challenger.able().turn).toBe(true);
  wait(4_000);
  note(straight.slice(0, 1));
  expect(challenger.able().turn).toBe(false);
});

test("who already looks aside has no straight look to turn from", () => {
  const { challenger, note } = wall();
  note(times(10, { turn: 12 }));
  expect(challenger.able().turn).toBe(false);
});

test("without the 68 points nobody is asked to turn", () => {
  const challenger = openChallenger(rules);
  for (let at = 0; at < 8; at++) {
    const motion = motionOf({ atMs: at * 100 });
    challenger.note({ ...motion, points: { five: motion.points.five, all: motion.points.all.slice(0, 5) } });
  }
  expect(challenger.able().turn).toBe(false);
});

test("the arrow grows on the way out and on the way back", () => {
  const { challenger, note } = wall();
  note(straight);
  challenger.ask({ id: 1, kind: "turn-left" });
  const seen = turns(toTheirLeft).map((look) => {
    note([look]);
    return challenger.seen()?.progress ?? 0;
  });
  expect(seen[0]).toBeLessThan(0.15);
  expect(Math.max(...seen.slice(0, 5))).toBeLessThanOrEqual(0.5);
  expect(seen.at(-1)).toBe(1);
  for (const [at, progress] of seen.entries()) expect(progress).toBeGreaterThanOrEqual(seen[at - 1] ?? 0);
});

const watching = times(18, { eyes: openEyes });
const lid = (...eyes: readonly Motion["eyes"][]): readonly Look[] => eyes.map((each) => ({ eyes: each }));
const half = { left: 0.5, right: 0.5 };

test("open, closed and open again within half a second is a blink", () => {
  expect(outcome("blink", lid(openEyes, shutEyes, openEyes), watching, 15)).toBe("passed");
  expect(outcome("blink", lid(openEyes, half, shutEyes, shutEyes, half, openEyes), watching, 15)).toBe("passed");
});

test("closing the eyes for longer, one eye alone, or half is none", () => {
  expect(outcome("blink", lid(...times(9, {}).map(() => shutEyes), openEyes), watching, 15)).toBe("waiting");
  expect(outcome("blink", lid({ left: 0.02, right: 0.95 }, openEyes), watching, 15)).toBe("waiting");
  expect(outcome("blink", lid(half, half, openEyes), watching, 15)).toBe("waiting");
});

test("a picture tilted until it seems to close its eyes is none", () => {
  const tilted = [{ turn: 14, eyes: shutEyes }, { turn: 14, eyes: shutEyes }, { eyes: openEyes }];
  expect(outcome("blink", tilted, watching, 15)).toBe("waiting");
});

test("a blink of somebody else in the same place has failed", () => {
  expect(outcome("blink", lid(shutEyes).concat({ eyes: openEyes, vector: somebodyElse }), watching, 15)).toBe("failed");
});

test("a blink is asked only of eyes that are seen open, often enough to see one close", () => {
  const ableTo = (fps: number, looks: readonly Look[]) => {
    const { challenger, note } = wall(fps);
    note(looks);
    return challenger.able().blink;
  };
  expect(ableTo(15, watching)).toBe(true);
  expect(ableTo(12, watching)).toBe(true);
  expect(ableTo(8, watching)).toBe(false);
  // Glasses: the eye model is never sure.
  expect(ableTo(15, times(18, { eyes: { left: 0.9, right: 0.85 } }))).toBe(false);
  expect(ableTo(15, times(18, { eyes: null }))).toBe(false);
});

test("what the challenger says always follows from what it was told: no order of events makes it throw or pass alone", () => {
  const event = fc.oneof(
    fc.record({ turn: fc.double({ min: -90, max: 90, noNaN: true }), track: fc.constantFrom(1, 2) }),
    fc.constantFrom<"forget" | "stop" | ChallengeKind>("forget", "stop", "turn-left", "turn-right", "blink"),
  );
  const apply = (challenger: Challenger, what: string, id: number): void => {
    if (what === "forget") challenger.forget();
    else challenger.ask(what === "stop" ? null : { id, kind: what as ChallengeKind });
  };
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const { challenger, note } = wall();
      for (const [id, one] of events.entries()) {
        if (typeof one === "string") apply(challenger, one, id);
        else note([one]);
        const seen = challenger.seen();
        expect(seen === null || (seen.progress >= 0 && seen.progress <= 1)).toBe(true);
        if (typeof one === "string" && one !== "forget" && one !== "stop") expect(seen?.state).not.toBe("passed");
      }
    }),
  );
});
