import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Effect, Event } from "../../../kiosk/core/event.ts";
import { firstAt } from "../../../kiosk/core/guests/hour.ts";
import { type GuestsAnswer, type GuestsPolicy, usualGuests, type Visit } from "../../../kiosk/core/guests/types.ts";
import { erased, hostsFor, typed } from "../../../kiosk/core/guests/typing.ts";
import type { GuestsAct } from "../../../kiosk/core/guests/view.ts";
import { signJws } from "../../../kiosk/core/jws.ts";
import { kidOf } from "../../../kiosk/core/kid.ts";
import { blankMemory, type Memory, withPeople } from "../../../kiosk/core/memory.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../../kiosk/core/policy.ts";
import type { VisitorData } from "../../../kiosk/core/record.ts";
import { viewOf } from "../../../kiosk/core/show.ts";
import { deadlineOf, step } from "../../../kiosk/core/station.ts";
import type { Stamp } from "../../../kiosk/core/time.ts";
import { guestsAct } from "../../../kiosk/ui/acts/guests.ts";

const people: readonly Person[] = [
  ["ana", "Ana Morales", []],
  ["anabel", "Anabel Quiet", ["unlisted"]],
  ["jurgen", "Jürgen Weiß", []],
  ["ann", "Ann Lee", []],
  ["anna", "Anna Berg", []],
  ["annika", "Annika Dahl", []],
].map(([id, displayName, perm]) => ({
  ...{ id: personId(`p_${String(id).padStart(20, "0")}`), displayName: String(displayName) },
  ...{ badges: [], lookAlikes: [], perm: perm as readonly string[] },
}));

test("the hour comes when the site's wall shows it, in both folds and over the gap", () => {
  const at = (after: string, hour = "02:30") =>
    new Date(firstAt(hour, Date.parse(after), "Europe/Berlin")).toISOString();
  expect(at("2026-11-23T09:00:00Z", "18:00")).toBe("2026-11-23T17:00:00.000Z");
  expect(at("2026-11-23T17:00:00Z", "18:00")).toBe("2026-11-24T17:00:00.000Z");
  // Clocks are put back on 25 October 2026: 02:30 comes at 00:30Z and again at 01:30Z.
  expect(at("2026-10-24T22:00:00Z")).toBe("2026-10-25T00:30:00.000Z");
  expect(at("2026-10-25T00:30:00Z")).toBe("2026-10-25T01:30:00.000Z");
  expect(at("2026-10-25T01:30:00Z")).toBe("2026-10-26T01:30:00.000Z");
  // And put forward on 28 March 2027: 02:30 is skipped, and the wall shows 03:30 when it would have been.
  expect(at("2027-03-28T00:00:00Z")).toBe("2027-03-28T01:30:00.000Z");
});

test("what is typed has a bound, no controls and no piles of marks; the page's door refuses the same", () => {
  expect("Sam  Okoro".split("").reduce((text, key) => typed(text, key, "name"), "")).toBe("Sam Okoro");
  for (const key of ["\u0000", "\n", "\u202e", "\u200f", "", "123456789", "\ud800"]) {
    expect(typed("Sam", key, "name"), JSON.stringify(key)).toBe("Sam");
    expect(guestsAct.safeParse({ act: "key", text: key }).success, JSON.stringify(key)).toBe(false);
  }
  expect([..."a".repeat(500)].reduce((text, key) => typed(text, key, "name"), "")).toHaveLength(60);
  expect([..."\u0301".repeat(9)].reduce((text, key) => typed(text, key, "name"), "e").length).toBeLessThan(5);
  expect([..."हिन्दी"].reduce((text, key) => typed(text, key, "name"), "")).toBe("हिन्दी");
  expect(erased("Zoë😀")).toBe("Zoë");
  expect(erased("")).toBe("");
});

test("names are shown to those who know them: three letters, a few names, masked, and nobody who does not want it", () => {
  const shown = (text: string, isMasked = true) =>
    hostsFor(
      text,
      people
        .filter(({ perm = [] }) => !perm.includes("unlisted"))
        .map(({ id, displayName }) => ({ id, displayName, shown: isMasked ? `${displayName.split(" ")[0]}.` : "" })),
      "de",
    );
  expect(shown("an").hosts).toEqual([]);
  expect(shown("  ").hosts).toEqual([]);
  expect(shown("mor").hosts.map(({ name }) => name)).toEqual(["Ana."]);
  expect(shown("jurg").hosts.map(({ name }) => name)).toEqual(["Jürgen."]);
  expect(shown("weiss jur").hosts).toHaveLength(1);
  expect(shown("ann")).toMatchObject({ isMore: false });
  expect(shown("ann").hosts).toHaveLength(3);
  expect(shown("ana mor").hosts).toHaveLength(1);
  // A site that shows no names: whoever has the whole name may go on with it, and reads only what they typed.
  expect(shown("ana", false).hosts).toEqual([]);
  expect(shown("ana morales", false).hosts).toMatchObject([{ name: "ana morales" }]);
});

interface Hands {
  readonly memory: () => Memory;
  readonly page: () => unknown;
  readonly records: VisitorData[];
  readonly run: (event: Event) => void;
  readonly touch: (act: GuestsAct) => void;
  readonly stamp: (ms?: number) => Stamp;
  readonly pending: Effect[];
  readonly deliver: (isIll?: boolean) => void;
}

/** The pure station, with rooms that answer when they are told to. */
function handsOn(change: Partial<GuestsPolicy> = {}, more: Partial<Policy> = {}): Hands {
  const visitors = { ...usualGuests, ...change };
  const policy: Policy = { ...defaultPolicy, timeZone: "Europe/Berlin", visitors, ...more };
  let now: Stamp = { utcMs: Date.UTC(2026, 10, 23, 9), monoMs: 1_000 };
  let memory: Memory = withPeople({ ...blankMemory, state: { at: "idle" } }, people);
  for (const room of ["camera", "engine"] as const) {
    memory = step(memory, { kind: "room", room, state: { is: "up" }, at: now }, policy)[0];
  }
  const pending: Effect[] = [];
  const records: VisitorData[] = [];
  let numbers = 1_000;
  const run = (event: Event): void => {
    const [next, effects] = step(memory, event, policy);
    memory = next;
    pending.push(...effects);
    viewOf(memory, policy);
  };
  const opened = (wish: Extract<Effect, { do: "wish" }>["wish"]): GuestsAnswer | null => {
    if (wish.of !== "guests" || wish.is !== "open") return null;
    numbers += 1;
    const visit: Visit = {
      ...{ v: wish.invite?.v ?? personId(`v_${String(numbers).padStart(20, "0")}`), name: wish.name, host: wish.host },
      ...{ number: String(numbers), token: "t".repeat(22), stage: "asked", isInvited: wish.invite !== null },
      ...{ isWritten: false, sinceUtcMs: wish.atUtcMs, expUtcMs: wish.atUtcMs + 1, reply: null },
      dueUtcMs: firstAt(visitors.autoOutAt, wish.atUtcMs, policy.timeZone),
    };
    return { of: "guests", is: "opened", visit, first: visit.isInvited && !wish.mustAsk ? "in" : "asked", pii: null };
  };
  const deliver = (isIll = false): void => {
    const effect = pending.shift();
    if (effect?.do === "save" && effect.draft.draft === "note") {
      const { draft } = effect;
      if (isIll) run({ kind: "save-failed", draft, code: "disk-full", remedy: "", at: now });
      else {
        if (draft.body.type === "visitor") records.push(draft.body.data);
        run({ kind: "saved", draft, id: "i", position: { epoch: 1, seq: records.length }, rh: "r", at: now });
      }
    }
    if (effect?.do === "wish") {
      const { wish } = effect;
      if (isIll) run({ kind: "counter-failed", failure: { wish, code: "disk-full", remedy: "" }, at: now });
      else {
        const answer = opened(wish);
        if (answer !== null) run({ kind: "counter", answer, at: now });
      }
    }
  };
  const stamp = (ms = 0): Stamp => {
    now = { utcMs: now.utcMs + ms, monoMs: now.monoMs + ms };
    const deadlineMs = deadlineOf(memory, policy);
    if (deadlineMs !== null && now.monoMs >= deadlineMs) run({ kind: "tick", at: now });
    return now;
  };
  const page = (): unknown => {
    const view = viewOf(memory, policy);
    return view.at === "guests" ? view.page : view.at;
  };
  const touch = (act: GuestsAct): void => run({ kind: "touch", touch: { touch: "guests", act }, at: now });
  return { memory: () => memory, page, records, run, touch, stamp, pending, deliver };
}

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const kid = kidOf({ kty: "OKP", crv: "Ed25519", x: String(publicKey.export({ format: "jwk" }).x) });
const signer = {
  kid,
  alg: "EdDSA" as const,
  publicKey,
  sign: (input: string) => sign(null, Buffer.from(input), privateKey),
};

test("a visitor's pass before the camera asks for the name, comes in, and leads out again", () => {
  const hands = handsOn({ contact: "hidden" }, { passKeys: [{ kid, key: publicKey }] });
  const nowS = hands.stamp().utcMs / 1_000;
  const v = `v_${"e".repeat(20)}`;
  const pass = (more: object) =>
    signJws(
      "lintel-pass+jws",
      JSON.stringify({
        ...{ aud: "urn:lintel:demo:riverside", sub: v, kind: "visitor", iat: nowS - 86_400, jti: "A".repeat(22) },
        ...{ nbf: nowS - 60, exp: nowS + 3_600, host: people[0]?.id, ...more },
      }),
      signer,
    ).jws;
  const show = (text: string): void => {
    const at = hands.stamp(4_000);
    const sight = { at, face: null, several: false, codes: [text], enrol: null } as unknown as Extract<
      Event,
      { kind: "sight" }
    >["sight"];
    hands.run({ kind: "sight", sight, draw: 0, at });
  };
  show(pass({ nbf: nowS + 7_200, exp: nowS + 9_000 }));
  expect(hands.page()).toMatchObject({ is: "told", what: "early" });
  show(pass({ nbf: nowS - 90_000, exp: nowS - 86_400, iat: nowS - 99_000 }));
  expect(hands.page()).toMatchObject({ is: "told", what: "expired" });
  show(pass({}));
  expect(hands.page()).toMatchObject({ is: "type", field: "name" });
  for (const text of "Kim") hands.touch({ act: "key", text });
  hands.touch({ act: "next" });
  hands.touch({ act: "confirm" });
  while (hands.pending.length > 0) hands.deliver();
  expect(hands.page()).toMatchObject({ is: "told", what: "welcome", host: "Ana M.", number: "1001" });
  hands.touch({ act: "close" });
  show(pass({ jti: "B".repeat(22) }));
  expect(hands.page()).toEqual({ is: "leaving" });
  hands.touch({ act: "out" });
  while (hands.pending.length > 0) hands.deliver();
  expect(hands.records.map(({ act }) => act)).toEqual(["in", "out"]);
  hands.touch({ act: "close" });
  show(pass({ jti: "C".repeat(22) }));
  expect(hands.page()).toMatchObject({ is: "told", what: "used" });
});

test("the code that the wall drew leads out, and one that was made up is nothing", () => {
  const hands = handsOn({ contact: "hidden" });
  hands.touch({ act: "open" });
  hands.touch({ act: "arrive" });
  for (const text of "Kim") hands.touch({ act: "key", text });
  hands.touch({ act: "next" });
  hands.touch({ act: "host", id: null });
  hands.touch({ act: "confirm" });
  while (hands.pending.length > 0) hands.deliver();
  const [v] = hands.memory().guests.visits.keys();
  if (v === undefined) throw new Error("nobody asked");
  const reply = { answer: "come", note: null } as const;
  hands.run({ kind: "counter", answer: { of: "guests", is: "replied", v, reply }, at: hands.stamp() });
  while (hands.pending.length > 0) hands.deliver();
  const { qr } = hands.page() as { readonly qr: string };
  hands.touch({ act: "close" });
  const show = (text: string): void => {
    const at = hands.stamp(4_000);
    const sight = { at, face: null, codes: [text], enrol: null } as unknown as Extract<
      Event,
      { kind: "sight" }
    >["sight"];
    hands.run({ kind: "sight", sight, draw: 0, at });
  };
  show(`${qr.slice(0, -1)}${qr.endsWith("t") ? "u" : "t"}`);
  expect(hands.page()).toBe("idle");
  show(qr);
  expect(hands.page()).toEqual({ is: "leaving" });
});

test("five wrong numbers in a minute are enough, and the minute passes", () => {
  const hands = handsOn();
  hands.touch({ act: "open" });
  hands.touch({ act: "leave" });
  const tryOne = (): void => {
    for (const digit of [9, 9, 9, 9]) hands.touch({ act: "digit", digit });
    hands.touch({ act: "next" });
  };
  for (let tries = 0; tries < 5; tries += 1) tryOne();
  expect(hands.page()).toMatchObject({ problem: "unknown" });
  tryOne();
  expect(hands.page()).toMatchObject({ problem: "wait" });
  hands.stamp(10_000);
  hands.touch({ act: "erase" });
  hands.stamp(15_000);
  hands.touch({ act: "erase" });
  hands.stamp(15_000);
  hands.touch({ act: "erase" });
  hands.stamp(21_000);
  hands.touch({ act: "open" });
  hands.touch({ act: "leave" });
  tryOne();
  expect(hands.page()).toMatchObject({ problem: "unknown" });
});

test("while a wall has no visitors it has no counter for them", () => {
  const hands = handsOn({}, { visitors: null });
  hands.touch({ act: "open" });
  expect(hands.page()).toBe("idle");
});

const acts: fc.Arbitrary<GuestsAct> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<GuestsAct>({ act: "next" }, { act: "confirm" }, { act: "host", id: null }) },
  fc.constantFrom<GuestsAct>({ act: "open" }, { act: "arrive" }, { act: "code" }, { act: "leave" }, { act: "out" }),
  fc.constantFrom<GuestsAct>({ act: "close" }, { act: "back" }, { act: "skip" }, { act: "erase" }),
  fc.record({ act: fc.constant("key" as const), text: fc.constantFrom("Q", "x", "é", "\u202e") }),
  fc.record({ act: fc.constant("digit" as const), digit: fc.constantFrom(0, 1, 2, 3) }),
);
const walkIn: readonly GuestsAct[] = [
  ...([{ act: "close" }, { act: "open" }, { act: "arrive" }, { act: "key", text: "Q" }, { act: "next" }] as const),
  ...([{ act: "host", id: null }, { act: "skip" }, { act: "confirm" }] as const),
];
const moves = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ move: "walk-in" as const }) },
  { weight: 2, arbitrary: fc.nat(4).map((nth) => ({ move: "leave" as const, nth })) },
  { weight: 6, arbitrary: acts.map((act) => ({ move: "touch" as const, act })) },
  { weight: 6, arbitrary: fc.constant({ move: "deliver" as const, isIll: false }) },
  { weight: 1, arbitrary: fc.constant({ move: "deliver" as const, isIll: true }) },
  {
    weight: 2,
    arbitrary: fc.record({ move: fc.constant("reply" as const), answer: fc.constantFrom("come", "wait", "no") }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(100, 6_000, 61_000, 4 * 3_600_000).map((ms) => ({ move: "time" as const, ms })),
  },
);

test("whatever hands touch, whatever hosts say and whatever the disk does, each visit is a story that can have happened", () => {
  const next: Readonly<Record<string, readonly string[]>> = {
    "": ["asked", "in"],
    asked: ["in", "declined", "no-answer", "asked"],
    "no-answer": ["in", "declined", "asked"],
    in: ["out", "auto-out"],
    out: [],
    "auto-out": [],
    declined: [],
  };
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(moves, { maxLength: 120, size: "max" }),
      fc.constantFrom("sign-in", "wait"),
      (days, whenUnanswered) => {
        const hands = handsOn({ whenUnanswered, contact: "optional" });
        for (const move of days) {
          if (move.move === "touch") hands.touch(move.act);
          if (move.move === "walk-in") walkIn.forEach(hands.touch);
          if (move.move === "leave") {
            const number = [...hands.memory().guests.visits.values()][move.nth]?.number ?? "1000";
            hands.touch({ act: "close" });
            hands.touch({ act: "open" });
            hands.touch({ act: "leave" });
            for (const digit of number) hands.touch({ act: "digit", digit: Number(digit) });
            hands.touch({ act: "next" });
          }
          if (move.move === "deliver") hands.deliver(move.isIll);
          if (move.move === "time") hands.stamp(move.ms);
          if (move.move === "reply") {
            const [v] = hands.memory().guests.visits.keys();
            const reply = { answer: move.answer, note: null } as const;
            if (v !== undefined) {
              hands.run({ kind: "counter", answer: { of: "guests", is: "replied", v, reply }, at: hands.stamp() });
            }
          }
        }
        while (hands.pending.length > 0) hands.deliver();
        const last = new Map<string, string>();
        for (const { v, act } of hands.records) {
          expect(next[last.get(v) ?? ""], `${last.get(v)} then ${act}`).toContain(act);
          last.set(v, act);
        }
        for (const { act } of hands.records) seen.add(act);
        const here = [...last].filter(([, act]) => act === "in").map(([v]) => v);
        const known = [...hands.memory().guests.visits.values()].filter(({ stage }) => stage === "here");
        expect(known.map(({ v }) => v).toSorted()).toEqual(here.toSorted());
        // "Q" stands in names alone.
        expect(JSON.stringify(hands.records)).not.toContain("Q");
      },
    ),
    { numRuns: 400 },
  );
  expect([...seen].toSorted()).toEqual(["asked", "auto-out", "declined", "in", "no-answer", "out"]);
});
