import type { Camera, Clock, Frame } from "../core/ports/senses.ts";
import { newest } from "./newest.ts";
import { type Scene, sceneCommand } from "./scenes.ts";
import { type Patience, type Stream, startStream, usualPatience } from "./stream.ts";

export interface ReplayOptions {
  readonly scenes: readonly Scene[];
  /** Ids, played one after the other and again from the start, until somebody chooses. */
  readonly order: readonly string[];
  readonly label: string;
  readonly clock: Pick<Clock, "now">;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

/** A camera whose lens is pretended: the pictures are real footage, the process and the pipe are those of a real one. */
export interface Replay extends Camera {
  /** Plays this scene at once, then the resting one until somebody chooses again. Unknown ids change nothing. */
  readonly play: (id: string) => void;
  /** Goes on with the order. */
  readonly auto: () => void;
  readonly current: () => { readonly scene: string; readonly auto: boolean };
}

/** @throws what `sceneCommand`'s program may: Fault `tool-missing`, `camera-lost`, `camera-silent`, `camera-garbage`. */
export async function openReplay(options: ReplayOptions): Promise<Replay> {
  const { scenes, order, label, clock, signal, patience = usualPatience } = options;
  signal.throwIfAborted();
  const frames = newest<Frame>();
  const first = Promise.withResolvers<void>();
  const resting = scenes.find(({ source }) => "empty" in source) ?? scenes[0];
  if (resting === undefined) throw new RangeError("a replay needs a scene");
  let number = 0;
  let place = -1;
  let isAuto = true;
  let isClosed = false;
  let scene = resting;
  let stream: Stream | null = null;
  /** Switches happen one after the other: at no time do two processes write pictures. */
  let switching: Promise<void> = Promise.resolve();

  const show = (next: Scene): void => {
    scene = next;
    switching = switching.then(async () => {
      await stream?.stop();
      // Somebody chose again while the last one was closing.
      if (isClosed || scene !== next) return;
      stream = startStream(
        sceneCommand(next),
        {
          onJpeg: (jpeg) => {
            frames.put({ jpeg, number, at: clock.now() });
            number += 1;
            first.resolve();
          },
          onEnd: (fault) => {
            if (fault === null) follow();
            else {
              frames.end(fault);
              first.reject(fault);
            }
          },
        },
        patience,
      );
    });
  };

  const follow = (): void => {
    if (!isAuto) {
      show(resting);
      return;
    }
    place = (place + 1) % order.length;
    const next = scenes.find(({ id }) => id === order[place]);
    if (next === undefined) throw new RangeError("the order names a scene that there is not");
    show(next);
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    frames.end();
    await switching;
    await stream?.stop();
  };

  const giveUp = (): void => first.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  follow();
  try {
    await first.promise;
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }

  return {
    label,
    simulated: true,
    frames: frames.values,
    play: (id) => {
      const chosen = scenes.find((candidate) => candidate.id === id);
      if (chosen === undefined) return;
      isAuto = false;
      show(chosen);
    },
    auto: () => {
      isAuto = true;
      follow();
    },
    current: () => ({ scene: scene.id, auto: isAuto }),
    [Symbol.asyncDispose]: close,
  };
}
