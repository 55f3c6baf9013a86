import type { LeaveKind } from "../../kinds.ts";

type Told = { readonly say: string; readonly more: string };

/** What the wall says about leave. */
export interface AbsenceWords {
  readonly say: (name: string) => string;
  readonly kinds: Readonly<Record<LeaveKind, string>>;
  readonly balance: (days: number, kind: string) => string;
  /** A balance never stands without its date. */
  readonly asOf: (balance: string, day: string) => string;
  /** With the thanks: a punch on leave is kept. */
  readonly onLeave: string;
  readonly noBalance: string;
  readonly ask: string;
  readonly state: Readonly<Record<"waiting" | "granted" | "declined", string>>;
  readonly span: (from: string, to: string) => string;
  readonly kind: string;
  readonly first: string;
  readonly last: string;
  readonly earlier: string;
  readonly later: string;
  readonly lastMore: (first: string) => string;
  readonly days: (days: number) => string;
  readonly overlaps: string;
  readonly confirm: string;
  readonly send: string;
  readonly cancel: string;
  readonly takeBack: string;
  readonly saving: string;
  readonly told: Readonly<Record<"asked" | "cancelled", Told>>;
  readonly notSaved: Told;
}
