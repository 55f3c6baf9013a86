import type { Disclosed, DisclosedProof } from "../core/disclosure.ts";
import { disclosedMax, statementOf } from "../core/disclosure.ts";
import { type DisclosureWish, periodOf, sortFor } from "../core/disclosure-sorting.ts";
import { Fault } from "../core/fault.ts";
import type { Journal, JournalUpkeep, StoredRecord } from "../core/ports/journal.ts";
import { type Identity, type Position, type RecordEvent, sourceOf } from "../core/record.ts";
import type { Actor } from "../core/roles.ts";

/** What this clock still holds of one person and one period, for whoever may demand it. */
export interface Disclosing {
  /**
   * @param days the site's, both included.
   * @throws Fault `desk-refused` where they are no days, or hold more than one package may.
   */
  readonly collect: (days: Omit<DisclosureWish, "timeZone">, actor: Actor, nowUtcMs: number) => Promise<Disclosed>;
  readonly tokenAt: (at: Position) => string | null;
}

export interface DisclosingOptions {
  readonly journal: Pick<Journal, "read" | "at"> & Pick<JournalUpkeep, "proofOf">;
  readonly identity: Identity;
  /** The site's. */
  readonly timeZone: string;
  readonly eventOf: (jws: string) => RecordEvent;
  /** Lets others go on between two pages. */
  readonly breathe: () => Promise<void>;
}

const pageRecords = 256;

export function createDisclosing({ journal, identity, timeZone, eventOf, breathe }: DisclosingOptions): Disclosing {
  const tokenAt = (at: Position): string | null => journal.at(at)?.jws ?? null;

  /** Against the first checkpoint after it; each checkpoint comes along once. */
  const proofIn = (checkpoints: string[], at: Position): DisclosedProof | null => {
    const proof = journal.proofOf(at);
    const token = proof === null ? null : tokenAt(proof.checkpoint);
    if (proof === null || token === null) return null;
    if (!checkpoints.includes(token)) checkpoints.push(token);
    const { index, path } = proof;
    return { checkpoint: checkpoints.indexOf(token), index, size: proof.checkpoint.size, path };
  };

  return {
    tokenAt,
    collect: async (days, actor, nowUtcMs) => {
      const wish = { ...days, timeZone };
      const sorting = sortFor<StoredRecord>(wish.person, periodIn(wish));
      let upto: Position = { epoch: 0, seq: -1 };
      for (let page = journal.read(upto, pageRecords); page.length > 0; page = journal.read(upto, pageRecords)) {
        for (const stored of page) sorting.offer(stored, eventOf(stored.jws), stored);
        upto = page.at(-1) ?? upto;
        await breathe();
      }
      const sorted = sorting.close();
      if (sorted.parts.length > disclosedMax) throw tooMuch();
      const { epoch, seq } = upto;
      const found = [{ source: sourceOf(identity), upto: { epoch, seq }, sorted }];
      const checkpoints: string[] = [];
      const proofs: (DisclosedProof | null)[] = [];
      for (const part of sorted.parts) {
        proofs.push(proofIn(checkpoints, part));
        await breathe();
      }
      const statement = JSON.stringify(statementOf(wish, actor, found, nowUtcMs));
      return { statement, records: sorted.parts.map(({ token }) => token.jws), proofs, checkpoints };
    },
  };
}

function periodIn(wish: DisclosureWish): ReturnType<typeof periodOf> {
  try {
    return periodOf(wish);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const remedy = "Name the first and the last day of the period, such as 2026-11-01 and 2026-11-30.";
    throw new Fault("desk-refused", `${wish.first} to ${wish.last} is no period`, remedy, cause);
  }
}

const tooMuch = (): Fault =>
  new Fault("desk-refused", `this would be more than ${disclosedMax} records`, "Ask for two shorter periods.");
