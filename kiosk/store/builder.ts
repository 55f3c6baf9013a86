import { noRecordHash } from "../core/chain.ts";
import { Fault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import type { Appended } from "../core/ports/journal.ts";
import type { CheckpointData, GenesisData, Position, RecordBody } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import type { Row } from "./database.ts";
import type { RecordIds } from "./make-record.ts";
import { later } from "./standing.ts";
import { keychangeTo } from "./succession.ts";
import { emptyFrontier, type Frontier, groupLeaves, grow, rootOf, type Subtree } from "./tree.ts";
import type { Head } from "./witness.ts";

/** Makes the records that a commit will write: numbers, links, signatures and the tree, and changes nothing yet. */
export interface Builder {
  /** A record that cannot be made has its fault and takes no number; a checkpoint goes before every 256th. */
  readonly build: (from: Tip, wanted: readonly Wanted[]) => Built & { readonly outcomes: readonly Outcome[] };
  readonly begin: (from: Tip, beginning: Beginning) => Built;
}

export interface Built {
  readonly rows: readonly Omit<Row, "isIntact">[];
  /** Of the newest epoch. */
  readonly subtrees: readonly Subtree[];
  readonly next: Tip;
}

/** Where the journal stands: what the next record is built on. */
export interface Tip {
  readonly head: Head & { readonly type: string };
  readonly tree: Frontier;
  readonly announced: Position | null;
  /** Signs the next record. */
  readonly signer: Signer;
}

/**
 * A record that waits for its number. `low` makes a checkpoint; a place in it announces what is forgotten. `heir` makes a
 * keychange: the key that signs what comes after it.
 */
export type Wanted =
  | { readonly heir: Signer; readonly at: Stamp }
  | { readonly body: RecordBody; readonly at: Stamp }
  | { readonly low: Position | null; readonly at: Stamp };

export type Outcome = { readonly appended: Appended } | { readonly fault: Fault };

/** Builds and signs. @throws Fault `record-too-large`. */
export type Make = (head: Head, id: string, body: RecordBody, at: Stamp, signer: Signer) => Appended;

/** A life of this journal that begins now, and what stood under numbers of an older one that are not ours any more. */
export interface Beginning {
  /** One each, in order: the records go into the last. */
  readonly geneses: readonly (Omit<GenesisData, "keys"> & { readonly epoch: number })[];
  readonly again: readonly { readonly body: RecordBody; readonly utcMs: number; readonly id: string }[];
  readonly at: Stamp;
}

export function openBuilder(make: Make, ids: RecordIds): Builder {
  const start = (from: Tip) => {
    let next = from;
    const rows: Omit<Row, "isIntact">[] = [];
    const subtrees: Subtree[] = [];
    const add = (body: RecordBody, at: Stamp, id = ids.next(at.utcMs)): Appended => {
      const made = make(next.head, id, body, at, next.signer);
      rows.push({ ...made.stored, committedMs: Math.trunc(at.utcMs) });
      const { frontier, completed } = grow(next.tree, made.stored.rh);
      subtrees.push(...completed);
      next = { ...next, head: made.stored, tree: frontier };
      return made;
    };
    const checkpoint = (at: Stamp, low = next.announced): Appended => {
      const made = add(checkpointOf(next, low), at);
      next = { ...next, announced: low };
      return made;
    };
    return {
      add,
      checkpoint,
      checkpointIfDue: (at: Stamp): void => {
        if (next.tree.size % groupLeaves === 0) checkpoint(at);
      },
      tip: () => next,
      go: (changed: Partial<Tip>): void => {
        next = { ...next, ...changed };
      },
      built: (): Built => ({ rows, subtrees, next }),
    };
  };
  const one = (work: ReturnType<typeof start>, wanted: Wanted): Appended => {
    if ("low" in wanted) return work.checkpoint(wanted.at, later(work.tip().announced, wanted.low));
    work.checkpointIfDue(wanted.at);
    if ("body" in wanted) return work.add(wanted.body, wanted.at);
    const { signer, head } = work.tip();
    if (wanted.heir.kid === signer.kid) throw sameKey();
    const appended = work.add(keychangeTo(wanted.heir, signer.kid, head.rh), wanted.at);
    work.go({ signer: wanted.heir });
    return appended;
  };
  return {
    build: (from, wanted) => {
      const work = start(from);
      const outcomes = wanted.map((each): Outcome => {
        try {
          return { appended: one(work, each) };
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          return { fault: error };
        }
      });
      return { ...work.built(), outcomes };
    },
    begin: (from, { geneses, again, at }) => {
      const work = start(from);
      const { kid, alg } = from.signer;
      for (const { epoch, ...data } of geneses) {
        work.go({ head: { epoch, seq: -1, rh: noRecordHash, type: "" }, tree: emptyFrontier });
        work.add({ type: "genesis", data: { ...data, keys: [{ kid, alg, use: "rec" }] } }, at);
      }
      for (const { body, utcMs, id } of again) {
        work.checkpointIfDue(at);
        work.add(body, { ...at, utcMs }, id);
      }
      return work.built();
    },
  };
}

function checkpointOf({ head, tree }: Tip, low: Position | null): RecordBody {
  const announced = low === null ? {} : { low: [low.epoch, low.seq] as const };
  const data: CheckpointData = { size: tree.size, root: rootOf(tree), head: head.rh, ...announced };
  return { type: "checkpoint", data };
}

const sameKey = (): Fault =>
  new Fault("key-unusable", "this key signs already", "Nothing needs to be done: the change was made before.");
