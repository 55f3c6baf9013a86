import type { Basis, Purpose } from "../privacy-policy.ts";

/** What stands in the notice beside its words, out of the employer's policy. Numbers are days. */
export interface Facts {
  readonly controller: string;
  readonly contact: string;
  readonly dpo: string | null;
  readonly authority: string;
  readonly purposes: readonly Purpose[];
  readonly basis: Basis;
  readonly site: string;
  readonly termDays: number | null;
  /** From which people decide alone. */
  readonly minAge: number;
  readonly templateDays: number;
  readonly consentDays: number;
  readonly policyV: number;
}

export interface Item {
  readonly head: string;
  readonly body: string;
}

/**
 * What people read before they agree, in one language. It is made here and not in the page, so that what is hashed into
 * the record is what stood on the wall. Reading age ten; a changed meaning is a new version (version.ts).
 */
export interface Texts {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  /** What it is, in three sentences. */
  readonly why: readonly [string, string, string];
  readonly items: (facts: Facts) => readonly Item[];
  /** What they put their name to. */
  readonly agree: (facts: Facts) => string;
  /** What is said to a young person and their guardian, before they read the rest together. */
  readonly both: (facts: Facts) => readonly string[];
  /** What the guardian puts their name to. */
  readonly guardianAgree: (facts: Facts) => string;
}
