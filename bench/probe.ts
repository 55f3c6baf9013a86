import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread, Worker } from "node:worker_threads";
import type { Asked } from "../kiosk/inference/messages.ts";

/**
 * Loaded into a kiosk before the kiosk itself (`node --import`): says over the process's own channel how deaf the main
 * thread was and how often the worker was asked to look, since it was asked last. Changes nothing of what it watches.
 */

export interface Probed {
  /** 99th percentile of how late the main thread was. */
  readonly delayMs: number;
  /** Between two full looks that followed each other, milliseconds. */
  readonly betweenLooksMs: readonly number[];
  readonly looks: number;
  readonly glances: number;
}

/** A longer pause is one in which nobody was to be looked at. */
const pauseMs = 1_000;

if (isMainThread && process.send !== undefined) watch(process.send.bind(process));

function watch(answer: (probed: Probed) => void): void {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let between: number[] = [];
  let [looks, glances] = [0, 0];
  let lookedMs = Number.NEGATIVE_INFINITY;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, asked: Asked, ...rest: [never]) {
    note(asked);
    postMessage.call(this, asked, ...rest);
  };
  const note = ({ request }: Asked): void => {
    if (request.ask !== "observe") return;
    if (request.attention.effort !== "look") {
      glances += 1;
      lookedMs = Number.NEGATIVE_INFINITY;
      return;
    }
    const nowMs = performance.now();
    looks += 1;
    if (nowMs - lookedMs < pauseMs) between.push(nowMs - lookedMs);
    lookedMs = nowMs;
  };
  delay.enable();
  process.on("message", () => {
    answer({ delayMs: delay.percentile(99) / 1e6, betweenLooksMs: between, looks, glances });
    delay.reset();
    between = [];
    [looks, glances] = [0, 0];
  });
  // A kiosk ends when it has nothing to do; whoever watches it is no reason to stay.
  process.channel?.unref();
}
