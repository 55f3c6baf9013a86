import { type Dirty, nodeBytes, type RosterTree } from "./roster-tree.ts";

/** What a step makes of one person: their leaf as `rosterLeaf` gives it, or null where they are gone. */
export interface Change {
  readonly id: string;
  readonly leaf: string | null;
}

export interface Merged {
  /** Sorted. */
  readonly ids: readonly string[];
  /** Leaves in the same order, 32 bytes each. */
  readonly leaves: Buffer;
  readonly dirty: Dirty;
  /** Who is new or whose leaf is another. */
  readonly changed: ReadonlySet<string>;
  /** Who was there and is not any more. */
  readonly left: readonly string[];
}

/** @param ids sorted. @param changes sorted, each id once; who is gone need not have been there. */
export function merged(ids: readonly string[], tree: RosterTree, changes: readonly Change[]): Merged {
  const [before = Buffer.alloc(0)] = tree.levels;
  const places = changes.map(({ id }) => placeOf(ids, id));
  const isIn = places.map((place, index) => ids[place] === changes[index]?.id);
  const moves = changes.map(({ leaf }, index) => (leaf === null) === isIn[index]);
  const changed = new Set<string>();
  const left = changes.filter(({ leaf }, index) => leaf === null && isIn[index]).map(({ id }) => id);
  const first = moves.indexOf(true);
  const growth = changes.reduce((sum, { leaf }, n) => sum + (moves[n] ? (leaf === null ? -1 : 1) : 0), 0);
  const leaves = Buffer.allocUnsafeSlow((ids.length + growth) * nodeBytes);
  const dirty: number[] = [];
  const after: string[] = [];
  let from = 0;
  let to = 0;
  /** People between two changes keep their leaves. */
  const copyUntil = (place: number) => {
    before.copy(leaves, to * nodeBytes, from * nodeBytes, place * nodeBytes);
    if (first !== -1) for (let one = from; one < place; one += 1) after.push(ids[one] ?? "");
    to += place - from;
    from = place;
  };
  for (const [index, { id, leaf }] of changes.entries()) {
    const place = places[index] ?? 0;
    copyUntil(place);
    const old = isIn[index] ? before.toString("latin1", place * nodeBytes, (place + 1) * nodeBytes) : null;
    if (isIn[index]) from += 1;
    if (leaf === null) continue;
    leaves.write(leaf, to * nodeBytes, "latin1");
    if (first !== -1) after.push(id);
    if (old !== leaf) {
      changed.add(id);
      dirty.push(to);
    }
    to += 1;
  }
  copyUntil(ids.length);
  // Everybody behind the first who came or went stands at another place.
  const moved = first === -1 ? leaves.length / nodeBytes : (places[first] ?? 0);
  return { ids: first === -1 ? ids : after, leaves, dirty: { places: dirty, from: moved }, changed, left };
}

/** Where it is, or would be. */
function placeOf(ids: readonly string[], id: string): number {
  let low = 0;
  for (let high = ids.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? "") < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
