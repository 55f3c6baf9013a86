/** What the wall says there. */
export interface RightsWords {
  readonly close: string;
}
