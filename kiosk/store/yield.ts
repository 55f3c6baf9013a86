import { randomInt } from "node:crypto";
import { Fault } from "../core/fault.ts";
import type { Claim } from "../core/ports/journal.ts";
import { type GenesisData, isBefore, type Position, type RecordBody } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import type { Beginning } from "./builder.ts";
import type { Connection } from "./connection.ts";
import { beforeEverything, type JournalDatabase, type Row } from "./database.ts";
import { eventOf } from "./make-record.ts";
import { endsOf, isAboutPeople } from "./spans.ts";

/**
 * A genuine receipt that cannot be about this journal is about an earlier life of this clock: the disk was restored from
 * an older copy, or the journal was lost. Those numbers are spent, whatever stands under them here.
 */

export interface Standing {
  readonly connection: Pick<Connection, "database" | "head" | "cursors" | "isGone">;
  readonly at: Stamp;
  readonly firmware: string;
}

/** More in one run of the process would be a receiver gone mad. */
export const yieldsMax = 8;
/** Beyond it a life could not be followed by another one. */
const epochMax = 2 ** 31 - 2 ** 22;
/** A disk that was put back does not know what lives there were after it: far enough beyond not to meet one of them. */
const leap = 2 ** 20;

/** What has to begin anew; null where the claim agrees with what is here, or with what was declared before. */
export function contradicted(claim: Claim, { connection, at, firmware }: Standing): Beginning | null {
  const last = Math.max(claim.seq, claim.last);
  if (last < 0 || claim.epoch >= epochMax) return null;
  const database = connection.database();
  const epochs = database.epochs();
  const ends = [...epochs.map(({ epoch, last: seq }) => ({ epoch, seq })), ...endsOf(database, epochs)];
  const known = Math.max(-1, ...ends.filter(({ epoch }) => epoch === claim.epoch).map(({ seq }) => seq));
  const found = claim.seq < 0 ? undefined : database.at(claim);
  const isSame = found?.rh === claim.rh;
  const isOther = found !== undefined && !connection.isGone(found) && !isSame;
  if (!isOther && last <= known) return null;

  const head = connection.head();
  // What any receiver has proved to be as here is not in doubt.
  const proved = [...connection.cursors.values(), ...(isSame ? [claim] : [])].reduce(latest, beforeEverything);
  // Two receivers who disagree: that is for people to look at.
  if (isOther && !isBefore(proved, claim)) return null;
  const isSpent = isOther || claim.epoch >= head.epoch;
  const from = latest(proved, { epoch: Math.min(claim.epoch, head.epoch), seq: -1 });
  const doubtful = isSpent ? rowsAfter(from, database).filter((row) => !connection.isGone(row)) : [];
  const reason: GenesisData["reason"] = isSpent ? "rollback" : known < 0 ? "journal-lost" : "truncated";
  const lost = new Map<number, readonly [number, number]>();
  for (const { epoch, seq } of doubtful) lost.set(epoch, [lost.get(epoch)?.[0] ?? seq, seq]);
  const [first, end] = lost.get(claim.epoch) ?? [known + 1, known];
  lost.set(claim.epoch, [first, Math.max(end, last)]);
  let epoch = Math.max(head.epoch, claim.epoch) + (isSpent ? randomInt(leap) : 0);
  const geneses = [...lost]
    .sort(([a], [b]) => a - b)
    .map(([of, range]) => {
      epoch += 1;
      const isClaimed = of === claim.epoch && range[1] === claim.seq;
      const prev = { epoch: of, seq: range[1], rh: isClaimed ? claim.rh : null };
      return { epoch, reason, prev, lost: range, ticket: null, fw: firmware };
    });
  const again = doubtful.filter(({ type }) => isAboutPeople(type)).map(onceMore);
  return { geneses, again, at };
}

/** Under the same id, so that whoever has it twice can tell. */
function onceMore({ jws, id, committedMs }: Row): Beginning["again"][number] {
  const event = eventOf(jws);
  return { body: { type: event.type.split(".")[2], data: event.data } as RecordBody, utcMs: committedMs, id };
}

const latest = (a: Position, b: Position): Position => (isBefore(a, b) ? b : a);

/** They were never receipted: a backlog, not the whole journal. */
function rowsAfter(position: Position, database: JournalDatabase): readonly Row[] {
  return database.after(position, Number.MAX_SAFE_INTEGER);
}

export const tooManyClaims = (): Fault =>
  new Fault(
    "receipt-invalid",
    `receipts named ${yieldsMax} lives of this clock that it does not know`,
    "Look at the receiver: it receipts what this clock never had. Nothing was lost here.",
  );
