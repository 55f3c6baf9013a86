/**
 * What the law of a place asks of whoever uses faces at work, as far as a clock can hold itself to it. Not legal advice:
 * docs/decisions/0015-consent.md names what each row was read in.
 */
export interface Pack {
  /** Nobody younger is asked: nothing of theirs is kept. A policy may ask for more, never for less. */
  readonly minAge: number;
  /** The policy has to name the assessment that was made before: without it faces stay off. */
  readonly wantsAssessment: boolean;
  /** Agreeing needs a signature drawn by hand, and a term that stands in the notice. */
  readonly wantsRelease: boolean;
  /** Days after which an unused face goes at the latest. */
  readonly templateDaysMax: number;
}

const usual: Pack = { minAge: 16, wantsAssessment: false, wantsRelease: false, templateDaysMax: 1_095 };

export const packs = {
  default: usual,
  /** AEPD, guide on presence control by biometrics, November 2023: off unless need and proportion were assessed first. */
  ES: { ...usual, wantsAssessment: true },
  /** DPDP Act 2023, section 9: a child is under eighteen. */
  IN: { ...usual, minAge: 18 },
  /** 740 ILCS 14/15(a) and (b): written release, purpose and term; gone three years after the last interaction. */
  "US-IL": { ...usual, wantsRelease: true },
  /** Texas Business and Commerce Code 503.001: gone a year after the purpose ends. */
  "US-TX": { ...usual, templateDaysMax: 365 },
} as const satisfies Readonly<Record<string, Pack>>;

export type PackName = keyof typeof packs;

export const packOf = (name: PackName): Pack => packs[name];
