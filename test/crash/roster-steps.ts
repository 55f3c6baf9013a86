import type { RosterStep } from "../../kiosk/core/ports/people.ts";
import { rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";

/** The same steps in every process: version v + 1 replaces everybody with a roster that differs in all of its texts. */
const people = 4_000;

const idOf = (n: number): string => `p_${n.toString(36).padStart(20, "0")}`;
const textOf = (n: number, v: number): string => `{"st":"active","cards":[],"dn":"Person ${n} in ${v}"}`;

/** Whoever is not a multiple comes and goes. */
const isThere = (n: number, v: number): boolean => n % 7 !== v % 7;

export function itemsAt(v: number): ReadonlyMap<string, { readonly v: number; readonly text: string }> {
  const numbers = Array.from({ length: people }, (_, n) => n).filter((n) => v > 0 && isThere(n, v));
  return new Map(numbers.map((n) => [idOf(n), { v, text: textOf(n, v) }]));
}

export function stepFor(have: number): RosterStep {
  const to = have + 1;
  const items = itemsAt(to);
  const leaving = [...itemsAt(have).keys()].filter((id) => !items.has(id));
  return {
    ...{ base: have, to, root: rosterRoot(items) },
    ops: [
      ...leaving.map((id) => ["del", id, to] as const),
      ...[...items].map(([id, { v, text }]) => ["put", id, v, text] as const),
    ],
  };
}
