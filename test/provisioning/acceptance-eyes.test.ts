import { describe, expect, test } from "vitest";
import { createLoan } from "../../kiosk/acceptance/loan.ts";
import { present } from "../../kiosk/acceptance/present.ts";
import type { Event } from "../../kiosk/core/event.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { Attention, FaceSeen } from "../../kiosk/core/sight.ts";
import type { Screenful } from "../../kiosk/core/view.ts";

/** The clock's eyes while they are lent: what is judged, and that the station sees none of it. */

const face: FaceSeen = {
  ...{ track: 1, box: { x: 0.4, y: 0.4, width: 0.2, height: 0.3 }, problem: null, progress: 1, live: 0.9 },
  ...{ repeats: false, company: false, able: { turn: true, blink: false }, challenge: null, match: null, claim: null },
};

/** One presentation, picture by picture, on a clock whose time goes as the pictures come. */
async function presented(faceAt: (nth: number, wants: Attention) => FaceSeen | null, more: Partial<Policy> = {}) {
  let ms = 1_000;
  let nth = 0;
  const now = () => ({ monoMs: ms, utcMs: ms });
  const posted: Event[] = [];
  const shown: string[] = [];
  const own: Attention = { effort: "glance", claim: null, challenge: null, codes: false };
  const station = { post: (event: Event) => void posted.push(event), attention: () => own };
  const loan = createLoan({ clock: { now }, station, forget: () => {} });
  const screen = loan.over({ show: ({ view }: Screenful) => void shown.push(view.at) });
  screen.show({ view: { at: "starting", step: "camera" } } as Screenful);
  const look = (): void => {
    const wants = loan.attention();
    const seen = faceAt(nth, wants);
    nth += 1;
    const sight = { at: now(), faces: seen === null ? 0 : 1, face: seen, codes: [], enrol: null };
    loan.post({ kind: "sight", sight, draw: 0.9, at: now() });
  };
  const clock = {
    now,
    sleep: async () => {
      ms += 100;
      look();
    },
  };
  const policy = { ...defaultPolicy, challengeShare: 0, ...more };
  const rooms = { loan, clock, policy, random: () => 0.9 };
  const answer = await present(rooms, "print", () => {}, new AbortController().signal);
  return { answer, posted, shown, loan, look, used: nth, asked: () => loan.attention() };
}

describe("one presentation is judged as a punch would be, were it recognised", () => {
  test("a score that is enough is believed by it", async () => {
    const { answer } = await presented((nth) => (nth < 3 ? null : face));
    expect(answer).toMatchObject({ is: "accepted", why: "score", score: 0.9, asked: 0 });
  });

  test("a score that is too low is refused when the look has had its time", async () => {
    const { answer } = await presented(() => ({ ...face, live: 0.05 }));
    expect(answer).toMatchObject({ is: "refused", why: "not-live", score: 0.05 });
    expect(answer.tookMs).toBeGreaterThanOrEqual(defaultPolicy.lookMs);
  });

  test("between the two a movement is asked for: done, it is believed; not done, it is not", async () => {
    const unsure = { ...face, live: 0.3 };
    const moved = await presented((_, { challenge }) => ({
      ...unsure,
      challenge: challenge === null ? null : { id: challenge.id, state: "passed", progress: 1 },
    }));
    expect(moved.answer).toMatchObject({ is: "accepted", why: "movement", asked: 1, score: 0.3 });
    const still = await presented(() => unsure);
    expect(still.answer).toMatchObject({ is: "refused", asked: 1 });
  });

  test("a site that asks everybody asks here too, however alive it looks", async () => {
    const { answer } = await presented(() => face, { challengeShare: 1 });
    expect(answer).toMatchObject({ is: "refused", asked: 1 });
  });

  test("without a score there is no answer, and what was wrong most often says why", async () => {
    const dark = await presented(() => ({ ...face, live: null, problem: "too-dark" }));
    expect(dark.answer).toMatchObject({ is: "no-response", why: "too-dark", score: null });
    expect((await presented(() => null)).answer).toMatchObject({ is: "no-response", why: "no-face" });
    const gone = await presented((nth) => (nth < 5 ? { ...face, live: null } : null));
    expect(gone.answer).toMatchObject({ is: "no-response", why: "left" });
  });
});

test("the station sees nobody while its eyes are lent, nor whoever still stands there afterwards; everything else goes to it", async () => {
  const { posted, loan, look, shown, asked, used } = await presented((nth) => (nth < 12 ? face : null));
  expect(posted).toEqual([]);
  // Nobody is compared with anybody: the claim is of somebody who does not exist.
  expect(shown).toContain("look");
  expect(shown.at(-1)).toBe("starting");
  expect(asked().effort).toBe("glance");
  const tap: Event = { kind: "tick", at: { monoMs: 1, utcMs: 1 } };
  loan.post(tap);
  expect(posted).toEqual([tap]);
  // The place is free after three pictures without a face.
  for (let picture = 0; picture < 20; picture += 1) look();
  const sights = posted.flatMap((event) => (event.kind === "sight" ? [event.sight.faces] : []));
  expect(sights).toEqual(Array.from({ length: 20 - (12 - used) - 3 }, () => 0));
});

test("one test at a time, and none while somebody is enrolled", () => {
  const borrower = { attention: () => own, saw: () => {}, view: () => null };
  let own: Attention = { effort: "glance", claim: null, challenge: null, codes: false };
  const station = { post: () => {}, attention: () => own };
  const loan = createLoan({ clock: { now: () => ({ monoMs: 0, utcMs: 0 }) }, station, forget: () => {} });
  loan.take(borrower);
  expect(() => loan.take({ ...borrower })).toThrow("somebody else uses the clock's camera");
  loan.giveBack(borrower);
  // The next one need not wait until the place is empty.
  const next = { ...borrower };
  loan.take(next);
  loan.giveBack(next);
  own = { ...own, effort: "enrol" };
  expect(() => loan.take(borrower)).toThrow("somebody else uses the clock's camera");
});
