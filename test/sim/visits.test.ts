import fc from "fast-check";
import { expect, test } from "vitest";
import type { DirectionMode } from "../../kiosk/core/attendance/direction.ts";
import type { CounterName } from "../../kiosk/core/counter-kinds.ts";
import type { Draft } from "../../kiosk/core/draft.ts";
import type { Effect, Event } from "../../kiosk/core/event.ts";
import { blankMemory, type Memory, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import { attentionOf, stripOf, viewOf } from "../../kiosk/core/show.ts";
import type { FaceSeen } from "../../kiosk/core/sight.ts";
import { deadlineOf, step } from "../../kiosk/core/station.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import type { Touch } from "../../kiosk/core/view.ts";
import { requestReasons } from "../../kiosk/core/visit-view.ts";
import type { Way } from "../../kiosk/core/way.ts";

/**
 * Hands that touch whatever the wall shows, badges and PINs in between, disks that fail and clocks that jump: whatever
 * they do, the wall comes back to itself, nobody who said who they are loses a punch, and nothing written is taken back.
 */

const startMs = Date.UTC(2026, 10, 23, 7);
const person = (name: string, n: number, perm: readonly string[] = []): Person => ({
  id: personId(`p_${name.padStart(20, "0")}`),
  displayName: name,
  badges: [`card-${n}`] as never,
  lookAlikes: [],
  perm,
});
const people = [person("ana", 0), person("b0", 1), person("sue", 2, ["supervise"])];

const sets: readonly (readonly Way[])[] = [
  ["badge"],
  ["pin"],
  ["face"],
  ["badge", "pin"],
  ["badge", "face"],
  ["pin", "face"],
];
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    direction: fc.constantFrom<DirectionMode>("suggested", "manual", "first-last", "fixed-in", "schedule"),
    rules: fc.array(fc.record({ accepts: fc.subarray([...sets], { minLength: 1, maxLength: 2 }) }), { maxLength: 1 }),
    muster: fc.constantFrom("nobody" as const, "everybody" as const, "supervisors" as const),
    badge: fc.constantFrom("alone" as const, "with-face" as const),
    scramblePad: fc.boolean(),
  })
  .map((change) => ({
    ...defaultPolicy,
    ...change,
    challengeShare: 0,
    ways: ["badge", "pin", "face"] as const,
    jobs: [
      { code: "press", label: "Press" },
      { code: "paint", label: "Paint" },
    ],
  }));

const plain = [
  ...["retry", "hold", "more-time", "dismiss", "ways", "erase", "enter", "without", "not-me", "jobs", "request"],
  ...["missing", "confirm", "unknown", "same-shift", "back"],
] as readonly Exclude<Touch["touch"], CounterName | "choose" | "way" | "digit" | "errand" | "pick" | "step" | "page">[];
const anyTouch: fc.Arbitrary<Touch> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...plain).map((touch): Touch => ({ touch })) },
  { weight: 1, arbitrary: fc.constantFrom(...plain).map((touch): Touch => ({ touch })) },
  fc
    .constantFrom("in" as const, "out" as const, "break-start" as const, "break-end" as const)
    .map((kind): Touch => ({ touch: "choose", kind })),
  fc.constantFrom<Way>("face", "badge", "pin", "qr").map((way): Touch => ({ touch: "way", way })),
  fc
    .constantFrom("me" as const, "muster" as const, "override" as const)
    .map((errand): Touch => ({ touch: "errand", errand })),
  fc.constantFrom(1 as const, -1 as const).map((by): Touch => ({ touch: "step", by })),
  fc.nat(3).map((page): Touch => ({ touch: "page", page })),
  fc.nat(9).map((digit): Touch => ({ touch: "digit", digit })),
);
const anyAct = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant("touch" as const), touch: anyTouch }) },
  /** Something that the view lists. */
  { weight: 5, arbitrary: fc.record({ act: fc.constant("pick" as const), place: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("type" as const), digits: fc.constantFrom(3, 4, 5) }) },
  /** What takes many touches, as somebody does it who knows the wall. */
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("asks" as const), card: fc.constantFrom(0, 1, 2), place: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("leads" as const), place: fc.nat(3) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("tap" as const), card: fc.constantFrom(0, 0, 1, 2, 9) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant("checked" as const),
      who: fc.constantFrom(0, 0, 1, 2, null),
      duress: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant("disk" as const),
      isFull: fc.constantFrom(false, false, false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(100, 2_000, 15_000, 70_000, 3_600_000, 20 * 3_600_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("gaze" as const), who: fc.nat(2), track: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("jump" as const), ms: fc.constantFrom(-3_600_000, 86_400_000) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("reader" as const), isUp: fc.boolean() }) },
);
type AnyAct = (typeof anyAct)["generate"] extends (...args: never[]) => { readonly value: infer A } ? A : never;

class Day {
  memory: Memory = withPeople(blankMemory, people, people.length);
  ms = 0;
  wallOffMs = 0;
  readonly policy: Policy;
  readonly disk: Extract<Effect, { do: "save" }>[] = [];
  readonly checks: Extract<Effect, { do: "check-pin" }>[] = [];
  readonly drafts: Draft[] = [];
  readonly shown: { readonly ms: number; readonly who: number; readonly errand: string }[] = [];
  readonly seen = new Set<string>();
  records = 0;

  constructor(policy: Policy) {
    this.policy = policy;
    for (const room of ["camera", "engine", "journal", "reader"] as const) {
      this.happen({ kind: "room", room, state: { is: "up" }, at: this.at() });
    }
    this.happen({ kind: "ready", at: this.at() });
  }

  at(): Stamp {
    return { utcMs: startMs + this.ms + this.wallOffMs, monoMs: this.ms };
  }

  happen(event: Event): void {
    const [after, effects] = step({ ...this.memory, padDraw: (this.ms % 97) / 97 }, event, this.policy);
    this.memory = after;
    for (const effect of effects) this.note(effect);
    this.mustHold();
  }

  note(effect: Effect): void {
    if (effect.do === "check-pin") this.checks.push(effect);
    if (effect.do !== "save") return;
    this.disk.push(effect);
    this.drafts.push(effect.draft);
    const { draft } = effect;
    if (draft.draft === "punch") {
      expect(draft.methods.length).toBeGreaterThan(0);
      // Nobody is punched for who did not show anything, but by a supervisor who did.
      if (draft.sup === undefined) expect(draft.methods).not.toContain("supervisor");
      else expect([draft.sup, draft.person === draft.sup]).toEqual([people[2]?.id, false]);
    }
    if (draft.draft === "request") expect(draft.data.ref).not.toBe("");
  }

  mustHold(): void {
    const { memory, policy } = this;
    const view = viewOf(memory, policy);
    this.seen.add(view.at);
    const deadline = deadlineOf(memory, policy);
    if (deadline !== null) expect([view.at, deadline > this.ms]).toEqual([view.at, true]);
    if (memory.state.at !== "idle" && memory.state.at !== "starting") expect(deadline).not.toBeNull();
    expect(stripOf(memory, policy).waiting).toBe(0);
    if (view.at === "pin" && view.step === "pin") expect(JSON.stringify(view)).not.toContain("2468");
    if (view.at === "ways") expect(view.ways.length).toBeGreaterThan(0);
    // Whoever knows how to ask for another way finds one: not a view where it is the face or nothing.
    if (view.at === "look" && view.alsoWants === null) expect(view.ways?.length).toBeGreaterThan(0);
  }

  pass(ms: number): void {
    const untilMs = this.ms + ms;
    for (let next = deadlineOf(this.memory, this.policy); next !== null && next <= untilMs; ) {
      this.ms = Math.max(this.ms, next);
      this.happen({ kind: "tick", at: this.at() });
      next = deadlineOf(this.memory, this.policy);
    }
    this.ms = untilMs;
  }

  errand(card: number): string {
    const { state } = this.memory;
    // Whoever has to wait for somebody else's PIN came to punch.
    const isOther = state.at === "pin" && state.claim?.person !== people[card]?.id;
    if (state.at === "pin" && state.ticket !== null && isOther) return "punch";
    if (state.at === "also") return state.claim.errand;
    return state.at === "ways" || state.at === "pin" || state.at === "look" ? state.errand : "punch";
  }

  touch(touch: Touch): void {
    this.pass(1);
    this.happen({ kind: "touch", touch, at: this.at() });
  }

  live(act: AnyAct): void {
    switch (act.act) {
      case "touch":
        this.touch(act.touch);
        return;
      case "pick": {
        const ids = this.listed();
        const id = ids[act.place % Math.max(1, ids.length)];
        this.touch({ touch: "pick", id: id ?? "nothing" });
        return;
      }
      case "type":
        this.touch({ touch: "way", way: "pin" });
        for (let n = 0; n < 2; n += 1) {
          for (const digit of [2, 4, 6, 8, 0].slice(0, act.digits)) this.touch({ touch: "digit", digit });
          this.touch({ touch: "enter" });
        }
        return;
      case "asks":
        this.touch({ touch: "errand", errand: "me" });
        this.live({ act: "tap", card: act.card });
        this.touch({ touch: "request" });
        for (const place of [0, act.place]) this.live({ act: "pick", place });
        if (act.place === 3) this.touch({ touch: "missing" });
        this.touch({ touch: "choose", kind: "out" });
        this.touch({ touch: "confirm" });
        if (act.place > 0) this.live({ act: "pick", place: 0 });
        return;
      case "leads":
        this.touch({ touch: "errand", errand: "override" });
        this.live({ act: "tap", card: 2 });
        for (const digit of [2, 4, 6, 8]) this.touch({ touch: "digit", digit });
        this.touch({ touch: "enter" });
        this.live({ act: "checked", who: 2, duress: false });
        // Looking at others is written first. Then a supervisor who knows whom and why; now and then only half of it.
        while (act.place > 0 && this.disk.length > 0) this.answer(false);
        for (let n = 0; n < act.place; n += 1) this.live({ act: "pick", place: n });
        if (act.place > 1) this.touch({ touch: "choose", kind: "out" });
        return;
      case "tap": {
        this.pass(1);
        this.shown.push({ ms: this.ms, who: act.card, errand: this.errand(act.card) });
        this.happen({ kind: "tap", tap: { badge: `card-${act.card}` as never, at: this.at() }, at: this.at() });
        return;
      }
      case "checked": {
        const check = this.checks.shift();
        if (check === undefined) return;
        const whose = act.who === null ? undefined : people[act.who];
        this.pass(1);
        const answer =
          whose === undefined
            ? ({ is: "wrong" } as const)
            : ({ is: "good", person: whose.id, isDuress: act.duress } as const);
        this.happen({ kind: "pin-checked", ticket: check.ticket, answer, at: this.at() });
        return;
      }
      case "disk":
        this.answer(act.isFull);
        return;
      case "wait":
        this.pass(act.ms);
        return;
      case "gaze": {
        for (let n = 0; n < 4; n += 1) {
          this.pass(100);
          const face = this.face(act.who, act.track);
          const sight = { at: this.at(), faces: 1, face, codes: [], enrol: null };
          this.happen({ kind: "sight", sight, draw: 0.9, at: this.at() });
        }
        return;
      }
      case "jump":
        this.wallOffMs += act.ms;
        return;
      case "reader": {
        const state = act.isUp ? ({ is: "up" } as const) : ({ is: "down", code: "reader-lost", remedy: "" } as const);
        this.happen({ kind: "room", room: "reader", state, at: this.at() });
      }
    }
  }

  /** What may be picked in the view that stands there. */
  listed(): readonly string[] {
    const view = viewOf(this.memory, this.policy);
    if (view.at === "job") return ["press", "paint"];
    if (view.at === "override") return view.ask.what === "person" ? view.ask.people.map(({ id }) => id) : ["other"];
    if (view.at !== "request") return [];
    const { ask } = view;
    if (ask.what === "day") return ask.days.slice(0, 3).map(({ day }) => day);
    return ask.what === "mark" ? ask.marks.map(({ id }) => id) : requestReasons;
  }

  face(who: number, track: number): FaceSeen {
    const { claim } = attentionOf(this.memory, this.policy);
    const whom = people[who]?.id ?? null;
    return {
      ...{ track, box: { x: 0, y: 0, width: 1, height: 1 }, problem: null, progress: 1, live: 0.9 },
      ...{ repeats: false, company: false, able: { turn: true, blink: true }, challenge: null },
      match: claim === null ? { person: whom, similarity: 0.9, margin: 0.5, agreeing: 5 } : null,
      claim: claim === null ? null : { person: claim, similarity: claim === whom ? 0.9 : 0.1, agreeing: 5 },
    };
  }

  answer(isFull: boolean): void {
    const effect = this.disk.shift();
    if (effect === undefined) return;
    const { draft } = effect;
    this.records += isFull ? 0 : 1;
    this.happen(
      isFull
        ? { kind: "save-failed", draft, code: "disk-full", remedy: "", at: this.at() }
        : {
            kind: "saved",
            draft,
            id: `id-${this.records}`,
            position: { epoch: 1, seq: this.records },
            rh: "A".repeat(43),
            at: this.at(),
          },
    );
  }

  end(): void {
    for (let n = 0; n < 400 && (this.disk.length > 0 || this.memory.state.at !== "idle"); n += 1) {
      this.answer(false);
      this.pass(2_000);
    }
  }
}

test("whatever hands do, the wall comes back, no badge is lost, and nothing written is taken back", {
  timeout: 120_000,
}, () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(anyPolicy, fc.array(anyAct, { minLength: 20, maxLength: 80 }), (policy, acts) => {
      const day = new Day(policy);
      for (const act of acts) day.live(act);
      day.end();
      expect(day.memory.state.at).toBe("idle");
      expect(day.memory.taps).toEqual([]);
      for (const view of day.seen) reached.add(view);
      for (const draft of day.drafts) {
        reached.add(
          draft.draft === "request" ? draft.data.reason : draft.draft === "punch" ? draft.methods.join("+") : "",
        );
        if (draft.draft === "punch") for (const flag of draft.flags) reached.add(flag);
        // What is added is about a punch; it never carries one away.
        if (draft.draft === "request")
          expect(["out", "in", "break-start", "break-end", "unknown"]).toContain(draft.data.kind);
      }
      for (const { ms, who, errand } of day.shown) {
        const known = people[who];
        if (known === undefined || errand !== "punch") continue;
        // Its own punch, or one so near that it was a question.
        const near = day.drafts.some(
          (draft) =>
            draft.draft === "punch" &&
            draft.person === known.id &&
            Math.abs(draft.at.monoMs - ms) <= Math.max(policy.duplicateWindowMs, 3 * policy.readMs),
        );
        expect([ms, who, near]).toEqual([ms, who, true]);
      }
    }),
    { numRuns: 2_000 },
  );
  // A property about what never happened proves nothing.
  expect([...reached]).toEqual(
    expect.arrayContaining([
      ...["ways", "pin", "also", "choose", "open-shift", "hours", "job", "request", "told", "muster", "override"],
      ...[
        "card",
        "pin",
        "card+pin",
        "not-me",
        "open-shift",
        "duress",
        "pin-missing",
        "badge-missing",
        "other-way",
        "forgot",
        "supervisor",
      ],
    ]),
  );
});

test("whoever tapped while the disk was slow gets their punch, though somebody asked for their own hours since", () => {
  const day = new Day({ ...defaultPolicy, ways: ["badge", "pin", "face"] });
  day.live({ act: "tap", card: 0 });
  day.live({ act: "tap", card: 1 });
  // The clock gave the disk up, and somebody went on.
  day.pass(defaultPolicy.saveMs);
  day.touch({ touch: "errand", errand: "me" });
  expect(day.memory.state).toMatchObject({ at: "ways", errand: "me" });
  day.end();
  expect(day.drafts.map((draft) => draft.draft === "punch" && draft.person)).toEqual([people[0]?.id, people[1]?.id]);
});
