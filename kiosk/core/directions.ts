import type { ChosenKind } from "./chosen.ts";

const next: Readonly<Record<ChosenKind, ChosenKind>> = {
  in: "out",
  out: "in",
  "break-start": "break-end",
  "break-end": "out",
};

/** What follows by order alone, whatever the time is. */
export const kindAfter = (last: ChosenKind): ChosenKind => next[last];

const otherwise: Readonly<Record<ChosenKind, readonly ChosenKind[]>> = {
  in: ["out", "break-end"],
  out: ["break-start", "in"],
  "break-start": ["out", "break-end"],
  "break-end": ["out", "in"],
};

/** What a punch just made may be changed to, likeliest first: two, because three more buttons are a menu. */
export const changesFor = (kind: ChosenKind | "transfer"): readonly ChosenKind[] =>
  kind === "transfer" ? [] : otherwise[kind];

const followers: Readonly<Record<ChosenKind, readonly ChosenKind[]>> = {
  in: ["out", "break-start"],
  out: ["in"],
  "break-start": ["break-end", "out"],
  "break-end": ["out", "break-start"],
};

/** What somebody who already punched a moment ago may have meant by coming back. */
export const followersOf = (kind: ChosenKind | "transfer"): readonly ChosenKind[] =>
  followers[kind === "transfer" ? "in" : kind];

/** In the order in which a day brings them. */
export const allKinds: readonly ChosenKind[] = ["in", "break-start", "break-end", "out"];

export const isChosenKind = (kind: string): kind is ChosenKind => Object.hasOwn(next, kind);
