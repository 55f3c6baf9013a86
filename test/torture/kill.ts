import { setTimeout as delay } from "node:timers/promises";
import { openPostgres } from "../receiver/postgres.ts";
import { openMosquitto } from "./broker.ts";
import type { Chance } from "./chance.ts";
import { healedVerdict, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import type { Verdict } from "./verdict.ts";

export type Victim = "clock" | "broker" | "receiver" | "database";

export interface KillOutcome extends Verdict {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly healingMs: number;
}

/**
 * A clock under load, a broker, two receivers of one group and a database, each of them killed with SIGKILL at random
 * moments and brought back a moment later. Then everything stays up, the taps stop, and the sets are compared.
 */
export async function killEverything(chance: Chance, forMs: number): Promise<KillOutcome> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const sink = await database.create();
  const receivers = [office.hire(broker.url, sink), office.hire(broker.url, sink)] as const;
  for (const receiver of receivers) stack.use(receiver);
  const { state, receiptKey } = office;
  const clock = stack.use(await openLives({ state, receiptKey, brokerUrl: broker.url, tapsPerS: 60 }));
  await receivers[0].listens();

  const kills: Record<Victim, number> = { clock: 0, broker: 0, receiver: 0, database: 0 };
  const away = () => delay(chance.between(0, 800));
  const strike: Readonly<Record<Victim, () => Promise<unknown>>> = {
    clock: async () => {
      await clock.kill();
      await away();
      await clock.start();
    },
    broker: async () => {
      await broker.kill();
      await away();
      await broker.start();
    },
    receiver: () => chance.oneOf(receivers).kill(chance.between(0, 800)),
    database: async () => {
      await database.kill();
      await away();
      await database.start();
    },
  };
  for (const endMs = performance.now() + forMs; performance.now() < endMs; ) {
    const order: Victim[] = ["clock", "broker", "receiver", "database"];
    // The clock most often: it is the one that must not forget. Now and then two at once.
    const first: Victim = chance.next() < 0.4 ? "clock" : chance.oneOf(["broker", "receiver", "database"]);
    const second = order[(order.indexOf(first) + 1) % order.length] ?? "broker";
    const victims = chance.next() < 0.2 ? [first, second] : [first];
    await delay(chance.between(0, 900));
    for (const victim of victims) kills[victim] += 1;
    await Promise.all(victims.map((victim) => strike[victim]()));
  }
  return { ...(await healedVerdict(office, clock, sink)), kills };
}
