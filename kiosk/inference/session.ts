import { banned, isBannedName } from "./models.ts";
import { type Graph, mismatch, type Terminal } from "./runtime/graph.ts";
import { openOnnx } from "./runtime/onnx.ts";
import type { ModelSpec } from "./specs.ts";

/** One loaded model: its input buffer is written in place, then run; one user at a time. */
export interface Model extends AsyncDisposable {
  /** One picture in the layout of the manifest; write here before `run`. */
  readonly input: Float32Array;
  /** @returns the outputs in the order of `outputs`, as fresh arrays. */
  readonly run: () => Promise<readonly Float32Array[]>;
}

/** The bytes of every model file by its name, already compared with their pins. */
export type ModelBytes = ReadonlyMap<string, Uint8Array>;

/** What an output must be called and how large it must be. */
export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What every kind of model has in common. */
type ModelFile = Pick<ModelSpec, "kind" | "runtime" | "file" | "weights" | "input">;

/**
 * Loads a model, compares names, shapes and types with the manifest, and runs it once so that the first person does not
 * wait.
 * @throws Fault `model-mismatch` when the file is no model, or another one than the manifest describes; `model-banned`
 *   when the graph itself says that it guesses what it must not; `runtime-missing` where nothing here can run it.
 */
export async function openModel(spec: ModelFile, bytes: ModelBytes, outputs: readonly Output[]): Promise<Model> {
  const { file, input } = spec;
  await using opened = new AsyncDisposableStack();
  const graph = opened.use(await openGraph(spec, bytes));
  if (graph.outputs.some(({ name }) => isBannedName(name))) throw banned(spec.kind, file);
  const shape = inputShape(spec);
  checkTerminal(file, graph.inputs, { name: input.name, shape });
  for (const output of outputs) checkTerminal(file, graph.outputs, output);
  const data = new Float32Array(sizeOf(shape));
  const names = outputs.map(({ name }) => name);
  const runBound = graph.bind(input.name, data, shape, names);
  let isRunning = false;
  const run = async (): Promise<readonly Float32Array[]> => {
    // A second writer would have changed the very pixels that are being looked at.
    if (isRunning) throw new Error(`${file} was asked twice at once`);
    isRunning = true;
    try {
      return await runBound();
    } finally {
      isRunning = false;
    }
  };
  // Where the graph left a size open, only a run can tell.
  (await run()).forEach((values, at) => {
    const output = outputs[at];
    if (output === undefined || values.length === sizeOf(output.shape)) return;
    throw mismatch(file, `${output.name} has ${values.length} values, ${output.shape.join(" x ")} expected`);
  });
  const stack = opened.move();
  return { input: data, run, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** @throws Fault `model-mismatch`, `runtime-missing` */
export async function openGraph(spec: Omit<ModelFile, "kind" | "input">, bytes: ModelBytes): Promise<Graph> {
  const { runtime, file, weights } = spec;
  const bytesOf = (name: string): Uint8Array => {
    const found = bytes.get(name);
    if (found === undefined) throw new Error(`nobody read ${name}`);
    return found;
  };
  if (runtime === "onnx") return openOnnx(file, bytesOf(file));
  // Loaded only where a manifest asks for it: it is large, and most clocks never need it.
  const { openTfjs } = await import("./runtime/tfjs.ts");
  return openTfjs(
    file,
    bytesOf(file),
    weights.map((name) => ({ name, bytes: bytesOf(name) })),
  );
}

function inputShape({ input }: Pick<ModelFile, "input">): readonly number[] {
  const { layout, color, width, height } = input;
  const channels = color === "GRAY" ? 1 : 3;
  return layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function checkTerminal(file: string, terminals: readonly Terminal[], { name, shape }: Output): void {
  const found = terminals.find((terminal) => terminal.name === name);
  if (found === undefined) {
    throw mismatch(file, `it has no ${name}, only ${terminals.map((terminal) => terminal.name).join(", ")}`);
  }
  if (found.type !== null && found.type !== "float32")
    throw mismatch(file, `${name} is of type ${found.type}, float32 expected`);
  // What the graph does not say is judged by its first run.
  if (found.shape === null) return;
  // Some exports leave out the batch of one; it changes nothing about the numbers.
  if (fits(found.shape, shape) || (shape[0] === 1 && fits(found.shape, shape.slice(1)))) return;
  const shown = found.shape.map((size) => size ?? "?").join(" x ");
  throw mismatch(file, `${name} is ${shown}, ${shape.join(" x ")} expected`);
}

const fits = (given: readonly (number | null)[], wanted: readonly number[]): boolean =>
  given.length === wanted.length && given.every((size, at) => size === null || size === wanted[at]);
