import type { WallTrust } from "./trust.ts";

/** An item of the roster: from, to, kind. Never a reason. */
export interface LeaveItem {
  readonly f: string;
  readonly t: string;
  readonly k: number;
}

export interface OnLeave {
  readonly flag: "leave";
  readonly code: number;
  readonly kind: "leave" | "remote" | "training" | "blocked" | "other";
}

const kinds: Readonly<Record<number, OnLeave["kind"]>> = { 1: "leave", 2: "remote", 3: "training", 9: "blocked" };

/**
 * What the roster says of this moment, `f` inclusive and `t` exclusive; of several the highest kind. The punch is kept and
 * flagged, also where it says `blocked`: a list does not cost anybody paid time. A clock that cannot name the day flags
 * nobody, and an item without a readable beginning and end says nothing.
 */
export function leaveAt(items: readonly LeaveItem[], utcMs: number, { reach }: WallTrust): OnLeave | null {
  if (reach === "nothing") return null;
  const codes = items.filter(({ f, t }) => Date.parse(f) <= utcMs && utcMs < Date.parse(t)).map(({ k }) => k);
  if (codes.length === 0) return null;
  const code = Math.max(...codes);
  return { flag: "leave", code, kind: kinds[code] ?? "other" };
}
