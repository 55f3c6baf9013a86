/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

export interface AlertView {
  readonly at: "alert";
  readonly name: string;
}

/** What a finger does here. */
export type AlertAct = { readonly act: "close" };
