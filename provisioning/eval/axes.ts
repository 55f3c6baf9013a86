/** Where a value stands on an axis, 0 at its beginning and 1 at its end, and which values are written beside it. */
export interface Axis {
  readonly label: string;
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export function linearAxis(
  label: string,
  from: number,
  to: number,
  step: number,
  text: (value: number) => string,
): Axis {
  const count = Math.round((to - from) / step);
  const ticks = Array.from({ length: count + 1 }, (_, at) => from + at * step);
  return {
    label,
    at: (value) => clamp((value - from) / (to - from)),
    ticks: ticks.map((value) => ({ value, text: text(value) })),
  };
}

/** One tick per power of ten. @param from above 0; smaller values stand at the beginning. */
export function logAxis(label: string, from: number, to: number, text: (value: number) => string): Axis {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  const exponents = Array.from({ length: Math.round(high - low) + 1 }, (_, at) => Math.round(low) + at);
  return {
    label,
    at: (value) => (value <= from ? 0 : clamp((Math.log10(value) - low) / (high - low))),
    ticks: exponents.map((exponent) => ({ value: 10 ** exponent, text: text(10 ** exponent) })),
  };
}

/**
 * The axis of a detection error trade-off: rates by how many standard deviations of a normal distribution they are away
 * from a half, so that normally distributed scores give a straight line (Martin et al., Eurospeech 1997).
 */
export function deviateAxis(
  label: string,
  from: number,
  to: number,
  values: readonly number[],
  text: (value: number) => string,
): Axis {
  const [low, high] = [deviateOf(from), deviateOf(to)];
  return {
    label,
    at: (value) => (value <= from ? 0 : value >= to ? 1 : (deviateOf(value) - low) / (high - low)),
    ticks: values.filter((value) => value >= from && value <= to).map((value) => ({ value, text: text(value) })),
  };
}

/**
 * The inverse of the normal distribution, for shares inside (0, 1): to nine digits.
 * Source: P. J. Acklam, An algorithm for computing the inverse normal cumulative distribution function, 2003.
 */
export function deviateOf(share: number): number {
  if (share < 0.024_25) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(tailAbove, q) / (polynomial(tailBelow, q) * q + 1);
  }
  if (share > 1 - 0.024_25) return -deviateOf(1 - share);
  const q = share - 0.5;
  const r = q * q;
  return (polynomial(middleAbove, r) * q) / (polynomial(middleBelow, r) * r + 1);
}

const polynomial = (factors: readonly number[], x: number): number =>
  factors.reduce((sum, factor) => sum * x + factor, 0);

const middleAbove = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const middleBelow = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const tailAbove = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailBelow = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];

const clamp = (share: number): number => Math.max(0, Math.min(1, share));
