import type { Person } from "../person.ts";
import type { LeaveData, RecordEvent } from "../record.ts";
import { daysAfter, isDay } from "./days.ts";
import type { AbsenceMemory, AskedLeave } from "./types.ts";
import { type BalanceView, type LeaveKind, type LeaveView, leaveKinds } from "./view.ts";

/** What somebody asked for, by this clock's journal, and what became of it, by the roster. */

type Written = Pick<RecordEvent, "type" | "id" | "data">;

/** So many may wait for the office at a time. */
export const waitingMax = 12;
/** Of one person; the newest stay. */
const keptMax = 48;
/** So long after its last day a request still stands there. */
const staysDays = 14;

/** Records of the journal, oldest first; others than leave are passed over. `before` is what was known already. */
export function withLeave(before: AbsenceMemory, events: readonly Written[]): AbsenceMemory {
  const asked = new Map(before.asked);
  for (const { type, id, data } of events) {
    if (type !== "dev.lintel.leave.v1") continue;
    const { sub, act, k, from, to, ref } = data as LeaveData;
    const own = asked.get(sub) ?? [];
    if (act === "cancelled") {
      const left = own.filter((leave) => leave.id !== ref);
      asked.set(sub, left);
    } else if (isLeaveKind(k)) asked.set(sub, [...own, { id, k, from, to }].slice(-keptMax));
  }
  return { asked };
}

/** Those that wait come first, then by their first day. What the roster says of a request holds. */
export function leaveOf(memory: AbsenceMemory, person: Person, today: string): readonly LeaveView[] {
  const said = new Map((person.requests ?? []).map((request) => [request.ref, request]));
  const here: readonly AskedLeave[] = memory.asked.get(person.id) ?? [];
  const mine = here.map((leave): LeaveView => ({ ...leave, state: said.get(leave.id)?.state ?? "waiting" }));
  const known = new Set(here.map(({ id }) => id));
  // Asked at another clock of the site: the roster is all that this one knows of it.
  const elsewhere = [...said.values()].flatMap(({ ref, state, k, from, to }): readonly LeaveView[] =>
    known.has(ref) || from === undefined || to === undefined || !isSpan(from, to) || !isLeaveKind(k)
      ? []
      : [{ id: ref, k, from, to, state }],
  );
  return [...mine, ...elsewhere]
    .filter(({ to }) => daysAfter(to, staysDays) >= today)
    .sort((a, b) => Number(a.state !== "waiting") - Number(b.state !== "waiting") || (a.from < b.from ? -1 : 1));
}

export const balancesOf = ({ balances = [] }: Person): readonly BalanceView[] =>
  balances.flatMap(({ k, days100, asOf }) => (isLeaveKind(k) && isDay(asOf) ? [{ k, days100, asOf }] : []));

/** What comes from outside may name a day that no calendar has. */
const isSpan = (from: string, to: string): boolean => isDay(from) && isDay(to) && from <= to;

const isLeaveKind = (k: number | undefined): k is LeaveKind => leaveKinds.some((kind) => kind === k);
