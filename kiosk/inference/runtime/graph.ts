import { Fault } from "../../core/fault.ts";

/** What a graph says about one of its inputs or outputs. */
export interface Terminal {
  readonly name: string;
  /** "float32" is the only one we feed or read. null where the graph does not say. */
  readonly type: string | null;
  /** null where the graph does not say; a size is null where it leaves it open. */
  readonly shape: readonly (number | null)[] | null;
}

/** One loaded model file, whatever runs it. */
export interface Graph extends AsyncDisposable {
  readonly inputs: readonly Terminal[];
  readonly outputs: readonly Terminal[];
  /**
   * Ties a buffer to the graph's input.
   * @param outputs names of what is wanted.
   * @returns a function that runs the graph on what stands in `data` and gives fresh arrays in the order of `outputs`.
   */
  readonly bind: (
    input: string,
    data: Float32Array,
    shape: readonly number[],
    outputs: readonly string[],
  ) => () => Promise<readonly Float32Array[]>;
}

export const mismatch = (file: string, why: string, cause?: unknown): Fault =>
  new Fault(
    "model-mismatch",
    `${file} is not the model described: ${why}`,
    "Run ./provisioning/setup.sh again, or correct the model's entry in your manifest.",
    cause,
  );
