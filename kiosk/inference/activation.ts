import type { Activation } from "./specs/common.ts";

/** Probability of one class, in [0, 1]. @param values of all classes, starting at `from`. */
export function probabilityAt(
  values: Float32Array,
  index: number,
  activation: Activation,
  from = 0,
  classes = values.length - from,
): number {
  const value = values[from + index] ?? Number.NaN;
  switch (activation) {
    case "none":
      return Math.max(0, Math.min(1, value));
    case "sigmoid":
      return sigmoid(value);
    case "softmax": {
      let largest = -Infinity;
      for (let at = from; at < from + classes; at++) largest = Math.max(largest, values[at] ?? -Infinity);
      let sum = 0;
      for (let at = from; at < from + classes; at++) sum += Math.exp((values[at] ?? -Infinity) - largest);
      return Math.exp(value - largest) / sum;
    }
  }
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** The inverse of `sigmoid`, finite also for a model that is perfectly sure. */
export function logit(probability: number): number {
  const inside = Math.max(1e-6, Math.min(1 - 1e-6, probability));
  return Math.log(inside / (1 - inside));
}
