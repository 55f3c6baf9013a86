/** How the box feels, in figures: for telemetry. Never a name, a person, a card or a score. */
export interface Figures {
  /** `system.memory.used_permille` and the like: `[a-z][a-z0-9_.]*`, the unit last; whole numbers. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Ascending upper bounds and how many fell at or below each, above the one before. */
  readonly histograms?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

/** What a status says of the box. Left out is what this machine cannot tell. */
export interface BoxCondition {
  /** Percent of the journal's disk that is used. */
  readonly disk?: number;
  /** Thousandths of a degree Celsius. */
  readonly temp?: number;
}

export interface Vitals extends AsyncDisposable {
  /**
   * The figures since the call before. What this machine cannot tell is left out; it never throws, and takes at most some
   * tens of milliseconds off the main thread. Not made to be called more often than every few seconds.
   */
  readonly read: () => Promise<Figures>;
  /** As the newest reading had it; costs nothing. */
  readonly condition: () => BoxCondition;
}
