import type { Proportion } from "./proportion.ts";

/** Numbers as people read them; never more digits than the counts carry. */
export const percent = (share: number | null, digits = 1): string =>
  share === null ? "–" : `${(share * 100).toFixed(digits)} %`;

/** 12.5 % (3 of 24; 2.7 to 32.4 %). */
export const withInterval = ({ errors, trials, rate, interval: [low, high] }: Proportion): string =>
  rate === null
    ? "– (no trials)"
    : `${percent(rate)} (${errors} of ${trials}; ${(low * 100).toFixed(1)} to ${percent(high)})`;

export const rateText = (rate: number): string =>
  rate >= 0.01 ? `1 in ${Math.round(1 / rate)}` : `1 in ${grouped(Math.round(1 / rate))}`;

/** 44,960 */
export const grouped = (count: number): string => count.toLocaleString("en-GB");
