import type { Effect } from "./event.ts";
import type { Verdict } from "./face-evidence.ts";
import type { Claim, Look, Memory } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { FaceProblem, FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";

/**
 * Whose face the camera knew and whose it missed. A visit counts once, at the moment in which it is known who came:
 *
 * - known: the face was among what showed who they are.
 * - missed: a face stood where the camera sees it for half the time of a look, was like nobody of whom the clock knows
 *   (after a badge: not like the one who was named), and then a badge, a PIN or a pass named somebody, while that face
 *   was there or within `afterMs` after it was last seen; a pad that was opened in that time is waited for.
 *
 * It is no miss, and no hit either, where the face was not in its place (too far, too close, turned, at the edge, several),
 * not long enough, was recognised and then asked for a badge or for a movement, did not seem alive, or where an alarm has
 * faces rest or the camera went away meanwhile: then something else than the face decided. Too dark, too bright and
 * blurred do count, because a camera that serves some skins worse fails in just this way. Whoever shows nothing after it
 * is nobody and is counted nowhere. So misses are counted too low rather than too high; the known weakness is a badge
 * that is lent, whose owner it then counts for. Pure.
 */

/** For so long after a face was last seen its badge may be on its way to the reader. */
const afterMs = 5_000;
/** Between two sights the face may have been gone: no more than this is taken for seen. */
const gapMs = 1_000;

const inItsPlace: ReadonlySet<FaceProblem> = new Set(["too-dark", "too-bright", "blurred"]);

/**
 * For how long the face that is there was to be seen and was like nobody, milliseconds.
 * @param look before this sight.
 * @param alike whom this sight resembles, enough for a punch or not.
 */
export function unknownMsAt(
  look: Look,
  { problem }: FaceSeen,
  alike: PersonId | null,
  verdict: Verdict,
  at: Stamp,
): number {
  if (alike !== null || verdict === "fail") return 0;
  const isInPlace = problem === null || inItsPlace.has(problem);
  return look.unknownMs + (isInPlace ? Math.min(gapMs, Math.max(0, at.monoMs - look.seenMs)) : 0);
}

/** Whether what this look is about was missed, should it end now. */
const isMissed = ({ unknownMs, tries, isSuspect, wantsBadge }: Look, { lookMs }: Policy): boolean =>
  unknownMs >= lookMs / 2 && tries.asked === 0 && !isSuspect && wantsBadge === null;

/** The look ends, or somebody shows something else in the middle of it. */
export function withMissed(memory: Memory, look: Look, at: Stamp, policy: Policy): Memory {
  if (!isMissed(look, policy)) return memory;
  return { ...memory, missed: { track: look.face?.track ?? null, untilMs: at.monoMs + afterMs } };
}

/** As long as the face is there, or its owner types, whoever shows who they are is the one. */
export function stillMissed(memory: Memory, at: Stamp): Memory {
  const { missed, present, state } = memory;
  if (missed === null) return memory;
  if (at.monoMs > missed.untilMs) return { ...memory, missed: null };
  const seenMs = present !== null && present.track === missed.track ? present.seenMs + afterMs : 0;
  const typedMs = state.at === "ways" || state.at === "pin" ? state.untilMs : 0;
  const untilMs = Math.max(missed.untilMs, seenMs, typedMs);
  return untilMs === missed.untilMs ? memory : { ...memory, missed: { ...missed, untilMs } };
}

/** It is known who came: counts their face as known, as missed, or not at all. */
export function served(memory: Memory, { person, proof }: Claim, now: Stamp): readonly [Memory, readonly Effect[]] {
  const { missed, rest } = memory;
  const end = proof.methods.includes("face")
    ? "known"
    : missed !== null && now.monoMs <= missed.untilMs && rest === null
      ? "missed"
      : null;
  const after = missed === null ? memory : { ...memory, missed: null };
  return [after, end === null ? [] : [{ do: "served", person, end }]];
}
