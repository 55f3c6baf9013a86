/** What the wall says there. */
export interface ConsentWords {
  readonly close: string;
}
