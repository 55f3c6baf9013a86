/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

export interface GuestsView {
  readonly at: "guests";
  readonly name: string;
}

/** What a finger does here. */
export type GuestsAct = { readonly act: "close" };
