/** What a code means to whoever stands at the clock, and what they do about it. */
export interface Meaning {
  readonly means: string;
  readonly todo: string;
}
