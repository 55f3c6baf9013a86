import type { PadSpec } from "./models.ts";
import type { Picture } from "./picture.ts";
import { fillTensor, type Rect } from "./pixels.ts";
import { openModel } from "./session.ts";

/** Passive presentation-attack detection. Weak evidence: a speed bump, not a wall (docs/accuracy.md). */
export interface Liveness extends AsyncDisposable {
  /**
   * @param box the detector's own box, not squared.
   * @returns how alive one frame looks, in [0, 1]: the mean over the manifest's crops.
   */
  readonly score: (picture: Picture, box: Rect) => Promise<number>;
}

export async function openLiveness(spec: PadSpec, bytes: Uint8Array): Promise<Liveness> {
  const { file, input, crops, liveIndex } = spec;
  const outputs = [{ name: spec.outputs.logits, shape: [1, spec.classes] }];
  const model = await openModel({ file, bytes, input, outputs });
  return {
    score: async (picture, box) => {
      let sum = 0;
      for (const { scale } of crops) {
        fillTensor(picture, cropAround(picture, box, scale), input, model.input);
        const [logits = new Float32Array(0)] = await model.run();
        sum += softmaxAt(logits, liveIndex);
      }
      return sum / crops.length;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** The box enlarged `scale` times, less where the picture is too small for it, then shifted inside the picture. */
export function cropAround(picture: Picture, box: Rect, scale: number): Rect {
  const fitting = Math.min(scale, picture.width / box.width, picture.height / box.height);
  const width = box.width * fitting;
  const height = box.height * fitting;
  const x = Math.max(0, Math.min(picture.width - width, box.x + box.width / 2 - width / 2));
  const y = Math.max(0, Math.min(picture.height - height, box.y + box.height / 2 - height / 2));
  return { x, y, width, height };
}

function softmaxAt(logits: Float32Array, index: number): number {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
  return Math.exp((logits[index] ?? -Infinity) - largest) / sum;
}
