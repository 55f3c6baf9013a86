/**
 * What the law of a place asks of whoever uses faces at work, as far as a clock can hold itself to it. Not legal advice:
 * docs/decisions/0015-consent.md names what each row was read in.
 */
export interface Pack {
  /** Nobody younger is asked: nothing of theirs is kept. A policy may ask for more, never for less. */
  readonly minAge: number;
  /**
   * From this age on a policy may let somebody agree together with a parent or guardian; null: the law of the place wants
   * more of that than a clock can see, or its least age for work is none below `minAge`.
   */
  readonly guardianAge: number | null;
  /** The policy has to name the assessment that was made before: without it faces stay off. */
  readonly wantsAssessment: boolean;
  /** Agreeing needs a signature drawn by hand, and a term that stands in the notice. */
  readonly wantsRelease: boolean;
  /** Days after which an unused face goes at the latest. */
  readonly templateDaysMax: number;
}

/** 15: directive 94/33/EC, article 4, below which nobody works but for light work. */
const usual: Pack = {
  minAge: 16,
  guardianAge: 15,
  wantsAssessment: false,
  wantsRelease: false,
  templateDaysMax: 1_095,
};

export const packs = {
  default: usual,
  /** AEPD, guide on presence control by biometrics, November 2023: off unless need and proportion were assessed first. */
  ES: { ...usual, guardianAge: null, wantsAssessment: true },
  /** DPDP Act 2023, section 9: a child is under eighteen, and who the parent is has to be verified. No clock does that. */
  IN: { ...usual, minAge: 18, guardianAge: null },
  /**
   * 740 ILCS 14/15(a) and (b): written release, of the person or of who acts for them by law; purpose and term; gone three
   * years after the last interaction.
   */
  "US-IL": { ...usual, wantsRelease: true },
  /** Texas Business and Commerce Code 503.001: gone a year after the purpose ends. It names nobody's guardian. */
  "US-TX": { ...usual, guardianAge: null, templateDaysMax: 365 },
} as const satisfies Readonly<Record<string, Pack>>;

export type PackName = keyof typeof packs;

export const packOf = (name: PackName): Pack => packs[name];
