import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a journal held when it was destroyed: enough to compare with what a receiver has, and nobody's name. */
export interface Account {
  readonly records: number;
  /** The newest record: whoever has this one has the whole chain before it. */
  readonly newest: { readonly epoch: number; readonly seq: number; readonly rh: string } | null;
  /** Of each receiver that ever receipted: how many records it had not receipted. */
  readonly unreceipted: readonly { readonly receiver: string; readonly records: number }[];
}

/** @returns null where there is no journal, or none that can be read. */
export function accountOf(state: string): Account | null {
  const file = join(state, "journal.sqlite");
  if (!existsSync(file)) return null;
  try {
    // A write-ahead log beside it is read too, and its last page is folded in: the file is about to be destroyed.
    using db = new DatabaseSync(file);
    const newest = db.prepare("select epoch, seq, rh from record order by epoch desc, seq desc limit 1").get();
    const cursors = db.prepare("select receiver, epoch, seq from cursor order by receiver").all();
    const after = db.prepare("select count(*) as n from record where (epoch, seq) > (?, ?)");
    return {
      records: Number(db.prepare("select count(*) as n from record").get()?.n),
      newest:
        newest === undefined ? null : { epoch: Number(newest.epoch), seq: Number(newest.seq), rh: String(newest.rh) },
      unreceipted: cursors.map(({ receiver, epoch, seq }) => ({
        receiver: String(receiver),
        records: Number(after.get(Number(epoch), Number(seq))?.n),
      })),
    };
  } catch {
    return null;
  }
}
