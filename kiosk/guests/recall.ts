import type { VisitAct } from "../core/guests/types.ts";
import type { PersonId } from "../core/person.ts";
import type { Journal } from "../core/ports/journal.ts";
import { isBefore, type Position, type VisitorData } from "../core/record.ts";
import { type KeptVisit, nowhere, type Visits } from "../store/visits.ts";
import { eventOfOwn } from "../uplink/contract/envelope.ts";
import { follow, takeBack } from "./acts.ts";

/** After a start: what the journal says of visits that were not over holds, whatever the book knew when the power went. */

export interface CatchUpOptions {
  readonly visits: Visits;
  readonly journal: Pick<Journal, "head" | "read">;
  /** A visit of which nothing is known. */
  readonly blank: (v: PersonId) => KeptVisit;
}

const pageRecords = 512;
/** How far back the journal is asked about visits that do not say themselves when they began. */
const damagedRecords = 2_048;

export async function catchUp({ visits, journal, blank }: CatchUpOptions): Promise<void> {
  const open = visits.all().filter(({ stage }) => stage !== "expected" && stage !== "over");
  const wanted = new Set([...open.map(({ v }) => v), ...visits.damaged]);
  if (wanted.size === 0) return;
  const acts = lastActs(journal, wanted, beginningOf(journal, open, visits.damaged.length > 0));
  for (const v of visits.damaged) {
    const last = acts.get(v);
    const isHere = last?.act === "in";
    const made = blank(v);
    // Who it was cannot be read: whoever may be inside stays on the list, without a name, until the hour.
    await visits.make({ ...made, stage: isHere ? "here" : "over", inUtcMs: isHere ? last.utcMs : null }, null);
  }
  for (const visit of open) {
    const last = acts.get(visit.v);
    if (last !== undefined) await follow(visits, visit, last.act, last.utcMs);
    // No record at all: nobody was asked and nobody came in.
    else if (visit.stage === "new") await takeBack(visits, visit);
  }
}

function beginningOf(journal: Pick<Journal, "head">, open: readonly KeptVisit[], hasDamaged: boolean): Position {
  const head = journal.head();
  const back: Position = { epoch: head.epoch, seq: Math.max(-1, head.seq - damagedRecords) };
  const starts = [...open.map(({ after }) => after), ...(hasDamaged ? [back] : [])];
  return starts.reduce((first, next) => (isBefore(next, first) ? next : first), starts[0] ?? nowhere);
}

function lastActs(
  journal: Pick<Journal, "read">,
  wanted: ReadonlySet<PersonId>,
  from: Position,
): ReadonlyMap<PersonId, { readonly act: VisitAct; readonly utcMs: number }> {
  const acts = new Map<PersonId, { readonly act: VisitAct; readonly utcMs: number }>();
  let after = from;
  for (;;) {
    const page = journal.read(after, pageRecords);
    for (const { jws, type } of page) {
      if (type !== "visitor") continue;
      const { data, time } = eventOfOwn(jws);
      const { v, act } = data as VisitorData;
      if (wanted.has(v)) acts.set(v, { act, utcMs: Date.parse(time) });
    }
    const last = page.at(-1);
    if (last === undefined) return acts;
    after = { epoch: last.epoch, seq: last.seq };
  }
}
