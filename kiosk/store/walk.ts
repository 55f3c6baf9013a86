import type { KeyObject } from "node:crypto";
import type { KeyOf } from "../core/jws.ts";
import { type CheckpointData, type GenesisData, isBefore, type Position, type RecordEvent } from "../core/record.ts";
import type { JournalDatabase, Row } from "./database.ts";
import { type Flaw, followsOn, isFlaw, type Link, proveRow } from "./proof.ts";
import { later, lowOf } from "./standing.ts";
import { heirOf, kidAfter, kidIn, mayHaveSigned } from "./succession.ts";
import { emptyFrontier, type Frontier, frontierAt, groupLeaves, grow, rootOf, storedHeight } from "./tree.ts";

/** A walk over a journal from its first record on, proving each and how they hang together. */
export interface Walk {
  before: Link | null;
  records: number;
  readonly epochs: (EpochReport & { records: number })[];
  /** The tree of the epoch up to `before`; null where records are gone that it would need. */
  tree: Frontier | null;
  /** What the newest checkpoint that was met announces as forgotten. */
  low: Position | null;
  /** What is missing, until a genesis declares it lost or a checkpoint announced that it is forgotten. */
  readonly gaps: Gap[];
  readonly ends: Map<number, Link>;
  /** Kid of the key that signs the next record; null where the record that says so is not here. */
  signer: string | null;
  /** Keys that a proved keychange handed over to. */
  readonly heirs: Map<string, KeyObject>;
}

export interface EpochReport {
  readonly epoch: number;
  readonly records: number;
  readonly reason: GenesisData["reason"];
  /** Numbers of the epoch before that its genesis declares lost. */
  readonly lost: readonly [number, number] | null;
  /** Numbers after the genesis that were forgotten behind a checkpoint, inclusive. */
  readonly pruned: readonly [number, number] | null;
}

interface Gap {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** What it is where nothing explains it. */
  readonly flaw: Flaw;
}

export const startWalk = (): Walk => ({
  before: null,
  records: 0,
  epochs: [],
  tree: null,
  low: null,
  gaps: [],
  ends: new Map(),
  signer: null,
  heirs: new Map(),
});

/** Takes the next record. @returns what is wrong with it, or null. */
export function take(row: Row, walk: Walk, keyOf: KeyOf, database: JournalDatabase): Flaw | null {
  const event = proveRow(row, (kid) => walk.heirs.get(kid) ?? keyOf(kid), "signature");
  if (isFlaw(event)) return event;
  const { epoch, seq, rh } = row;
  const flaw = followsOn(event, walk.before);
  const isNewEpoch = walk.before?.epoch !== epoch;
  const foreign = handOver(row, event, walk);
  if (flaw !== null) {
    if (flaw.code !== "number-missing") return flaw;
    const sentence = `Record ${epoch}/${flaw.seq} is missing; no genesis declares it lost and no checkpoint forgets it.`;
    walk.gaps.push({ epoch, from: flaw.seq, to: seq - 1, flaw: { ...flaw, sentence } });
    walk.tree = seq % groupLeaves === 0 ? frontierAt(seq, database.tree(epoch)) : null;
  }
  if (foreign !== null) return foreign;
  if (isNewEpoch) {
    if (walk.before !== null) walk.ends.set(walk.before.epoch, walk.before);
    const declared = row.type === "genesis" ? declare(event, walk) : null;
    if (declared !== null) return declared;
    walk.epochs.push({ epoch, records: 0, reason: "factory", lost: null, pruned: null, ...reasonOf(row, event) });
    if (seq === 0) walk.tree = emptyFrontier;
  }
  const unproved =
    (row.type === "checkpoint" ? checkpointFlaw(event, walk, database) : null) ?? plant(row, walk, database);
  if (unproved !== null) return unproved;
  walk.before = { epoch, seq, rh };
  walk.records += 1;
  const current = walk.epochs.at(-1);
  if (current !== undefined) current.records += 1;
  return null;
}

/** Holds who signed against what the chain says of it, and follows a change of keys. */
function handOver(row: Row, event: RecordEvent, walk: Walk): Flaw | null {
  const { epoch, seq, type, jws } = row;
  const flaw = (sentence: string): Flaw => ({ epoch, seq, code: "key-unnamed", sentence });
  const isNext = walk.before?.epoch === epoch && walk.before.seq === seq - 1;
  const may = mayHaveSigned(row, event, isNext ? walk.signer : null);
  walk.signer = kidAfter(row);
  if (!may) return flaw(`Record ${epoch}/${seq} is signed by a key that the chain does not name at this place.`);
  if (type !== "keychange") return null;
  const heir = heirOf(event, kidIn(jws));
  if (heir === null) return flaw(`Record ${epoch}/${seq} hands over to a key that does not show that it is held.`);
  walk.heirs.set(heir.kid, heir.key);
  return null;
}

/** What is wrong with the whole, once every record was taken. Also says of each epoch what was forgotten of it. */
export function closeWalk(walk: Walk): Flaw | null {
  for (const gap of walk.gaps) {
    if (!isForgotten(gap, walk.low)) return gap.flaw;
    const index = walk.epochs.findIndex(({ epoch }) => epoch === gap.epoch);
    const report = walk.epochs[index];
    if (report !== undefined) walk.epochs[index] = { ...report, pruned: [report.pruned?.[0] ?? gap.from, gap.to] };
  }
  return null;
}

const isForgotten = ({ epoch, from, to }: Gap, low: Position | null): boolean =>
  from > 0 && low !== null && isBefore({ epoch, seq: to }, low);

function checkpointFlaw(event: RecordEvent, walk: Walk, database: JournalDatabase): Flaw | null {
  const { epoch, seq } = event;
  const data = event.data as CheckpointData;
  const flaw = (sentence: string): Flaw => ({ epoch, seq, code: "checkpoint-wrong", sentence });
  const name = `Checkpoint ${epoch}/${seq}`;
  walk.low = later(walk.low, lowOf(data));
  if (data.size !== seq || data.head !== event.prev)
    return flaw(`${name} speaks of other records than those before it.`);
  if (walk.tree !== null) {
    return rootOf(walk.tree) === data.root ? null : flaw(`${name} says another root than the records before it have.`);
  }
  // In an epoch that has ended with a loss nothing is built on its tree any more.
  if (database.last()?.epoch !== epoch) return null;
  return flaw(`${name} cannot be proved: what stood for the forgotten records is damaged.`);
}

/** Lets the tree grow by this record, and compares what is stored of it. */
function plant({ epoch, seq, rh }: Row, walk: Walk, database: JournalDatabase): Flaw | null {
  if (walk.tree === null) return null;
  const { frontier, completed } = grow(walk.tree, rh);
  walk.tree = frontier;
  const parts = database.tree(epoch);
  for (const { height, place, hash } of completed) {
    const stored = parts.subtree(height, place);
    if (stored === null || Buffer.compare(stored, hash) === 0) continue;
    const sentence = `The stored tree over the ${2 ** (height - storedHeight)} x ${groupLeaves} records up to ${epoch}/${seq} is another one.`;
    return { epoch, seq, code: "checkpoint-wrong", sentence };
  }
  return null;
}

function reasonOf(row: Row, event: RecordEvent): Pick<EpochReport, "reason" | "lost"> | null {
  if (row.type !== "genesis") return null;
  const { reason, lost } = event.data as GenesisData;
  return { reason, lost: lost ?? null };
}

/** Strikes out the gaps that this genesis declares, and checks that what it says about the epoch before is true. */
function declare(event: RecordEvent, walk: Walk): Flaw | null {
  const { prev, lost } = event.data as GenesisData;
  const { epoch } = event;
  const undeclared = (sentence: string): Flaw => ({ epoch, seq: 0, code: "epoch-undeclared", sentence });
  if (walk.before === null || prev.epoch === null) {
    return walk.before === null ? null : undeclared(`Epoch ${epoch} began without naming the one before it.`);
  }
  if (prev.epoch >= epoch) return undeclared(`Epoch ${epoch} names a later one as the one before it.`);
  const end = walk.ends.get(prev.epoch);
  const known = end?.seq ?? -1;
  const last = prev.seq ?? known;
  if (known > last) return undeclared(`Epoch ${prev.epoch} goes on beyond what the genesis of epoch ${epoch} says.`);
  if (known < last && !(lost && lost[0] <= known + 1 && lost[1] >= last)) {
    const flaw = undeclared(`Records ${prev.epoch}/${known + 1} to ${last} are missing and not declared lost.`);
    walk.gaps.push({ epoch: prev.epoch, from: known + 1, to: last, flaw });
  }
  if (end?.seq === last && prev.rh !== null && prev.rh !== end.rh) {
    return undeclared(`The genesis of epoch ${epoch} names another last record of epoch ${prev.epoch}.`);
  }
  if (lost) {
    const left = walk.gaps.flatMap((gap) => (gap.epoch === prev.epoch ? without(gap, lost) : [gap]));
    walk.gaps.splice(0, walk.gaps.length, ...left);
  }
  return null;
}

/** What of a gap a loss does not explain: a forgotten stretch may begin where a lost record was. */
function without(gap: Gap, [first, last]: readonly [number, number]): readonly Gap[] {
  const pieces = [
    { ...gap, to: Math.min(gap.to, first - 1) },
    { ...gap, from: Math.max(gap.from, last + 1) },
  ];
  return last < gap.from || gap.to < first ? [gap] : pieces.filter(({ from, to }) => from <= to);
}
