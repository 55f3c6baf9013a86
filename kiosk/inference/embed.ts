import type { AlignedFace } from "./align.ts";
import { writePixels } from "./pixels.ts";
import { type ModelBytes, openModel } from "./session.ts";
import { openTurn } from "./site-turn.ts";
import type { EmbeddingSpec } from "./specs/embedding.ts";
import { meanDirection, normalised } from "./vector.ts";

export interface Embedder extends AsyncDisposable {
  /** @returns `dimension` floats of length 1: who it is, as a direction. */
  readonly embed: (face: AlignedFace) => Promise<Float32Array>;
  /**
   * The direction between the face and its mirror image, where the manifest says `flip`: a little steadier for twice
   * the work, so for enrolments only.
   */
  readonly embedFlipped: (face: AlignedFace) => Promise<Float32Array>;
}

/** @param turnKey of the site: no vector leaves the embedder unturned. Null: the model's own space. */
export async function openEmbedder(
  spec: EmbeddingSpec,
  bytes: ModelBytes,
  turnKey: Uint8Array | null = null,
): Promise<Embedder> {
  const turn = turnKey && openTurn(turnKey, spec.dimension).turn;
  const { input, dimension, flip } = spec;
  const model = await openModel(spec, bytes, [{ name: spec.outputs.vector, shape: [1, dimension] }]);
  const embed = async ({ rgb }: AlignedFace): Promise<Float32Array> => {
    writePixels(rgb, input, model.input, 0);
    const [vector = new Float32Array(0)] = await model.run();
    // The model's own output has any length (2.4 to 5.1 in the release's): only its direction means anything.
    const direction = normalised(vector);
    return turn === null ? direction : turn(direction);
  };
  return {
    embed,
    embedFlipped: async (face) =>
      flip ? meanDirection([await embed(face), await embed(mirrored(face))]) : embed(face),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

function mirrored({ width, height, rgb }: AlignedFace): AlignedFace {
  const flipped = new Uint8ClampedArray(rgb.length);
  for (let at = 0; at < width * height; at++) {
    const x = at % width;
    const from = (at - x + (width - 1 - x)) * 3;
    for (let channel = 0; channel < 3; channel++) flipped[at * 3 + channel] = rgb[from + channel] ?? 0;
  }
  return { width, height, rgb: flipped };
}
