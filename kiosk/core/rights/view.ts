/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

export interface RightsView {
  readonly at: "rights";
  readonly name: string;
}

/** What a finger does here. */
export type RightsAct = { readonly act: "close" };
