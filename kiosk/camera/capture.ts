import { Fault } from "../core/fault.ts";
import type { Camera, Clock, Frame } from "../core/ports/senses.ts";
import type { Command } from "./commands.ts";
import { newest } from "./newest.ts";
import { type Patience, startStream, usualPatience } from "./stream.ts";

export interface CaptureOptions {
  readonly command: Command;
  readonly label: string;
  readonly clock: Pick<Clock, "now">;
  /** Gives up opening; an opened camera is ended by disposing it. */
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

/**
 * Opens a real camera: one subprocess that writes MJPEG. Resolves with the first picture there, so that whoever waits
 * knows that it works.
 * @throws Fault `tool-missing`, `camera-silent`, `camera-garbage` or `camera-lost`; the signal's reason when aborted.
 *   In every case no process is left behind.
 */
export async function openCapture({ command, label, clock, signal, patience }: CaptureOptions): Promise<Camera> {
  signal.throwIfAborted();
  const frames = newest<Frame>();
  const first = Promise.withResolvers<void>();
  let number = 0;

  const stream = startStream(
    command,
    {
      onJpeg: (jpeg) => {
        frames.put({ jpeg, number, at: clock.now() });
        number += 1;
        first.resolve();
      },
      onEnd: (fault) => {
        const failure = fault ?? ended();
        frames.end(failure);
        first.reject(failure);
      },
    },
    patience ?? usualPatience,
  );

  const giveUp = () => first.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await first.promise;
  } catch (error) {
    await stream.stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }

  return {
    label,
    simulated: false,
    frames: frames.values,
    [Symbol.asyncDispose]: async () => {
      frames.end();
      await stream.stop();
    },
  };
}

const ended = (): Fault =>
  new Fault("camera-lost", "The camera's program ended by itself", "Check the camera's cable and plug it in again.");
