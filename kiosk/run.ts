import { randomInt } from "node:crypto";
import { everybodyIn } from "./core/alert/muster.ts";
import type { AlertLineView } from "./core/alert/view.ts";
import type { CounterAnswer, CounterWish } from "./core/counter-kinds.ts";
import { bodyOf, type Draft, type Moment, type PunchDraft } from "./core/draft.ts";
import type { Effect, EnrolOutcome, Event } from "./core/event.ts";
import type { Evidence } from "./core/evidence.ts";
import { Fault } from "./core/fault.ts";
import type { Memory } from "./core/memory.ts";
import type { PersonId } from "./core/person.ts";
import type { PinAnswer, PinQuestion } from "./core/pin.ts";
import type { Policy } from "./core/policy.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Screen } from "./core/ports/wall.ts";
import type { RecordBody } from "./core/record.ts";
import { noticeNow } from "./core/rights/notice.ts";
import type { LookEnd } from "./core/served.ts";
import { attentionOf, langOf, stripOf, viewOf } from "./core/show.ts";
import type { Attention } from "./core/sight.ts";
import { deadlineOf, step } from "./core/station.ts";
import type { Ease, Place } from "./core/view.ts";

export interface StationOptions {
  readonly memory: Memory;
  readonly policy: Policy;
  readonly place: Place;
  /** What makes the page easier here; without it, nothing of it is on. */
  readonly ease?: Ease;
  readonly clock: Clock;
  readonly journal: Pick<Journal, "append" | "probe">;
  readonly screen: Pick<Screen, "show">;
  readonly moment: () => Moment;
  /** The next look begins with nothing of this one. */
  readonly forget: () => void;
  /** How the clock's part of an enrolment came out; must not throw or wait. */
  readonly enrolled: (session: number, outcome: EnrolOutcome) => void;
  /** Without it nobody comes by PIN. */
  readonly checkPin?: (question: PinQuestion) => Promise<PinAnswer>;
  /** What a counter wishes of the rooms. Without it every wish fails. */
  readonly wish?: (wish: CounterWish) => Promise<CounterAnswer>;
  /** The picture that goes with a punch, where this site wants one. Waits a moment at most; null: none. */
  readonly evidence?: (draft: PunchDraft) => Promise<Evidence | null>;
  /** One of two was taken for the other: they are to be noted as alike; must not throw or wait. */
  readonly alike?: (persons: readonly [PersonId, PersonId]) => void;
  /** How the camera served somebody who showed who they are; must not throw or wait. */
  readonly served?: (person: PersonId, end: LookEnd) => void;
  /** A fresh number in [0, 1) for each event; by default the machine's own good ones. */
  readonly random?: () => number;
  /** After each event, for the log and the pump, with what the station knows now; must not throw or wait. */
  readonly observed: (event: Event, memory: Memory) => void;
}

export interface Station {
  /** One inbox: everything that happens enters here and is handled one at a time, in order. */
  readonly post: (event: Event) => void;
  readonly attention: () => Attention;
  /** Everybody on site at this moment, by name. */
  readonly muster: () => readonly AlertLineView[];
  /** Handles events until `signal` aborts; what was being saved then is saved. Throws only bugs. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** While the journal is ill it is tried this often, so that the wall heals without a technician. */
const probeMs = 5_000;

/** The loop. It waits, decides through `step`, shows the projection, and does what it was told; it knows ports only. */
export function createStation(options: StationOptions): Station {
  const ease = options.ease === undefined ? {} : { ease: options.ease };
  const { policy, place, clock, journal, screen, observed, random = goodRandom } = options;
  let { memory } = options;
  let shown = "";
  const inbox: Event[] = [];
  let wake = Promise.withResolvers<void>();

  const post = (event: Event): void => {
    // Pictures may be skipped, people may not: only the newest sight waits, everything else keeps its place.
    const stale = event.kind === "sight" ? inbox.findIndex(({ kind }) => kind === "sight") : -1;
    if (stale >= 0) inbox.splice(stale, 1);
    inbox.push(event);
    wake.resolve();
  };

  const show = (): void => {
    const screenful = {
      view: viewOf(memory, policy),
      strip: stripOf(memory, policy),
      place: { ...place, notice: noticeNow(policy.notice, memory.consent.policy) },
      lang: langOf(memory),
      ...ease,
    };
    const text = JSON.stringify(screenful);
    if (text === shown) return;
    shown = text;
    screen.show(screenful);
  };

  const save = async (draft: Draft): Promise<void> => {
    const { evidence: picture } = options;
    const evidence = draft.draft === "punch" && picture !== undefined ? await picture(draft) : null;
    try {
      const body = withEvidence(bodyOf(draft, policy, options.moment()), evidence);
      const { stored } = await journal.append(body, draft.at);
      const position = { epoch: stored.epoch, seq: stored.seq };
      post({ kind: "saved", draft, id: stored.id, position, rh: stored.rh, at: clock.now() });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await evidence?.undo();
      post({ kind: "save-failed", draft, code: error.code, remedy: error.remedy, at: clock.now() });
    }
  };

  const check = async (ticket: number, question: PinQuestion): Promise<void> => {
    let answer: PinAnswer = { is: "wrong" };
    try {
      if (options.checkPin !== undefined) answer = await options.checkPin(question);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // A try that cannot be counted is not made.
      answer = { is: "wait", forMs: probeMs };
    }
    post({ kind: "pin-checked", ticket, answer, at: clock.now() });
  };

  const grant = async (wish: CounterWish): Promise<void> => {
    try {
      if (options.wish === undefined) throw new Fault("not-here", "this clock has nobody for that", "Ask the office.");
      post({ kind: "counter", answer: await options.wish(wish), at: clock.now() });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      post({ kind: "counter-failed", failure: { wish, code: error.code, remedy: error.remedy }, at: clock.now() });
    }
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    const stop = (): void => wake.resolve();
    signal.addEventListener("abort", stop, { once: true });
    const bug = Promise.withResolvers<never>();
    let saving: Promise<void> = Promise.resolve();
    const perform = (effect: Effect): void => {
      switch (effect.do) {
        case "save":
          saving = saving.then(() => save(effect.draft)).catch(bug.reject);
          return;
        case "enrol":
          options.enrolled(effect.session, effect.outcome);
          return;
        case "check-pin":
          check(effect.ticket, effect.question).catch(bug.reject);
          return;
        case "wish":
          grant(effect.wish).catch(bug.reject);
          return;
        case "alike":
          options.alike?.(effect.persons);
          return;
        case "served":
          options.served?.(effect.person, effect.end);
          return;
        case "forget":
          options.forget();
      }
    };
    show();
    while (!signal.aborted) {
      const event = inbox.shift();
      if (event === undefined) {
        // The timer of this wait ends with it; otherwise every event would leave one behind.
        const waiting = new AbortController();
        await Promise.race([wake.promise, bug.promise, untilDeadline(AbortSignal.any([signal, waiting.signal]))]);
        waiting.abort();
        wake = Promise.withResolvers<void>();
        const deadlineMs = deadlineOf(memory, policy);
        const at = clock.now();
        if (deadlineMs !== null && at.monoMs >= deadlineMs) inbox.push({ kind: "tick", at });
        continue;
      }
      const known: Memory = { ...memory, moment: options.moment(), padDraw: random() };
      const [next, effects] = step(known, event, policy);
      memory = next;
      effects.forEach(perform);
      show();
      observed(event, memory);
    }
    signal.removeEventListener("abort", stop);
    await Promise.race([saving, bug.promise]);
  };

  let nextProbeMs = 0;
  const untilDeadline = async (signal: AbortSignal): Promise<void> => {
    const isIll = memory.health.journal.is === "down";
    const deadlineMs = deadlineOf(memory, policy) ?? Number.POSITIVE_INFINITY;
    const nowMs = clock.now().monoMs;
    nextProbeMs = isIll ? Math.min(nextProbeMs, nowMs + probeMs) : nowMs + probeMs;
    const untilMs = isIll ? Math.min(deadlineMs, nextProbeMs) : deadlineMs;
    if (untilMs === Number.POSITIVE_INFINITY) return new Promise(() => {});
    await clock.sleep(Math.max(0, untilMs - nowMs), signal);
    if (signal.aborted || !isIll || clock.now().monoMs < nextProbeMs) return;
    nextProbeMs = clock.now().monoMs + probeMs;
    await probe();
  };

  const probe = async (): Promise<void> => {
    try {
      await journal.probe();
      post({ kind: "room", room: "journal", state: { is: "up" }, at: clock.now() });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, remedy } = error;
      post({ kind: "room", room: "journal", state: { is: "down", code, remedy }, at: clock.now() });
    }
  };

  return {
    post,
    attention: () => attentionOf(memory, policy),
    muster: () => everybodyIn(memory, clock.now(), policy),
    run,
  };
}

/** Nobody foresees the pad from the frames that were drawn before. */
const goodRandom = (): number => randomInt(2 ** 47) / 2 ** 47;

const withEvidence = (body: RecordBody, evidence: Evidence | null): RecordBody =>
  body.type === "punch" && evidence !== null ? { type: "punch", data: { ...body.data, ev: evidence.ev } } : body;
