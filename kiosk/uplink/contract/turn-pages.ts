import { createHash } from "node:crypto";
import { toBase64url } from "../../core/base64url.ts";
import { merkleRoot } from "../../core/chain.ts";
import { LuError } from "../../core/jws.ts";
import type { PagePart } from "./roster.ts";

/** Who may use the clock, as far as the uplink is concerned: versions and texts. */
export interface Roster {
  readonly v: number;
  readonly items: ReadonlyMap<string, RosterEntry>;
  /** Versions at which people were taken off: an older page cannot bring them back. */
  readonly gone: ReadonlyMap<string, number>;
}

interface RosterEntry {
  readonly v: number;
  readonly text: string;
}

/** RFC 9162 root over the items in order of their ids; leaf: id, 0, version as 64 bits, SHA-256 of the text. */
export function rosterRoot(items: Roster["items"]): string {
  const ids = [...items.keys()].sort();
  return merkleRoot(ids.map((id) => leafData(id, items.get(id))));
}

function leafData(id: string, entry: RosterEntry | undefined): string {
  if (entry === undefined) throw new RangeError("an id without its item");
  const v = Buffer.alloc(8);
  v.writeBigUInt64BE(BigInt(entry.v));
  const text = createHash("sha256").update(entry.text).digest();
  return toBase64url(Buffer.concat([Buffer.from(id), Uint8Array.of(0), v, text]));
}

/**
 * All pages of one step, or nothing: the roster that follows.
 *
 * @param pages in any order, verified; each of them once.
 * @throws LuError 1001 pages of different steps or not all of them; 4001, 4002, 4003.
 */
export function turnPages(have: Roster, pages: readonly PagePart[]): Roster {
  const ordered = pages.toSorted((a, b) => a.page - b.page);
  const [first] = ordered;
  const last = ordered.at(-1);
  if (first === undefined || last === undefined) throw new LuError(1001, "no pages");
  const isOneStep = ordered.every(
    ({ base, to, pages: of }) => base === first.base && to === first.to && of === first.pages,
  );
  const isWhole = ordered.length === first.pages && ordered.every(({ page }, index) => page === index);
  if (!isOneStep || !isWhole) throw new LuError(1001, "these are not all pages of one step");
  if (first.to <= have.v) throw new LuError(4003, "the roster is not newer");
  if (first.base !== 0 && first.base !== have.v) throw new LuError(4001, "the roster leads on from another version");
  const items = new Map(first.base === 0 ? [] : have.items);
  const gone = new Map(have.gone);
  for (const [op, id, v, text = ""] of ordered.flatMap(({ ops }) => ops)) {
    if (v <= Math.max(items.get(id)?.v ?? 0, gone.get(id) ?? 0)) throw new LuError(4003, "an item is not newer");
    if (op === "put") items.set(id, { v, text });
    else items.delete(id);
    if (op === "put") gone.delete(id);
    else gone.set(id, v);
  }
  if (last.root !== rosterRoot(items)) throw new LuError(4002, "the items do not give the root");
  return { v: first.to, items, gone };
}
