import "./silence.ts";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Graph, mismatch, type Terminal } from "./graph.ts";

/** @throws Fault `model-mismatch` when the bytes are no ONNX model. */
export async function openOnnx(file: string, bytes: Uint8Array): Promise<Graph> {
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
  return {
    inputs: session.inputMetadata.map(terminal),
    outputs: session.outputMetadata.map(terminal),
    bind: (input, data, shape, outputs) => {
      const feeds = { [input]: new Tensor("float32", data, shape) };
      return async () => {
        const results = await session.run(feeds, outputs).catch((cause: unknown) => {
          throw mismatch(file, "it does not run", cause);
        });
        return outputs.map((name) => {
          const values = results[name]?.data;
          if (!(values instanceof Float32Array)) throw mismatch(file, `output ${name} is not of 32-bit floats`);
          return values;
        });
      };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

const terminal = (value: InferenceSession.ValueMetadata): Terminal => ({
  name: value.name,
  type: value.isTensor ? value.type : "no tensor",
  shape: value.isTensor ? value.shape.map((size) => (typeof size === "number" && size >= 0 ? size : null)) : [],
});
