import { setTimeout as wait } from "node:timers/promises";
import { readTrial } from "./disk.ts";
import type { Pace } from "./pace.ts";
import type { Places } from "./places.ts";
import { illnessOf, type Sight } from "./wall.ts";

/** Watches a version that was switched to, from outside, until it is clear whether it stays. */

export type Judged =
  | { readonly is: "well"; readonly atMs: number }
  | { readonly is: "ill"; readonly why: string }
  /** Somebody else, the next start above all, ended the trial meanwhile. */
  | { readonly is: "gone" };

export interface Judging {
  readonly places: Places;
  readonly sight: () => Promise<Sight>;
  readonly pace: Pace;
}

/** @param before as the clock was under the version before; null where nobody looked. */
export async function judge({ places, sight, pace }: Judging, version: string, before: Sight | null): Promise<Judged> {
  const begunMs = performance.now();
  let since: { readonly atMs: number } | null = null;
  let starts: number | null = null;
  let wasReady = false;
  for (let why = "not-ready"; ; ) {
    const trial = await readTrial(places);
    if (trial?.is !== "counted" || trial.version !== version) return { is: "gone" };
    // Started once more while somebody looks on: it died, or systemd ended it. Whoever does that once is not waited for.
    if (starts !== null && trial.starts > starts) return { is: "ill", why: "starts" };
    starts = trial.starts;
    const now = await sight();
    const illness = illnessOf(now, version, before);
    const nowMs = performance.now();
    wasReady ||= now.state === "active";
    if (illness !== null) since = null;
    else since ??= { atMs: nowMs };
    if (since !== null && nowMs - since.atMs >= pace.steadyMs) return { is: "well", atMs: since.atMs };
    why = illness ?? why;
    const patienceMs = wasReady ? pace.healthMs : pace.readyMs;
    if (nowMs - begunMs > patienceMs) return { is: "ill", why };
    await wait(pace.lookMs);
  }
}

/**
 * Waits until a start that was asked for is counted, which happens after the clock that ran has ended, or until the trial
 * is over. What is not counted after `withinMs` never began.
 */
export async function onceCounted({ places, pace }: Judging, version: string, withinMs: number): Promise<void> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await wait(pace.lookMs / 10)) {
    const trial = await readTrial(places);
    if (trial?.is !== "counted" || trial.version !== version || trial.starts > 0) return;
  }
}

/** Whether this version answers; one that somebody else is starting just now is waited for. */
export async function answers({ sight, pace }: Judging, version: string): Promise<boolean> {
  for (const endMs = performance.now() + pace.readyMs; ; await wait(pace.lookMs)) {
    const { state, wall } = await sight();
    if (wall?.fw === version) return true;
    if (state !== "activating" || performance.now() > endMs) return false;
  }
}
