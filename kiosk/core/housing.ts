/** What the setting `housing` may be: which switch knows whether the clock's housing is open. */
export const housingPattern = /^(none|gpio:gpiochip\d{1,3}\/\d{1,4}(:(high|low))?|hwmon:\/.+|sim:.+)$/;

/** What was last seen of it; null: it was never seen closed, so nobody relies on it yet. */
export interface HousingSeen {
  readonly isOpen: boolean | null;
}
