import { maxPayloadBytes } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import type { PagePart } from "../contract/roster.ts";
import { type Roster, rosterRoot } from "../contract/turn-pages.ts";
import { type Letter, letterTo, type Sender } from "./letter.ts";

export interface RosterPublisher {
  /**
   * The pages that lead a clock from one roster to a later one. A clock takes all of them or none.
   *
   * @param before what it has, or `emptyRoster` for a snapshot.
   */
  readonly pages: (device: Identity, before: Roster, after: Roster) => readonly Letter[];
}

/** What a clock has that never had one: pages that lead on from it are a snapshot. */
export const emptyRoster: Roster = { v: 0, items: new Map(), gone: new Map() };

/** @param sender with a key of the role `ros`. */
export function openRosterPublisher(sender: Sender): RosterPublisher {
  return {
    pages: (device, before, after) => pagesBetween(before, after).map((data) => letterTo(device, "ros", data, sender)),
  };
}

type Op = PagePart["ops"][number];

/** What stands around the changes of a page. */
const aroundBytes = 1024;
const opsMax = 2000;

/** @throws RangeError where the later roster is not later, or takes somebody off without saying at which version. */
export function pagesBetween(before: Roster, after: Roster): readonly PagePart[] {
  if (after.v <= before.v) throw new RangeError("a roster only leads on to a later one");
  const pages: Op[][] = [[]];
  let bytes = 0;
  for (const op of changesOf(before, after)) {
    const size = Buffer.byteLength(JSON.stringify(op)) + 1;
    const page = pages.at(-1) ?? [];
    if (page.length > 0 && (bytes + size > maxPayloadBytes - aroundBytes || page.length >= opsMax)) {
      pages.push([op]);
      bytes = size;
    } else {
      page.push(op);
      bytes += size;
    }
  }
  const root = rosterRoot(after.items);
  return pages.map((ops, page) => ({
    ...{ base: before.v, to: after.v, page, pages: pages.length, ops },
    ...(page === pages.length - 1 && { root }),
  }));
}

function* changesOf(before: Roster, after: Roster): Generator<Op> {
  for (const [id, { v, text }] of after.items) {
    if (before.items.get(id)?.v !== v) yield ["put", id, v, text];
  }
  for (const id of before.items.keys()) {
    if (after.items.has(id)) continue;
    const v = after.gone.get(id);
    if (v === undefined) throw new RangeError("somebody was taken off without a version");
    yield ["del", id, v];
  }
}
