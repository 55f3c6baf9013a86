import { type Detector, openDetector } from "./detect.ts";
import { type Embedder, openEmbedder } from "./embed.ts";
import { type Eye, openEye } from "./eye.ts";
import { type Landmarks, openLandmarks } from "./landmarks.ts";
import { type Liveness, openLiveness } from "./liveness.ts";
import type { ModelSet } from "./models.ts";
import type { ModelBytes } from "./session.ts";

export type { ModelBytes } from "./session.ts";

/** All models, loaded: one session each. */
export interface Networks extends AsyncDisposable {
  readonly models: ModelSet;
  readonly detector: Detector;
  readonly landmarks: Landmarks;
  readonly embedder: Embedder;
  readonly liveness: Liveness;
  readonly eye: Eye | null;
}

/**
 * @param turnKey of the site, as for `openEmbedder`.
 * @throws Fault `model-mismatch`, `model-banned`, `runtime-missing`; what was opened before is closed again.
 */
export async function openNetworks(
  models: ModelSet,
  bytes: ModelBytes,
  turnKey: Uint8Array | null = null,
): Promise<Networks> {
  await using opened = new AsyncDisposableStack();
  const detector = opened.use(await openDetector(models.detector, bytes));
  const landmarks = opened.use(await openLandmarks(models.landmarks, bytes));
  const embedder = opened.use(await openEmbedder(models.embedding, bytes, turnKey));
  const liveness = opened.use(await openLiveness(models.pads, bytes));
  const eye = models.eye === null ? null : opened.use(await openEye(models.eye, bytes));
  const stack = opened.move();
  return { models, detector, landmarks, embedder, liveness, eye, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
