import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Office } from "./office.ts";
import { journalOf, judge, postgresOf, type Verdict } from "./verdict.ts";
import { startWall, type Thanked, type Wall, type WallPlan } from "./wall.ts";

export const journalFile = (office: Office): string => join(office.state, "journal.sqlite");

/** The clock over all its lives: whoever was thanked by any of them is remembered here. */
export interface Lives extends AsyncDisposable {
  readonly now: () => Wall;
  readonly thanked: () => readonly Thanked[];
  readonly refused: () => readonly string[];
  readonly kill: () => Promise<void>;
  /** A new life; resolves when it takes taps. */
  readonly start: (changes?: Partial<WallPlan>, env?: Readonly<Record<string, string>>) => Promise<Wall>;
  /** Asked to leave, and gone. */
  readonly leave: () => Promise<number | null>;
}

export async function openLives(plan: WallPlan, env: Readonly<Record<string, string>> = {}): Promise<Lives> {
  const past: Wall[] = [];
  let wall = startWall(plan, env);
  await wall.ready();
  return {
    now: () => wall,
    thanked: () => [...past, wall].flatMap(({ thanked }) => thanked),
    refused: () => [...past, wall].flatMap(({ refused }) => refused),
    kill: async () => void (await wall.end("SIGKILL")),
    start: async (changes = {}, otherEnv = env) => {
      past.push(wall);
      wall = startWall({ ...plan, ...changes }, otherEnv);
      await wall.ready();
      return wall;
    },
    leave: () => wall.end("SIGTERM"),
    [Symbol.asyncDispose]: async () => {
      await wall.end("SIGKILL");
    },
  };
}

/**
 * The taps stop; waits until everything that the clock wrote is receipted (or the time is over: the verdict will name what
 * is missing), lets the clock leave, and compares.
 *
 * @param healingMs from now to the last receipt; more than `withinMs` where it did not come.
 */
export async function healedVerdict(
  office: Office,
  clock: Lives,
  sink: string,
  withinMs = 60_000,
): Promise<Verdict & { readonly healingMs: number }> {
  const startedMs = performance.now();
  const wall = clock.now();
  wall.load(0);
  // Taps that wait for the disk have their turn first.
  await delay(300);
  const isHealed = () => {
    const { receipted, head } = wall.news();
    return receipted.epoch === head.epoch && receipted.seq === head.seq;
  };
  while (!isHealed() && performance.now() - startedMs < withinMs) await delay(20);
  const healingMs = performance.now() - startedMs;
  await clock.leave();
  return { ...judge(clock.thanked(), journalOf(journalFile(office)), await postgresOf(sink)), healingMs };
}
