import { type Detector, openDetector } from "./detect.ts";
import { type Embedder, openEmbedder } from "./embed.ts";
import { type Landmarks, openLandmarks } from "./landmarks.ts";
import { type Liveness, openLiveness } from "./liveness.ts";
import type { ModelSet } from "./models.ts";

/** The four models, loaded: one session each. */
export interface Networks extends AsyncDisposable {
  readonly models: ModelSet;
  readonly detector: Detector;
  readonly landmarks: Landmarks;
  readonly embedder: Embedder;
  readonly liveness: Liveness;
}

/** The bytes of each model, already compared with their pins. */
export type ModelBytes = Readonly<Record<keyof ModelSet, Uint8Array>>;

/** @throws Fault `model-mismatch`; what was opened before is closed again. */
export async function openNetworks(models: ModelSet, bytes: ModelBytes): Promise<Networks> {
  await using opened = new AsyncDisposableStack();
  const detector = opened.use(await openDetector(models.detector, bytes.detector));
  const landmarks = opened.use(await openLandmarks(models.landmarks, bytes.landmarks));
  const embedder = opened.use(await openEmbedder(models.embedding, bytes.embedding));
  const liveness = opened.use(await openLiveness(models.pad, bytes.pad));
  const stack = opened.move();
  return { models, detector, landmarks, embedder, liveness, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
