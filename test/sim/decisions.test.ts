import fc from "fast-check";
import { expect, test } from "vitest";
import { cardHash } from "../../kiosk/core/card.ts";
import type { PunchDraft } from "../../kiosk/core/draft.ts";
import type { Effect, Event } from "../../kiosk/core/event.ts";
import { blankMemory, type Memory, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, type PersonId, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import { identifyThreshold } from "../../kiosk/core/risk.ts";
import { attentionOf, viewOf } from "../../kiosk/core/show.ts";
import type { ChallengeSeen, EnrolSeen, FaceSeen, Sight } from "../../kiosk/core/sight.ts";
import { deadlineOf, step } from "../../kiosk/core/station.ts";
import type { Stamp } from "../../kiosk/core/time.ts";

/**
 * Days at the wall that nobody would think of, and after every event what must never be. The rules are written here a
 * second time, from the outside: what a punch by face needs is read off the sights and the questions asked, not off the
 * reducer's memory.
 */

const startMs = Date.UTC(2026, 10, 23, 7);
const person = (name: string, n: number, lookAlikes: readonly PersonId[] = []): Person => ({
  id: personId(`p_${name.padStart(20, "0")}`),
  displayName: name,
  badges: [cardHash(`card-${n}`)],
  lookAlikes,
});
const ana = person("ana", 0);
const bo = person("b0", 1);
const cy = person("cy", 2);
/** Noted with one of the two only. */
const zed = person("zed", 3, [cy.id]);
const people = [ana, bo, cy, zed];
const lookAlikes = new Set([cy.id, zed.id]);

/** What a sight is drawn from; the engine's part is played with what the station asks for at that moment. */
const anyFace = fc.record({
  track: fc.nat(2),
  who: fc.constantFrom(0, 0, 0, 1, 2, 3, null),
  similarity: fc.constantFrom(0.9, 0.9, 0.52, 0.3),
  margin: fc.constantFrom(0.5, 0.5, 0.01),
  agreeing: fc.constantFrom(5, 5, 2),
  live: fc.constantFrom(0.9, 0.9, 0.3, 0.3, 0.1, null),
  problem: fc.constantFrom(null, null, null, null, "turned" as const, "several" as const),
  repeats: fc.constantFrom(false, false, false, false, false, true),
  company: fc.constantFrom(false, false, false, true),
  turn: fc.constantFrom(true, true, false),
  blink: fc.boolean(),
  done: fc.constantFrom(
    "waiting" as const,
    "returning" as const,
    "passed" as const,
    "passed" as const,
    "failed" as const,
  ),
  /** Sometimes the engine still speaks of the challenge before. */
  isStale: fc.constantFrom(false, false, false, true),
});
type AnyFace = (typeof anyFace)["generate"] extends (...args: never[]) => { readonly value: infer F } ? F : never;

const anyAct = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant("gaze" as const),
      face: anyFace,
      frames: fc.integer({ min: 1, max: 15 }),
      draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ act: "nobody" as const }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant("tap" as const), card: fc.constantFrom(0, 0, 1, 2, 3, 9) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      ms: fc.constantFrom(100, 1_300, 6_100, 40_000, 400_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant("disk" as const), isFull: fc.constantFrom(false, false, false, true) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("touch" as const),
      touch: fc.constantFrom("retry" as const, "dismiss" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("choose" as const),
      kind: fc.constantFrom("in" as const, "out" as const, "break-start" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ act: "enrol" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("posed" as const),
      state: fc.constantFrom("going" as const, "done" as const, "failed" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("kept" as const), isKept: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant("room" as const),
      room: fc.constantFrom("camera" as const, "engine" as const),
      isUp: fc.boolean(),
    }),
  },
);
type AnyAct = (typeof anyAct)["generate"] extends (...args: never[]) => { readonly value: infer A } ? A : never;

const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    badge: fc.constantFrom("alone" as const, "with-face" as const),
    challengeShare: fc.constantFrom(0, 0.3, 1),
    challengesMax: fc.integer({ min: 1, max: 3 }),
    suspectMax: fc.integer({ min: 1, max: 3 }),
  })
  .map((change) => ({ ...defaultPolicy, ...change }));

/** A question that the station asked, and of whose face on which track. */
interface Question {
  readonly track: number;
  readonly person: PersonId | null;
}

class Day {
  memory: Memory = withPeople(blankMemory, people, people.length);
  ms = 0;
  readonly policy: Policy;
  /** On their way to the disk, in order. */
  readonly disk: Extract<Effect, { do: "save" }>[] = [];
  readonly punches: PunchDraft[] = [];
  readonly taps: { readonly ms: number; readonly card: number }[] = [];
  readonly outcomes = new Map<number, string[]>();
  readonly questions = new Map<number, Question>();
  session = 0;
  /** The visit that goes on: whether chance chose it, and of whom a movement was asked in it. */
  visit: { drawn: boolean | null; asked: PersonId | null } | null = null;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  at(): Stamp {
    return { utcMs: startMs + this.ms, monoMs: this.ms };
  }

  /** Time passes; every deadline on the way is kept, as the loop keeps them. */
  pass(ms: number): void {
    const untilMs = this.ms + ms;
    for (let deadline = deadlineOf(this.memory, this.policy); deadline !== null && deadline <= untilMs; ) {
      this.ms = Math.max(this.ms, deadline);
      this.happen({ kind: "tick", at: this.at() });
      deadline = deadlineOf(this.memory, this.policy);
    }
    this.ms = untilMs;
  }

  happen(event: Event): void {
    const before = this.memory;
    const [after, effects] = step(before, event, this.policy);
    this.memory = after;
    this.follow(before, event);
    for (const effect of effects) this.check(before, event, effect);
    this.remember(event);
    this.mustHold();
  }

  /** Keeps the oracle's own idea of the visit. */
  follow(before: Memory, event: Event): void {
    if (before.state.at !== "look") this.visit = null;
    if (event.kind === "tap" && before.state.at === "look" && this.visit !== null) {
      const { claim } = attentionOf(this.memory, this.policy);
      if (claim !== null && this.visit.asked !== claim) this.visit.asked = null;
    }
    if (event.kind !== "sight" || event.sight.face === null || before.state.at !== "look") return;
    this.visit ??= { drawn: null, asked: null };
    this.visit.drawn ??= event.draw < this.policy.challengeShare;
  }

  remember(event: Event): void {
    const { state } = this.memory;
    if (state.at !== "look") return;
    if (this.visit === null) {
      // A visit that a face began was drawn with that face's sight; one that a badge began waits for its first.
      const drawn = event.kind === "sight" ? event.draw < this.policy.challengeShare : null;
      this.visit = { drawn, asked: null };
    }
    const { challenge, claim } = attentionOf(this.memory, this.policy);
    if (challenge === null || this.questions.has(challenge.id) || state.face === null) return;
    // Of whom this sight surely shows; else of whom it was asked before, who did not make the other movement.
    const shown = event.kind === "sight" && event.sight.face !== null ? this.surely(event.sight.face) : null;
    this.visit.asked = claim ?? shown ?? this.visit.asked;
    this.questions.set(challenge.id, { track: state.face.track, person: this.visit.asked });
  }

  /** 1:N, as the table of the risk has it. */
  surely({ problem, match }: FaceSeen): PersonId | null {
    const { fpirTarget, thresholds, marginMin, agreeMin } = this.policy;
    if (problem !== null || match === null || match.person === null || lookAlikes.has(match.person)) return null;
    const isAlike = match.similarity >= identifyThreshold(people.length, fpirTarget, thresholds);
    return isAlike && match.margin >= marginMin && match.agreeing >= agreeMin ? match.person : null;
  }

  check(before: Memory, event: Event, effect: Effect): void {
    if (effect.do === "enrol") {
      this.outcomes.set(effect.session, [...(this.outcomes.get(effect.session) ?? []), effect.outcome]);
    }
    if (effect.do !== "save") return;
    this.disk.push(effect);
    if (effect.draft.draft === "alarm") expect(JSON.stringify(effect.draft)).not.toContain("p_");
    if (effect.draft.draft !== "punch") return;
    this.punches.push(effect.draft);
    if (effect.draft.methods.includes("face")) this.checkFace(before, event, effect.draft);
    else {
      expect(effect.draft.methods).toEqual(["card"]);
      expect(effect.draft.assure.match).toBe("none");
    }
  }

  /** Everything that a punch by face needs, in one sight of one track. */
  checkFace(before: Memory, event: Event, draft: PunchDraft): void {
    if (before.state.at === "duplicate") return;
    if (event.kind !== "sight" || event.sight.face === null) throw new Error("a punch by face without a face");
    const { face } = event.sight;
    const { policy } = this;
    expect(before.rest).toBeNull();
    expect(face.problem).toBeNull();
    expect(face.repeats).toBe(false);
    expect(face.live).toBeGreaterThanOrEqual(policy.liveMin);
    expect(draft.flags).toEqual([]);
    if (draft.methods.includes("card")) {
      expect(face.claim).toMatchObject({ person: draft.person });
      expect(face.claim?.similarity).toBeGreaterThanOrEqual(policy.thresholds.verify);
      expect(face.claim?.agreeing).toBeGreaterThanOrEqual(policy.agreeMin);
      expect(this.taps.some(({ ms, card }) => ms === draft.at.monoMs && people[card]?.id === draft.person)).toBe(true);
    } else {
      expect(this.surely(face)).toBe(draft.person);
    }
    const isSure = (face.live ?? 0) >= policy.liveSure && !face.company;
    if (isSure && this.visit?.drawn === false && this.visit.asked === null) return;
    const question = attentionOf(before, this.policy).challenge;
    expect(face.challenge).toMatchObject({ id: question?.id, state: "passed" });
    expect(this.questions.get(question?.id ?? 0)).toEqual({ track: face.track, person: draft.person });
  }

  mustHold(): void {
    const { memory, policy, ms } = this;
    const attention = attentionOf(memory, policy);
    const deadline = deadlineOf(memory, policy);
    if (deadline !== null) expect(deadline).toBeGreaterThan(ms);
    if (memory.state.at !== "idle" && memory.state.at !== "starting") expect(deadline).not.toBeNull();
    expect(viewOf(memory, policy).at).toBeTypeOf("string");
    if (memory.state.at !== "look") expect(attention).toMatchObject({ claim: null, challenge: null });
    if (memory.rest !== null) {
      expect(memory.state.at).not.toBe("look");
      if (memory.state.at !== "enrol") expect(["off", "glance"]).toContain(attention.effort);
    }
    expect(memory.suspicions.length).toBeLessThan(policy.suspectMax);
    expect(memory.alarms.length).toBeLessThanOrEqual(32);
    for (const [session, outcomes] of this.outcomes) expect([session, outcomes.length]).toEqual([session, 1]);
    // After a known badge nobody is refused: the screen may only say that the disk could not.
    if (memory.state.at === "refused" && memory.state.why !== "not-saved" && memory.state.why !== "badge-unknown") {
      expect(this.taps.some(({ ms: tapMs }) => tapMs === ms)).toBe(false);
    }
  }

  sight(face: FaceSeen | null, draw: number, enrol: EnrolSeen | null = null): void {
    const sight: Sight = { at: this.at(), faces: face === null ? 0 : 1, face, codes: [], enrol };
    this.happen({ kind: "sight", sight, draw, at: this.at() });
  }

  /** The engine's answer to what it is asked at this moment. */
  seen({ who, similarity, margin, agreeing, turn, blink, done, isStale, ...rest }: AnyFace): FaceSeen {
    const { claim, challenge } = attentionOf(this.memory, this.policy);
    const whom = who === null ? null : (people[who]?.id ?? null);
    const isTheirs = claim !== null && whom === claim;
    const state: ChallengeSeen["state"] = done;
    return {
      ...rest,
      box: { x: 0, y: 0, width: 1, height: 1 },
      progress: 1,
      able: { turn, blink },
      challenge: challenge === null ? null : { id: challenge.id - (isStale ? 1 : 0), state, progress: 1 },
      match: claim === null && whom !== null ? { person: whom, similarity, margin, agreeing } : null,
      claim: claim === null ? null : { person: claim, similarity: isTheirs ? similarity : 0.1, agreeing },
    };
  }

  live(act: AnyAct): void {
    switch (act.act) {
      case "gaze":
        for (let n = 0; n < act.frames; n += 1) {
          this.sight(this.seen(act.face), (act.draw + n * 0.37) % 1);
          this.pass(100);
        }
        return;
      case "nobody":
        this.sight(null, 0.5);
        return;
      case "tap": {
        // One millisecond each, so that a punch names its tap.
        this.pass(1);
        this.taps.push({ ms: this.ms, card: act.card });
        const tap = { badge: cardHash(`card-${act.card}`), at: this.at() };
        this.happen({ kind: "tap", tap, at: this.at() });
        return;
      }
      case "wait":
        this.pass(act.ms);
        return;
      case "disk":
        this.answer(act.isFull);
        return;
      case "touch":
        this.happen({ kind: "touch", touch: { touch: act.touch }, at: this.at() });
        return;
      case "choose":
        this.pass(1);
        this.happen({ kind: "touch", touch: { touch: "choose", kind: act.kind }, at: this.at() });
        return;
      case "enrol":
        this.session += 1;
        this.happen({ kind: "enrol-begin", session: this.session, at: this.at() });
        return;
      case "posed": {
        const posed = { pose: "straight", accepted: 1, needed: 5, problem: null, box: null } as const;
        this.sight(null, 0.5, { session: this.session, state: act.state, ...posed });
        return;
      }
      case "kept": {
        const kept = act.isKept ? ana.id : null;
        this.happen({ kind: "enrol-end", session: this.session, person: kept, at: this.at() });
        return;
      }
      case "room": {
        const state = act.isUp ? ({ is: "up" } as const) : ({ is: "down", code: "camera-lost", remedy: "" } as const);
        this.happen({ kind: "room", room: act.room, state, at: this.at() });
        return;
      }
    }
  }

  answer(isFull: boolean): void {
    const effect = this.disk.shift();
    if (effect === undefined) return;
    const { draft } = effect;
    const position = { epoch: 1, seq: this.punches.length };
    this.happen(
      isFull
        ? { kind: "save-failed", draft, code: "disk-full", remedy: "", at: this.at() }
        : { kind: "saved", draft, id: `id-${draft.at.monoMs}`, position, rh: "A".repeat(43), at: this.at() },
    );
  }

  /** Everybody goes home, and the disk catches up. */
  end(): void {
    for (let n = 0; n < 400 && (this.disk.length > 0 || this.memory.state.at !== "idle"); n += 1) {
      this.answer(false);
      this.pass(2_000);
    }
  }
}

const lived = (policy: Policy, acts: readonly AnyAct[]): Day => {
  const day = new Day(policy);
  for (const room of ["camera", "engine", "journal"] as const) {
    day.happen({ kind: "room", room, state: { is: "up" }, at: day.at() });
  }
  day.happen({ kind: "ready", at: day.at() });
  for (const act of acts) day.live(act);
  day.end();
  return day;
};

test("L8 whatever the day brings: no face punches without its evidence, no badge is lost, every state ends", {
  timeout: 120_000,
}, () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(anyPolicy, fc.array(anyAct, { minLength: 20, maxLength: 60 }), (policy, acts) => {
      const day = lived(policy, acts);
      expect(day.memory.state.at).toBe("idle");
      expect(day.memory.taps).toEqual([]);
      for (const { ms, card } of day.taps) {
        const own = day.punches.filter(({ at }) => at.monoMs === ms);
        const known = people[card];
        if (known === undefined) {
          expect(own).toEqual([]);
          continue;
        }
        expect(own.length).toBeLessThanOrEqual(1);
        for (const { person: whose, methods } of own) expect([whose, methods[0]]).toEqual([known.id, "card"]);
        // Its own punch, or one so near that this was a question, or the end of the wait for a face.
        const near = day.punches.some(
          ({ person: whose, at }) => whose === known.id && Math.abs(at.monoMs - ms) < policy.duplicateWindowMs,
        );
        expect(near).toBe(true);
      }
      for (const { methods, flags } of day.punches) reached.add(`${methods.join("+")} ${flags.join()}`);
      for (const outcomes of day.outcomes.values()) for (const outcome of outcomes) reached.add(outcome);
      if (day.questions.size > 0) reached.add("asked");
      if (day.memory.alarms.length > 0) reached.add("alarm");
    }),
    { numRuns: 600 },
  );
  // A property about what never happened proves nothing.
  expect([...reached]).toEqual(
    expect.arrayContaining([
      "face ",
      "card ",
      "card+face ",
      "card face-unverified",
      "card face-unavailable",
      "card pad-suspect",
      "ready",
      "failed",
      "cancelled",
      "interrupted",
      "timed-out",
      "asked",
      "alarm",
    ]),
  );
});
