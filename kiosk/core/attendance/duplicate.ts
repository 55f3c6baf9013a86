import type { Stamp } from "../time.ts";
import type { Mark } from "./marks.ts";
import type { WallTrust } from "./trust.ts";

/**
 * How long ago somebody punched who punches again within the window; null where it is no second punch of the same thing.
 * The answer is shown and asked about, and never counted silently.
 *
 * Within one boot the monotonic clock decides, whatever happened to the wall clock. Across boots only a wall clock that is
 * good to a minute may, and only about a punch whose time was sure.
 */
export function duplicateSinceMs(question: {
  readonly last: Mark | null;
  readonly now: Stamp;
  readonly boot: number;
  readonly trust: WallTrust;
  readonly windowMs: number;
}): number | null {
  const { last, now, windowMs } = question;
  if (last === null) return null;
  const sinceMs = monotonicSinceMs(last, now, question.boot) ?? wallSinceMs(last, now, question.trust);
  return sinceMs !== null && sinceMs < windowMs ? sinceMs : null;
}

/** A lower reading under the same number: the counter of boots was lost and began anew. */
export function monotonicSinceMs({ mono }: Mark, now: Stamp, boot: number): number | null {
  return mono !== null && mono.boot === boot && now.monoMs >= mono.ms ? now.monoMs - mono.ms : null;
}

/** A badge may have waited for its face, so a moment that is saved later can be earlier. */
const wallSinceMs = ({ time, utcMs }: Mark, now: Stamp, { reach }: WallTrust): number | null =>
  reach === "minutes" && time === "sure" && utcMs !== null ? Math.abs(now.utcMs - utcMs) : null;
