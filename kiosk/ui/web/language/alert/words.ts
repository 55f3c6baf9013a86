/** What the wall says there. */
export interface AlertWords {
  readonly close: string;
}
