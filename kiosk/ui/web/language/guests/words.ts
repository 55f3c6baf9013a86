/** What the wall says there. */
export interface GuestsWords {
  readonly close: string;
}
