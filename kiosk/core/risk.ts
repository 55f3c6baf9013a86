/** What a cosine similarity means for one embedding model, as measured; part of its manifest. */
export interface Thresholds {
  /** 1:1, after a badge or a code. */
  readonly verify: number;
  /** False match rate to cosine, rates falling: how rarely two different people reach this similarity. */
  readonly falseMatch: readonly (readonly [rate: number, cosine: number])[];
}

/**
 * The release's own embedding model before one camera, among people who resemble each other: the row to be pessimistic
 * with. From 1e-5 on extrapolated (docs/accuracy.md).
 */
export const measuredThresholds: Thresholds = {
  verify: 0.5,
  falseMatch: [
    [1e-2, 0.458],
    [1e-3, 0.51],
    [1e-4, 0.56],
    [1e-5, 0.6],
    [1e-6, 0.65],
    [1e-7, 0.69],
  ],
};

/**
 * The 1:N threshold for a gallery: a stranger is compared with each of `people`, so the false match rate of one
 * comparison may be `fpirTarget / people` (union bound; ISO/IEC 19795-1 calls the target FPIR). Between two measured
 * rates the cosine follows the logarithm of the rate; it is never below the 1:1 threshold nor above the last row.
 */
export function identifyThreshold(people: number, fpirTarget: number, { verify, falseMatch }: Thresholds): number {
  const rate = fpirTarget / Math.max(1, people);
  const next = falseMatch.findIndex(([measured]) => measured <= rate);
  const upper = falseMatch[next === -1 ? falseMatch.length - 1 : next];
  const lower = falseMatch[next - 1];
  if (upper === undefined) return verify;
  if (next === -1 || lower === undefined) return Math.max(verify, upper[1]);
  const share = Math.log(lower[0] / rate) / Math.log(lower[0] / upper[0]);
  return Math.max(verify, lower[1] + share * (upper[1] - lower[1]));
}
