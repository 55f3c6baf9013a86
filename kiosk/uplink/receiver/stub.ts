import { eventOfOwn } from "../contract/envelope.ts";

/** Of a record of which only its place and its hash are left: who it was about is not here any more. */

/** Which of somebody's records are over, by type (`dev.lintel.punch.v1`) and signed time. */
export type IsOver = (type: string, timeMs: number) => boolean;

/** These prove what was done to somebody's data, or hold the log together: they stay. */
const staying: readonly string[] = ["erasure", "keychange", "genesis", "checkpoint", "hole"].map(
  (type) => `dev.lintel.${type}.v1`,
);

/** Whether a stored record is about this person, and over. */
export function isOverAbout(jws: string, sub: string, isOver: IsOver): boolean {
  const { type, time, data } = eventOfOwn(jws) as ReturnType<typeof eventOfOwn> & { readonly data?: unknown };
  if (staying.includes(type) || typeof data !== "object" || data === null) return false;
  const about = data as { readonly sub?: unknown; readonly v?: unknown };
  return (about.sub === sub || about.v === sub) && isOver(type, Date.parse(time));
}
