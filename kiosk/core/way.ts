import type { Method } from "./record.ts";

/** How somebody says who they are. They stand beside each other: none of them is the one that the others replace. */
export type Way = "face" | "badge" | "pin" | "qr";

/** In the order in which the wall offers them. */
export const allWays: readonly Way[] = ["badge", "pin", "qr", "face"];

/** How each stands in the record. */
export const methodOf: Readonly<Record<Way, Extract<Method, "face" | "card" | "pin" | "qr">>> = {
  face: "face",
  badge: "card",
  pin: "pin",
  qr: "qr",
};

/**
 * What somebody wants who says who they are.
 * punch: what a wall is for. me: their own hours, nothing is punched. muster: who is in. override: a supervisor, who
 * will punch for somebody else.
 */
export type Errand = "punch" | "me" | "muster" | "override";
