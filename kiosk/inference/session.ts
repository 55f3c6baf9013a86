import { InferenceSession, Tensor } from "onnxruntime-node";
import { Fault } from "../core/fault.ts";
import type { InputSpec } from "./models.ts";

/** One loaded model: its input buffer is written in place, then run; one user at a time. */
export interface Model extends AsyncDisposable {
  /** 1 x channels x height x width floats; write here before `run`. */
  readonly input: Float32Array;
  /** @returns the outputs in the order of `outputs`, as fresh arrays. */
  readonly run: () => Promise<readonly Float32Array[]>;
}

export interface ModelFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly input: InputSpec;
  /** What the outputs must be called and how large each must be. */
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/**
 * Loads a model, compares its shapes with the manifest, and runs it once so that the first person does not wait.
 * @throws Fault `model-mismatch` when the file is no model, or another one than the manifest describes.
 */
export async function openModel({ file, bytes, input, outputs }: ModelFile): Promise<Model> {
  // One thread per session: with more, the sessions' spinning pools fight for the cores (measured: 60 -> 131 ms).
  const session = await InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
  }).catch((cause: unknown) => {
    throw mismatch(file, "it cannot be loaded", cause);
  });
  const shape = [1, input.color === "GRAY" ? 1 : 3, input.height, input.width];
  checkShape(file, session.inputMetadata, input.name, shape);
  for (const output of outputs) checkShape(file, session.outputMetadata, output.name, output.shape);
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const feeds = { [input.name]: new Tensor("float32", data, shape) };
  const names = outputs.map(({ name }) => name);
  let isRunning = false;
  const run = async (): Promise<readonly Float32Array[]> => {
    // A second writer would have changed the very pixels that are being looked at.
    if (isRunning) throw new Error(`${file} was asked twice at once`);
    isRunning = true;
    const results = await session.run(feeds, names).finally(() => {
      isRunning = false;
    });
    return names.map((name) => {
      const values = results[name]?.data;
      if (!(values instanceof Float32Array)) throw mismatch(file, `output ${name} is not of 32-bit floats`);
      return values;
    });
  };
  await run();
  return { input: data, run, [Symbol.asyncDispose]: () => session.release() };
}

function checkShape(
  file: string,
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
  wanted: readonly number[],
): void {
  const found = metadata.find((value) => value.name === name);
  if (found === undefined) throw mismatch(file, `it has no ${name}`);
  const shape = found.isTensor ? found.shape : [];
  if (shape.length === wanted.length && shape.every((size, at) => size === wanted[at])) return;
  throw mismatch(file, `${name} is ${shape.join(" x ")}, ${wanted.join(" x ")} expected`);
}

const mismatch = (file: string, why: string, cause?: unknown): Fault =>
  new Fault(
    "model-mismatch",
    `${file} is not the model described: ${why}`,
    "Run ./provisioning/setup.sh again.",
    cause,
  );
