import type { ChosenKind } from "./view.ts";

/** What a person did last, as far as this clock knows. */
export interface LastPunch {
  readonly kind: ChosenKind;
  readonly utcMs: number;
}

/** A shift longer than this was not ended here; the next punch is more likely a new beginning. */
const longestShiftMs = 16 * 60 * 60 * 1000;

const next: Readonly<Record<ChosenKind, ChosenKind>> = {
  in: "out",
  out: "in",
  "break-start": "break-end",
  "break-end": "out",
};

/** What follows by order alone, whatever the time is. */
export const kindAfter = (last: ChosenKind): ChosenKind => next[last];

/** The kind a person most likely means now. A suggestion: they see it and may change it. */
export function suggestKind(last: LastPunch | undefined, nowUtcMs: number): ChosenKind {
  if (last === undefined || nowUtcMs - last.utcMs > longestShiftMs) return "in";
  return next[last.kind];
}

const otherwise: Readonly<Record<ChosenKind, readonly ChosenKind[]>> = {
  in: ["out", "break-end"],
  out: ["break-start", "in"],
  "break-start": ["out", "break-end"],
  "break-end": ["out", "in"],
};

/** What a punch just made may be changed to, likeliest first: two, because three more buttons are a menu. */
export const changesFor = (kind: ChosenKind): readonly ChosenKind[] => otherwise[kind];

const followers: Readonly<Record<ChosenKind, readonly ChosenKind[]>> = {
  in: ["out", "break-start"],
  out: ["in"],
  "break-start": ["break-end", "out"],
  "break-end": ["out", "break-start"],
};

/** What somebody who already punched a moment ago may have meant by coming back. */
export const followersOf = (kind: ChosenKind): readonly ChosenKind[] => followers[kind];

export const isChosenKind = (kind: string): kind is ChosenKind => Object.hasOwn(next, kind);
