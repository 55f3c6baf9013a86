/** A share of trials, and what so many trials can prove about it. */
export interface Proportion {
  readonly errors: number;
  readonly trials: number;
  /** errors / trials; null where there were no trials. */
  readonly rate: number | null;
  /** 95 %, two-sided, Clopper-Pearson; [0, 1] where there were no trials. */
  readonly interval: readonly [low: number, high: number];
  /**
   * Only where no error was seen: with 95 % confidence the true rate is below this. ISO/IEC 19795-1 calls it the rule of
   * 3 and writes 3 / trials; never above 1.
   */
  readonly ruleOfThree: number | null;
}

/** How sure an interval is. */
const confidence = 0.95;

/**
 * The exact interval of Clopper and Pearson (Biometrika 26, 1934): it covers the true rate in at least 95 % of
 * experiments whatever that rate is, also at 0 and 1, and is never narrower than the truth. Wilson's is shorter and
 * right on average only; whoever signs for a door wants the former.
 *
 * It holds for independent trials. Pairs of pictures that share a person are none: see `bootstrap.ts` for those.
 */
export function proportionOf(errors: number, trials: number): Proportion {
  if (trials === 0) return { errors, trials, rate: null, interval: [0, 1], ruleOfThree: null };
  const tail = (1 - confidence) / 2;
  const low = errors === 0 ? 0 : betaQuantile(tail, errors, trials - errors + 1);
  const high = errors === trials ? 1 : betaQuantile(1 - tail, errors + 1, trials - errors);
  return {
    errors,
    trials,
    rate: errors / trials,
    interval: [low, high],
    ruleOfThree: errors === 0 ? Math.min(1, 3 / trials) : null,
  };
}

/** Halving never fails, and 60 halvings are all a double can tell apart. */
function betaQuantile(share: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (betaShare(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The regularised incomplete beta function: the share of a Beta(a, b) below x, in [0, 1].
 * Source: Press et al., Numerical Recipes, 3rd edition, section 6.4 (Lentz's continued fraction).
 */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on one side of the mean only; the other side is its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (front * continuedFraction(x, a, b)) / a
    : 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln of the gamma function for x > 0, after Lanczos (g = 7, n = 9): 15 digits. */
function logGamma(x: number): number {
  const shifted = x - 1;
  const sum = lanczos.reduce((total, factor, at) => total + (at === 0 ? factor : factor / (shifted + at)), 0);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.999_999_999_999_809_9, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_1,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
];
