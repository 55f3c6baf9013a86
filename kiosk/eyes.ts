import type { Event } from "./core/event.ts";
import { Fault } from "./core/fault.ts";
import type { Engine } from "./core/ports/engine.ts";
import type { Camera, Clock, Frame } from "./core/ports/senses.ts";
import type { Screen } from "./core/ports/wall.ts";
import type { Attention } from "./core/sight.ts";

export interface EyesOptions {
  readonly clock: Clock;
  readonly screen: Pick<Screen, "preview">;
  readonly post: (event: Event) => void;
  readonly attention: () => Attention;
  /** A fresh number in [0, 1) for each sight. */
  readonly random: () => number;
}

/** Brings camera and engine together although each may be away: pictures go to the preview always, to the engine when it is free. */
export interface Eyes {
  /** Lends the engine until `signal` aborts; throws its Fault when it dies. */
  readonly lend: (engine: Engine, signal: AbortSignal) => Promise<void>;
  /** Watches the camera until `signal` aborts; throws its Fault when it is lost. */
  readonly watch: (camera: Camera, signal: AbortSignal, healthy: () => void) => Promise<void>;
  readonly forget: () => void;
  /** Since when the engine looks at one picture, monotonic; null while it looks at none. */
  readonly lookingSinceMs: () => number | null;
  /** The picture of this moment, in memory alone; null while no camera is watched. */
  readonly newest: () => Frame | null;
}

/** Four glances a second notice a person before they stand still, and cost an idle clock almost nothing. */
const glanceEveryMs = 250;
/** This many unreadable pictures in a row are a broken camera, not a broken picture. */
const tornFramesMax = 30;

export function createEyes({ clock, screen, post, attention, random }: EyesOptions): Eyes {
  let lent: { readonly engine: Engine; readonly fail: (error: unknown) => void } | null = null;
  let lookingSinceMs: number | null = null;
  let lastGlanceMs = Number.NEGATIVE_INFINITY;
  let tornFrames = 0;
  let newest: Frame | null = null;

  const lend = async (engine: Engine, signal: AbortSignal): Promise<void> => {
    const ended = Promise.withResolvers<void>();
    lent = { engine, fail: ended.reject };
    signal.addEventListener("abort", () => ended.resolve(), { once: true });
    try {
      if (!signal.aborted) await ended.promise;
    } finally {
      lent = null;
    }
  };

  const look = async (frame: Frame, how: Attention): Promise<void> => {
    if (lent === null) return;
    const { engine, fail } = lent;
    lookingSinceMs = clock.now().monoMs;
    try {
      const sight = await engine.observe(frame, how);
      tornFrames = 0;
      post({ kind: "sight", sight, draw: random(), at: clock.now() });
    } catch (error) {
      if (error instanceof Fault && error.code === "frame-torn") tornFrames += 1;
      else fail(error);
    } finally {
      lookingSinceMs = null;
    }
  };

  const watch: Eyes["watch"] = (camera, signal, healthy) =>
    watchFrames(camera, signal, healthy).finally(() => {
      newest = null;
    });

  const watchFrames: Eyes["watch"] = async (camera, signal, healthy) => {
    let isHealthy = false;
    tornFrames = 0;
    for await (const frame of camera.frames(signal)) {
      newest = frame;
      screen.preview(frame);
      if (tornFrames > tornFramesMax) {
        throw new Fault(
          "camera-garbage",
          "the camera's pictures cannot be read",
          "Replug the camera, then try another cable.",
        );
      }
      if (!isHealthy) healthy();
      isHealthy = true;
      const how = attention();
      if (how.effort === "off" || lookingSinceMs !== null) continue;
      if (how.effort === "glance" && frame.at.monoMs - lastGlanceMs < glanceEveryMs) continue;
      lastGlanceMs = frame.at.monoMs;
      void look(frame, how);
    }
  };

  const forget = (): void => {
    if (lent === null) return;
    const { engine, fail } = lent;
    engine.forget().catch(fail);
  };

  return { lend, watch, forget, lookingSinceMs: () => lookingSinceMs, newest: () => newest };
}
