import { join } from "node:path";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import type { GenesisData, Identity, Position } from "../../kiosk/core/record.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import { ensureStateFolder, writeAtomically } from "../../kiosk/store/atomic.ts";
import { carvedKey } from "../../kiosk/store/carve.ts";
import type { Row } from "../../kiosk/store/database.ts";
import { rebuild } from "../../kiosk/store/rebuild.ts";
import type { Readable } from "../../kiosk/store/salvage.ts";
import type { Keys } from "../../kiosk/store/succession.ts";
import type { Head } from "../../kiosk/store/witness.ts";

/** What a new life of a journal takes over from one that cannot go on. */
export interface Inheritance {
  /** Public keys that prove what is taken over. */
  readonly keys: readonly PublicJwk[];
  /** In order; each proved. */
  readonly rows: readonly Row[];
  /** Proved records that stand in the folder's own journal and stay as well. */
  readonly here?: Readable;
  readonly cursors: ReadonlyMap<string, Position>;
  /** Every receiver has what comes before this place. */
  readonly low: Position | null;
  /** The newest record that anybody knows of: everything after it is a number that was never used. */
  readonly newest: Head;
  /** The newest epoch that anybody knows to be used. Default: that of `newest`. */
  readonly newestEpoch?: number;
  readonly reason: Extract<GenesisData["reason"], "reimage" | "rollback" | "journal-lost">;
}

export interface Heir {
  readonly directory: string;
  readonly identity: Identity;
  readonly signer: Keys;
  readonly firmware: string;
  readonly at: Stamp;
}

/**
 * Writes a journal with what is inherited and one genesis, in an epoch above every one that was used: no number of the old
 * life is ever given out again, so whatever its board still does elsewhere cannot become a fork. The records keep their
 * epochs, numbers, ids and signatures; receivers tell them by these.
 *
 * @returns the new head.
 * @throws Fault `state-unwritable`, `disk-full`, `journal-write-failed`: what was there before is there still.
 */
export async function inherit(from: Inheritance, { directory, ...heir }: Heir): Promise<Head> {
  const { rows, cursors, low, newest, reason } = from;
  await ensureStateFolder(directory);
  for (const key of from.keys) {
    await writeAtomically(join(directory, `device.${kidOf(key)}.pub.jwk`), JSON.stringify(key), 0o644);
  }
  const numbers = new Map<number, Set<number>>([...(from.here ?? [])].map(([epoch, some]) => [epoch, new Set(some)]));
  for (const { epoch, seq } of rows) numbers.set(epoch, (numbers.get(epoch) ?? new Set()).add(seq));
  const kept: Readable = new Map(
    [...numbers].sort(([a], [b]) => a - b).map(([epoch, some]) => [epoch, [...some].sort((a, b) => a - b)]),
  );
  const lost = lossIn(from, kept);
  return rebuild(
    {
      ...{ is: "new-epoch", kept, cursors, low, newestEpoch: from.newestEpoch ?? newest.epoch },
      carved: new Map(rows.map((row) => [carvedKey(row), row])),
      declarations: [{ reason, prev: newest, ...(lost === null ? {} : { lost }) }],
    },
    { directory, witnessDirectory: directory, ...heir },
  );
}

/** First and last number of the newest epoch that existed and is neither here nor with every receiver. */
function lossIn({ low, newest }: Inheritance, kept: Readable): readonly [number, number] | null {
  const present = new Set(kept.get(newest.epoch));
  const first = low?.epoch === newest.epoch ? low.seq : low !== null && low.epoch > newest.epoch ? newest.seq + 1 : 0;
  const missing: number[] = [];
  for (let seq = first; seq <= newest.seq; seq += 1) if (!present.has(seq)) missing.push(seq);
  const [from] = missing;
  const to = missing.at(-1);
  return from === undefined || to === undefined ? null : [from, to];
}
