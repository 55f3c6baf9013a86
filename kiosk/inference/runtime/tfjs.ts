import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import { type Graph, mismatch, type Terminal } from "./graph.ts";

type Core = typeof import("@tensorflow/tfjs-core");
type Converter = typeof import("@tensorflow/tfjs-converter");

/** What we use of TensorFlow.js, whichever package it comes from. */
export type Tensorflow = Pick<Core, "tensor" | "tidy" | "memory"> & Pick<Converter, "loadGraphModelSync">;

/** Ways to a TensorFlow.js, the best first. Each throws where it cannot be had on this machine. */
export type Loader = () => Promise<Tensorflow>;

/**
 * The operator's own native build: an optional peer, because its installation fetches a library that not every machine
 * can have. The name is a variable so that nobody takes it for something we bring along.
 */
const native: Loader = async () => {
  const name = "@tensorflow/tfjs-node";
  return withDefault((await import(name)) as Tensorflow);
};

/** WebAssembly, its binary read from the package's own folder: nothing is ever fetched. One thread, as in Node always. */
const wasm: Loader = async () => {
  const core = withDefault(await import("@tensorflow/tfjs-core"));
  // Its warnings would go to the console, which is nobody's.
  core.enableProdMode();
  const backend = withDefault(await import("@tensorflow/tfjs-backend-wasm"));
  const { loadGraphModelSync } = withDefault(await import("@tensorflow/tfjs-converter"));
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(dirname(entry) + sep);
  backend.setThreadsCount(1);
  if (!(await core.setBackend("wasm"))) throw new Error("the WebAssembly backend does not start");
  const { tensor, tidy, memory } = core;
  return { tensor, tidy, memory, loadGraphModelSync };
};

/** CommonJS arrives with its exports under `default` where their names could not be found out beforehand. */
function withDefault<T extends object>(module: T): T {
  return "default" in module && typeof module.default === "object" ? { ...module, ...module.default } : module;
}

let known: Promise<Tensorflow> | null = null;

/** The TensorFlow.js of this thread; there is one, because its backends are global. @throws Fault `runtime-missing` */
export function openTensorflow(): Promise<Tensorflow> {
  known ??= firstOf([native, wasm]);
  return known;
}

/** @throws Fault `runtime-missing` where no loader succeeds. */
export async function firstOf(loaders: readonly Loader[]): Promise<Tensorflow> {
  const causes: unknown[] = [];
  for (const load of loaders) {
    try {
      return await load();
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new Fault(
    "runtime-missing",
    "A model needs TensorFlow.js, and none can be loaded here",
    "Run `npm ci` again, or take the models with runtime tfjs out of the manifest.",
    new AggregateError(causes),
  );
}

const graphJson = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()), weights: z.array(z.looseObject({})) })),
});
type ModelJson = Extract<Parameters<Converter["loadGraphModelSync"]>[0], readonly unknown[]>[0];

export interface TfjsWeights {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * @param json the graph's topology, as `tensorflowjs_converter` writes it.
 * @param weights its .bin files, in the order of the topology.
 * @throws Fault `model-mismatch` when the bytes are no graph model with these weights; `runtime-missing`.
 */
export async function openTfjs(
  file: string,
  json: Uint8Array,
  weights: readonly TfjsWeights[],
  tensorflow: Promise<Tensorflow> = openTensorflow(),
): Promise<Graph> {
  const parsed = graphJson.safeParse(parseJson(file, json));
  if (!parsed.success) throw mismatch(file, "it is no TFJS graph model", parsed.error);
  const wanted = parsed.data.weightsManifest.flatMap(({ paths }) => paths);
  const given = weights.map(({ name }) => name);
  if (wanted.join() !== given.join()) {
    throw mismatch(file, `its weights are ${wanted.join(", ")}, the manifest lists ${given.join(", ")}`);
  }
  const tf = await tensorflow;
  const model = ((): ReturnType<Tensorflow["loadGraphModelSync"]> => {
    try {
      // What was parsed has been found to have the two members the loader reads.
      return tf.loadGraphModelSync([parsed.data as unknown as ModelJson, joined(weights)]);
    } catch (cause) {
      throw mismatch(file, "it cannot be loaded", cause);
    }
  })();
  return {
    inputs: model.inputs.map(terminal),
    outputs: model.outputs.map(terminal),
    bind: (input, data, shape, outputs) => async () => {
      const results: Float32Array[] = [];
      try {
        // Every tensor of the run ends with it, the inner ones as well.
        tf.tidy(() => {
          const answer = model.execute({ [input]: tf.tensor(data, [...shape], "float32") }, [...outputs]);
          for (const tensor of Array.isArray(answer) ? answer : [answer]) {
            results.push(Float32Array.from(tensor.dataSync()));
          }
        });
      } catch (cause) {
        throw mismatch(file, "it does not run", cause);
      }
      return results;
    },
    [Symbol.asyncDispose]: async () => {
      model.dispose();
    },
  };
}

function parseJson(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw mismatch(file, "it is no JSON", cause);
  }
}

function joined(weights: readonly TfjsWeights[]): ArrayBuffer {
  const whole = new Uint8Array(weights.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of weights) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole.buffer;
}

/** Outputs that only pass a value on (Identity) tell neither type nor shape, whatever the types promise. */
function terminal(info: { readonly name: string; readonly shape?: number[]; readonly dtype?: string }): Terminal {
  const shape = info.shape?.map((size) => (size >= 0 ? size : null)) ?? null;
  return { name: info.name, type: info.dtype ?? null, shape };
}
