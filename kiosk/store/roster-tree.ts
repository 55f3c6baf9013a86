import { hash } from "node:crypto";
import { toBase64url } from "../core/base64url.ts";
import { breathe } from "./breathe.ts";

/**
 * The tree of RFC 9162, 2.1 over a sorted list of people, kept whole in memory: 64 bytes a person. A change of one leaf
 * costs as many hashes as the tree is high. Who comes or goes moves everybody behind them by a place, so those are hashed
 * anew; that is what a tree by position costs.
 */
export interface RosterTree {
  /** Nodes of each height side by side, 32 bytes each; the leaves first. At least one height. */
  readonly levels: readonly Buffer[];
}

export const nodeBytes = 32;
export const emptyTree: RosterTree = { levels: [Buffer.alloc(0)] };

/** Which leaves differ: these places, ascending, and everything from `from` on. */
export interface Dirty {
  readonly places: readonly number[];
  readonly from: number;
}

/**
 * Hash of one leaf: id, 0, version as 64 bits, SHA-256 of the text.
 *
 * @returns 32 bytes, as text of one byte a character: a Buffer of each hash would keep the garbage collector busier than
 *   the hashing.
 */
export function rosterLeaf(id: string, v: number, text: string): string {
  leafHead.writeBigUInt64BE(BigInt(v));
  const head = `\0${id}\0${leafHead.toString("latin1")}`;
  return hash("sha256", Buffer.from(head + hash("sha256", text, "latin1"), "latin1"), "latin1");
}

const leafHead = Buffer.alloc(8);

/** The tree over other leaves, of which all but the dirty ones are those of `before`, at the same places. */
export async function regrown(before: RosterTree, leaves: Buffer, dirty: Dirty): Promise<RosterTree> {
  const levels = [leaves];
  let { places, from } = dirty;
  let hashes = 0;
  for (let below = leaves; below.length > nodeBytes; ) {
    const count = below.length / nodeBytes;
    const parents = Math.ceil(count / 2);
    const level = Buffer.allocUnsafeSlow(parents * nodeBytes);
    before.levels[levels.length]?.copy(level);
    places = parentsOf(places);
    from = Math.floor(from / 2);
    for (const place of places) {
      if (place >= from) break;
      parentInto(level, below, place);
      if (++hashes % hashesAtOnce === 0) await breathe();
    }
    for (let place = from; place < parents; place += 1) {
      parentInto(level, below, place);
      if (++hashes % hashesAtOnce === 0) await breathe();
    }
    levels.push(level);
    below = level;
  }
  return { levels };
}

/** base64url; of an empty tree, SHA-256 of nothing. */
export function treeRoot({ levels }: RosterTree): string {
  const top = levels.at(-1) ?? Buffer.alloc(0);
  return toBase64url(top.length === 0 ? hash("sha256", "", "buffer") : top);
}

/** Some milliseconds on a small board. */
const hashesAtOnce = 2048;

const pair = Buffer.alloc(1 + 2 * nodeBytes);
pair[0] = 1;

/** A node without a right sibling goes up as it is. */
function parentInto(level: Buffer, below: Buffer, place: number): void {
  const left = 2 * place * nodeBytes;
  if (left + nodeBytes === below.length) {
    below.copy(level, place * nodeBytes, left);
    return;
  }
  below.copy(pair, 1, left, left + 2 * nodeBytes);
  level.write(hash("sha256", pair, "latin1"), place * nodeBytes, "latin1");
}

function parentsOf(places: readonly number[]): readonly number[] {
  const parents: number[] = [];
  for (const place of places) {
    const parent = Math.floor(place / 2);
    if (parents.at(-1) !== parent) parents.push(parent);
  }
  return parents;
}
