/** What the wall says there. */
export interface AbsenceWords {
  readonly close: string;
}
