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
 * will punch for somebody else. alert: a supervisor, who says that it is over. consent, rights, absence: the counters where one has to show who one is.
 */
export type Errand = "punch" | "me" | "muster" | "override" | "consent" | "rights" | "absence" | "alert";

/** A rule that says nothing about something holds for all of it. */
export interface WayRule {
  readonly people?: readonly string[] | undefined;
  /** Codes of the roster (`perm`), any of which makes it theirs. */
  readonly groups?: readonly string[] | undefined;
  readonly sites?: readonly string[] | undefined;
  /** Wall times of the site; `until` at or before `from` is on the next day. Days: 1 Monday to 7 Sunday, of `from`. */
  readonly when?: { readonly days: readonly number[]; readonly from: string; readonly until: string } | undefined;
  /** Each by itself is enough: one way, or several that belong together. */
  readonly accepts: readonly (readonly Way[])[];
}
