import type { AlignedFace } from "./align.ts";
import type { EmbeddingSpec } from "./models.ts";
import { writePixels } from "./pixels.ts";
import { openModel } from "./session.ts";
import { normalised } from "./vector.ts";

export interface Embedder extends AsyncDisposable {
  /** @returns `dimension` floats of length 1: who it is, as a direction. */
  readonly embed: (face: AlignedFace) => Promise<Float32Array>;
}

export async function openEmbedder(spec: EmbeddingSpec, bytes: Uint8Array): Promise<Embedder> {
  const { file, input, dimension } = spec;
  const outputs = [{ name: spec.outputs.vector, shape: [1, dimension] }];
  const model = await openModel({ file, bytes, input, outputs });
  return {
    embed: async ({ rgb }) => {
      writePixels(rgb, input, model.input, 0);
      const [vector = new Float32Array(0)] = await model.run();
      // The model's own output has lengths of 2.4 to 5.1: only its direction means anything.
      return normalised(vector);
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
