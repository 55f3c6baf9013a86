import { setTimeout as delay } from "node:timers/promises";
import { type BadCable, openProxy } from "../crash/proxy.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { until } from "../unit/uplink/parts.ts";
import { openMosquitto } from "./broker.ts";
import type { Chance } from "./chance.ts";
import { healedVerdict, type Lives, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import type { Verdict } from "./verdict.ts";
import type { WallPlan } from "./wall.ts";

export interface Scene {
  readonly clock: Lives;
  readonly cable: BadCable;
}

export interface NetworkOutcome extends Verdict {
  readonly healingMs: number;
  readonly connections: number;
  readonly segments: { readonly lost: number; readonly all: number };
}

/** A clock behind a bad cable and everything else well; `act` makes the weather while the clock is punched at. */
async function behindCable(
  random: () => number,
  plan: Partial<WallPlan>,
  act: (scene: Scene) => Promise<void>,
): Promise<NetworkOutcome> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const cable = stack.use(await openProxy(broker.port, random));
  const sink = await database.create();
  const receiver = stack.use(office.hire(broker.url, sink));
  await receiver.listens();
  const { state, receiptKey } = office;
  const clock = stack.use(await openLives({ state, receiptKey, brokerUrl: cable.url, ...plan }));
  await act({ clock, cable });
  const verdict = await healedVerdict(office, clock, sink, 90_000);
  return { ...verdict, connections: cable.connections(), segments: cable.segments() };
}

const receiptedSeq = ({ clock }: Scene): number => clock.now().news().receipted.seq;

/** Of every hundred segments so many are lost, both ways; while it is so, receipts go on coming. */
export const lossy = (random: () => number, loss: number, receipts: number): Promise<NetworkOutcome> =>
  behindCable(random, { tapsPerS: 5 }, async (scene) => {
    await until("there is a connection", () => receiptedSeq(scene) >= 1, 30_000);
    scene.cable.set({ loss, repeatMs: 20 });
    for (let n = 0; n < receipts; n += 1) {
      const before = receiptedSeq(scene);
      await until(`progress at ${loss * 100} % loss`, () => receiptedSeq(scene) > before, 120_000);
    }
    scene.cable.set({ loss: 0 });
  });

/** Five seconds there and back: slower than several of our patience's numbers. */
export const far = (random: () => number, roundTripMs: number): Promise<NetworkOutcome> =>
  behindCable(random, { tapsPerS: 5, pace: "usual" }, async (scene) => {
    scene.cable.set({ delayMs: roundTripMs / 2 });
    await until("receipts come over five seconds", () => receiptedSeq(scene) >= 1, 60_000);
    scene.cable.set({ delayMs: 0 });
  });

/**
 * One direction, or both, swallows everything and no socket is closed.
 * @returns besides the verdict how long the clock took to notice, with its usual patience.
 */
export async function halfOpen(
  random: () => number,
  direction: "to-broker" | "to-clock" | "both",
): Promise<NetworkOutcome & { readonly noticedMs: number }> {
  const noticed = { ms: Number.POSITIVE_INFINITY };
  const outcome = await behindCable(random, { tapsPerS: 5, pace: "usual" }, async (scene) => {
    await until("there is a receipt", () => receiptedSeq(scene) >= 1, 30_000);
    scene.cable.blackHole(direction);
    const deafMs = performance.now();
    await until("it is noticed", () => !scene.clock.now().news().isOnline, 60_000);
    noticed.ms = performance.now() - deafMs;
    scene.cable.blackHole("none");
    scene.cable.cut();
  });
  return { ...outcome, noticedMs: noticed.ms };
}

/** Everything in turn, at random, for so long. */
export const badWeek = (chance: Chance, forMs: number): Promise<NetworkOutcome> =>
  behindCable(chance.next, { tapsPerS: 20, pace: { pubackMs: 2000 } }, async ({ cable }) => {
    for (const endMs = performance.now() + forMs; performance.now() < endMs; ) {
      const weather = chance.oneOf(["loss", "hole", "cut", "far"]);
      if (weather === "loss") cable.set({ loss: chance.between(0, 0.95), repeatMs: 20 });
      if (weather === "far") cable.set({ delayMs: chance.between(0, 700) });
      if (weather === "cut") cable.cut();
      if (weather === "hole") cable.blackHole(chance.oneOf(["to-broker", "to-clock", "both"]));
      await delay(chance.between(100, weather === "hole" ? 4000 : 1500));
      cable.blackHole("none");
      // After a hole TCP would have given up, or gone on; here it is gone.
      if (weather === "hole") cable.cut();
    }
    cable.set({ loss: 0, delayMs: 0 });
  });
