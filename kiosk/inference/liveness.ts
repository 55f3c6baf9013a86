import { logit, probabilityAt, sigmoid } from "./activation.ts";
import type { Picture } from "./picture.ts";
import { type Border, fillTensor, type Rect } from "./pixels.ts";
import { type ModelBytes, openModel } from "./session.ts";
import type { PadSpec } from "./specs/pad.ts";

/** Passive presentation-attack detection. Weak evidence: a speed bump, not a wall (docs/accuracy.md). */
export interface Liveness extends AsyncDisposable {
  /**
   * @param box the detector's own box, not squared.
   * @returns how alive one frame looks, in [0, 1]: the mean over the manifest's models, by their weights.
   */
  readonly score: (picture: Picture, box: Rect) => Promise<number>;
  /** Over how many frames the score is to be averaged before anybody relies on it: what the most doubtful model asks. */
  readonly frames: number;
}

type Crop = PadSpec["crops"][number];

/** @param specs at least one. */
export async function openLiveness(specs: readonly PadSpec[], bytes: ModelBytes): Promise<Liveness> {
  await using opened = new AsyncDisposableStack();
  const judges: Judge[] = [];
  for (const spec of specs) judges.push(opened.use(await openJudge(spec, bytes)));
  const weights = specs.reduce((sum, { weight }) => sum + weight, 0);
  const stack = opened.move();
  return {
    frames: Math.max(...specs.map(({ frames }) => frames)),
    score: async (picture, box) => {
      let sum = 0;
      for (const { weight, score } of judges) sum += weight * (await score(picture, box));
      return sum / weights;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** One model and its own opinion. */
interface Judge extends AsyncDisposable {
  readonly weight: number;
  readonly score: Liveness["score"];
}

async function openJudge(spec: PadSpec, bytes: ModelBytes): Promise<Judge> {
  const { input, crops, classes, activation, liveIndex, weight } = spec;
  const model = await openModel(spec, bytes, [{ name: spec.outputs.logits, shape: [1, classes] }]);
  return {
    weight,
    score: async (picture, box) => {
      const scores: number[] = [];
      for (const crop of crops) {
        fillTensor(picture, cropAround(picture, box, crop), input, model.input, borderOf(crop));
        const [logits = new Float32Array(0)] = await model.run();
        scores.push(probabilityAt(logits, liveIndex, activation));
      }
      return combined(scores, spec.combine);
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** One score of several crops' scores. */
export function combined(scores: readonly number[], combine: PadSpec["combine"]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  switch (combine) {
    case "mean":
      return mean(scores);
    case "logit":
      return sigmoid(mean(scores.map(logit)));
    case "min":
      return Math.min(...scores);
  }
}

/** The box enlarged `scale` times; with `shift`, less where the picture is too small for it, and shifted inside. */
export function cropAround(picture: Picture, box: Rect, { scale, square, clamp }: Crop): Rect {
  const side = Math.max(box.width, box.height);
  const wanted = square === "max" ? { width: side, height: side } : box;
  const fitting =
    clamp === "shift" ? Math.min(scale, picture.width / wanted.width, picture.height / wanted.height) : scale;
  const width = wanted.width * fitting;
  const height = wanted.height * fitting;
  const x = box.x + box.width / 2 - width / 2;
  const y = box.y + box.height / 2 - height / 2;
  if (clamp !== "shift") return { x, y, width, height };
  return {
    x: Math.max(0, Math.min(picture.width - width, x)),
    y: Math.max(0, Math.min(picture.height - height, y)),
    width,
    height,
  };
}

function borderOf({ clamp }: Crop): Border {
  if (clamp === "black") return 0;
  return clamp === "reflect" ? "reflect" : "edge";
}
