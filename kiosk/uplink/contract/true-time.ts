import { LuError } from "../../core/jws.ts";

/** What is known about true time, and how well. Milliseconds; `errMs` is half the width of the interval. */
export interface TrueTime {
  readonly utcMs: number;
  readonly errMs: number;
}

/** How far a quartz runs away, parts per million. */
const driftPpm = 50;

/**
 * When a record was really made, by a `timefix` of the same boot: records are never rewritten, only understood better.
 *
 * @param record boot and monotonic milliseconds of its time evidence.
 * @throws LuError 1005 where the fix is about another boot.
 */
export function fixedTime(
  record: { readonly boot: number; readonly mono: number },
  fix: { readonly boot: number; readonly mono: number; readonly utc: string; readonly err: number },
): TrueTime {
  if (record.boot !== fix.boot) throw new LuError(1005, "the fix is about another boot");
  const sinceMs = record.mono - fix.mono;
  const driftMs = Math.ceil((Math.abs(sinceMs) * driftPpm) / 1_000_000);
  return { utcMs: Date.parse(fix.utc) + sinceMs, errMs: fix.err + driftMs };
}

/**
 * What a signed answer to "what time is it?" proves: true time lay between what it says and that plus the way.
 *
 * @throws LuError 3004 where it answers another question.
 */
export function timeFromReply(
  asked: { readonly n: string; readonly sentMono: number; readonly gotMono: number },
  reply: { readonly n: string; readonly utc: string },
): { readonly fromMs: number; readonly toMs: number } {
  if (asked.n !== reply.n) throw new LuError(3004, "the answer is to another question");
  const fromMs = Date.parse(reply.utc);
  return { fromMs, toMs: fromMs + asked.gotMono - asked.sentMono };
}
