import type { Event } from "./event.ts";
import type { Memory, State } from "./memory.ts";
import type { PersonId } from "./person.ts";
import { waysIn } from "./proof.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";
import type { Way } from "./way.ts";

/**
 * How long one visit took somebody, by which way, and whether it took them anywhere. Read off what the station knows before
 * and after each event; nothing is measured twice.
 *
 * A visit begins with the first of these:
 *
 * - the look at their face, from its first sight;
 * - the first touch that leads to a pad, a pass or a badge;
 * - the tap, when the reader read it: a tap that waits for the disk waits on its owner's time;
 * - the pass before the camera.
 *
 * What somebody had to go through before their own way counts as theirs: a refusal that was shown to them, a movement or a
 * badge that they were asked for, a card or PIN that was not known, a face that they asked for by hand. It counts as long as
 * the words stand and `afterMs` longer. A look that went on beside it does not: the clock hears badge, touch and pass while
 * it looks, so nobody waits for its end.
 *
 * It ends when the punch is durable. Questions about the punch (in or out, a shift left open, twice within a minute) are
 * asked of everybody alike; their time is left out, or it would hide the difference. Whoever came for something else than a
 * punch, whom a supervisor punched for, and whom a disk kept waiting in vain, is no visit of any way.
 *
 * The known weakness: if another person follows within `afterMs` of a refusal, the wait of the first is counted as the
 * second's. So ways without a face are measured too slow rather than too fast. Pure.
 */
export interface WayVisit {
  /** Monotonic. */
  readonly sinceMs: number;
  /** By which they were turned away, if they were. */
  readonly tried: Way | null;
  /** They asked for the camera by hand. */
  readonly wantsFace: boolean;
  /** How long they were asked about the punch itself. */
  readonly askedMs: number;
  readonly askedSinceMs: number | null;
  /** After words on the wall: whoever shows something before this is the one who read them. */
  readonly untilMs: number | null;
}

export type WayEnd =
  /** The person is for counting how many came this way today; they are kept nowhere. */
  | { readonly is: "served"; readonly way: Way; readonly tookMs: number; readonly person: PersonId }
  | { readonly is: "refused"; readonly way: Way };

/** For so long after a refusal left the wall the next sign may be of the same person. */
const afterMs = 5_000;

/** What the face was refused for whose owner the clock thought it knew. Strangers who are looked at have tried nothing. */
const triedBy: Readonly<Partial<Record<RefusedWhy, Way>>> = {
  ...{ "not-live": "face", "needs-badge": "face" },
  "badge-unknown": "badge",
  ...{ "pass-late": "qr", "pass-used": "qr", "pass-elsewhere": "qr" },
};

/** Words that are no answer to a way. */
const elsewhere: readonly RefusedWhy[] = ["not-saved", "not-allowed", "pass-visitor"];

type Followed = readonly [WayVisit | null, readonly WayEnd[]];

export function followed(given: WayVisit | null, before: Memory, event: Event, after: Memory): Followed {
  const { at } = event;
  const isOver = given !== null && given.untilMs !== null && at.monoMs > given.untilMs;
  const lapsed = isOver ? turnedAway(given) : [];
  const visit = isOver ? null : given;
  const end = servedIn(visit, before, event);
  const [next, ends] = entered(end === null ? visit : null, before.state, event, after.state);
  return [next === null ? null : asked(next, after.state, at), [...lapsed, ...(end === null ? [] : [end]), ...ends]];
}

/** The punch that the wall waited for is durable. */
function servedIn(visit: WayVisit | null, { state }: Memory, event: Event): WayEnd | null {
  if (event.kind !== "saved" || event.draft.draft !== "punch") return null;
  const { draft, at } = event;
  const way = wayOf(waysIn(draft));
  if (state.at !== "saving" || state.draft !== draft || draft.kind === "transfer") return null;
  if (visit === null || way === null) return null;
  const askedMs = visit.askedMs + (visit.askedSinceMs === null ? 0 : at.monoMs - visit.askedSinceMs);
  return { is: "served", way, tookMs: Math.max(0, at.monoMs - visit.sinceMs - askedMs), person: draft.person };
}

/** Null for a supervisor's own. Several that belong together are the face's where it is among them: whoever keeps it to themselves does not come so. */
const wayOf = (ways: readonly Way[]): Way | null => (ways.includes("face") ? "face" : (ways[0] ?? null));

const turnedAway = ({ tried }: WayVisit): readonly WayEnd[] => (tried === null ? [] : [{ is: "refused", way: tried }]);

function entered(visit: WayVisit | null, was: State, event: Event, now: State): Followed {
  const { at } = event;
  switch (now.at) {
    case "idle":
      if (visit === null || was.at === "idle") return [visit, []];
      // Passed by, thought better of it, or had nothing more to say.
      if (was.at !== "refused" && visit.tried === null) return [null, []];
      return [{ ...visit, untilMs: at.monoMs + afterMs }, []];
    case "look":
      if (now.claim !== null) return [since(visit, was, now.claim.at), []];
      if (now.errand !== "punch") return [null, []];
      if (was.at === "look" && visit !== null) return [visit, []];
      if (event.kind === "touch") return [{ ...since(visit, was, at), wantsFace: true }, []];
      // A face that the clock looks at anew may be anybody's.
      return [begun(at), visit === null ? [] : turnedAway(visit)];
    case "ways":
      return [since(visit, was, at), []];
    case "pin": {
      if (now.claim !== null) return [since(visit, was, now.claim.at), []];
      if (now.errand !== "punch") return [null, []];
      const theirs = since(visit, was, at);
      return [now.number === "" && now.problem === null ? theirs : { ...theirs, tried: "pin" }, []];
    }
    case "also":
      return [since(visit, was, now.claim.at), []];
    case "choose":
    case "open-shift":
      return [since(visit, was, now.since, isSeen(now.proof.methods)), []];
    case "duplicate":
      return [since(visit, was, at, isSeen(now.proof.methods)), []];
    case "saving": {
      const { draft } = now;
      if (draft.draft !== "punch") return [null, []];
      return [since(visit, was, draft.at, isSeen(draft.methods)), []];
    }
    case "refused": {
      if (elsewhere.includes(now.why)) return [null, []];
      if (was.at === "refused" && was.since === now.since) return [visit, []];
      const theirs = now.why in triedBy && triedBy[now.why] !== "face" ? since(visit, was, now.since) : visit;
      if (theirs === null) return [null, []];
      return [{ ...theirs, tried: triedBy[now.why] ?? (theirs.wantsFace ? "face" : theirs.tried) }, []];
    }
    default:
      return [null, []];
  }
}

/**
 * They go on with what they began, or begin now.
 *
 * @param act when they showed it.
 * @param isFace it is what they were looked at for.
 */
function since(visit: WayVisit | null, was: State, act: Stamp, isFace = false): WayVisit {
  if (visit === null) return begun(act);
  const isBeside = was.at === "look" && was.claim === null && !isFace && !visit.wantsFace;
  if (!isBeside || was.asked !== null || was.tries.asked > 0 || was.wantsBadge !== null)
    return { ...visit, untilMs: null };
  return { ...begun(act), tried: visit.tried };
}

const begun = (at: Stamp): WayVisit => ({
  ...{ sinceMs: at.monoMs, tried: null, wantsFace: false, askedMs: 0, askedSinceMs: null, untilMs: null },
});

const isSeen = (methods: readonly string[]): boolean => methods.includes("face");

/** Stops the clock while a question about the punch stands. */
function asked(visit: WayVisit, { at }: State, { monoMs }: Stamp): WayVisit {
  const { askedMs, askedSinceMs } = visit;
  const isAsked = at === "choose" || at === "open-shift" || at === "duplicate";
  if (isAsked) return askedSinceMs === null ? { ...visit, askedSinceMs: monoMs } : visit;
  return askedSinceMs === null ? visit : { ...visit, askedMs: askedMs + monoMs - askedSinceMs, askedSinceMs: null };
}
