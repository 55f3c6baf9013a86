import { isBefore } from "../../../kiosk/core/record.ts";
import { openBoss } from "./boss.ts";
import { fairWeather, openBroker } from "./broker.ts";
import { openChance } from "./chance.ts";
import { type Cloud, openCloud, stackOf } from "./cloud.ts";
import { type Crash, openDisk } from "./disk.ts";
import { keyPair, secrets } from "./house.ts";
import { bootKiosk, type DiskState, type Kiosk } from "./kiosk.ts";
import { openOracle, type Violation } from "./oracle.ts";
import type { Act, Plan } from "./plan.ts";
import { openTime } from "./time.ts";

export interface Lived {
  readonly violation: Violation | null;
  readonly events: number;
  readonly virtualMs: number;
  readonly accepted: number;
  readonly records: number;
  readonly deaths: number;
  readonly losses: number;
  readonly forgotten: number;
}

export interface WorldOptions {
  /** Planted: see mutants.ts. */
  readonly servesUnsynced?: boolean;
}

const startMs = Date.UTC(2026, 10, 23, 8);
/** After healing: the rarest retry, twice over. */
const completeMs = 20 * 60_000;
const stopMs = 15_000;
const restartMs = { kill: 2_000, power: 20_000, "old-disk": 20_000, stop: 2_000 };

/** Lives one plan from the first start to the last record's receipt. */
export async function liveWorld(plan: Plan, options: WorldOptions = {}): Promise<Lived> {
  const chance = openChance(plan.seed);
  const names = ["payroll", "vault"].slice(0, plan.receivers);
  const oracle = openOracle(secrets, names);
  const time = openTime(startMs, () => {});
  using disk = openDisk(chance);
  const broker = openBroker(time, chance, names, plan.weather);
  const clouds = names.map((name, n) => openCloud({ name, key: keyPair(10 + n), time, chance, oracle, broker }));
  const boss = openBoss(time, broker, oracle);
  const receivers = clouds.map(({ name, key: { jwk } }) => ({ name, jwk }));
  const state: DiskState = { isFull: false, failNext: 0, servesUnsynced: options.servesUnsynced ?? false };
  const machine = { boot: 1, bootedMs: startMs, wallOffMs: 0, deaths: 0 };
  let kiosk = null as Kiosk | null;
  let isEnding = false;

  const bug = (error: unknown): void => oracle.broke("no bug", stackOf(error));
  const boot = async (): Promise<void> => {
    if (isEnding) return;
    const former = kiosk;
    kiosk = null;
    await former?.bury();
    kiosk = await bootKiosk({
      ...{ time, chance, oracle, broker, disk, receivers, state },
      ...{ batches: plan.batches, boot: machine.boot, bootedMs: machine.bootedMs },
      wallOffMs: () => machine.wallOffMs,
      isFirstStart: machine.deaths === 0,
      died,
    });
  };
  const again = (how: Crash | "stop"): void => {
    machine.deaths += 1;
    if (how === "power" || how === "old-disk") {
      machine.boot += 1;
      machine.bootedMs = time.nowMs() + restartMs[how];
    }
    time.later(restartMs[how], () => boot().catch(bug));
  };
  const died = (how: Crash | "stop"): void => {
    // Whoever stops is not the one who called: the signal comes from outside.
    if (how === "stop") time.later(0, () => stop(() => again("stop")));
    else again(how);
  };
  const stop = (then: () => void): void => {
    const stopping = kiosk;
    if (stopping === null || stopping.isDead()) return;
    const late = time.later(stopMs, () => {
      if (!stopping.isDead()) oracle.broke("a clock stops when asked", `not within ${stopMs} ms`);
    });
    stopping.stop().then(() => {
      late();
      then();
    }, bug);
  };
  const happen = async (act: Act): Promise<void> => {
    switch (act.act) {
      case "tap":
        return kiosk?.tap(act.card);
      case "look":
        return kiosk?.look(act.who, act.draw);
      case "wait":
        return time.pass(act.ms);
      case "crowd":
        return kiosk?.crowd(act.count);
      case "end":
        return kiosk?.doom(act.how, act.calls);
      case "order":
        return boss.order();
      case "repeat-orders":
        return boss.repeat();
      case "remember":
        return kiosk?.remember();
      case "disk":
        if (act.is === "failing") state.failNext += 2;
        else state.isFull = act.is === "full";
        return;
      case "wall":
        machine.wallOffMs += act.jumpMs;
        // The year 1970 is as far back as any clock can be.
        machine.wallOffMs = Math.max(machine.wallOffMs, 1_000 - time.nowMs());
        return;
      case "room":
        return kiosk?.room(act.room, act.isUp);
      case "line":
        return broker.line(act.line);
      case "broker":
        return broker.restart(act.downMs);
      case "receiver":
        return happenTo(clouds[act.n % clouds.length], act.is);
    }
  };
  const isComplete = (): boolean => {
    if (kiosk === null || kiosk.isDead()) return false;
    const { head, cursors } = kiosk.waiting();
    return (
      oracle.openOrders().length === 0 &&
      cursors.every((cursor) => !isBefore(cursor, head)) &&
      names.every((name) => oracle.lacking(name).length === 0)
    );
  };
  const heal = async (): Promise<void> => {
    broker.weather(fairWeather);
    broker.line("up");
    Object.assign(state, { isFull: false, failNext: 0 });
    for (const cloud of clouds) await cloud.start();
    const untilMs = time.nowMs() + completeMs;
    while (time.nowMs() < untilMs && !isComplete() && oracle.violation() === null) await time.pass(5_000);
    if (isComplete() || oracle.violation() !== null) return;
    const { head, cursors } = kiosk?.waiting() ?? { head: null, cursors: [] };
    const lacking = names.map((name) => `${name} lacks ${oracle.lacking(name).slice(0, 5).join(" ")}`).join(", ");
    oracle.broke(
      "complete after healing",
      `${lacking}; ${oracle.openOrders().length} orders open; head ${head?.epoch}:${head?.seq}, cursors ${JSON.stringify(cursors)}`,
    );
  };

  const hush = (error: unknown): void => bug(error);
  process.on("unhandledRejection", hush);
  try {
    for (const cloud of clouds) await cloud.start();
    await boot();
    await time.pass(1_000);
    for (const act of plan.acts) {
      if (oracle.violation() !== null) break;
      await happen(act);
      await time.pass(300);
    }
    if (oracle.violation() === null) await heal();
    isEnding = true;
    if (oracle.violation() === null) {
      stop(() => {});
      await time.pass(stopMs + 1_000);
    }
  } catch (error) {
    bug(error);
  } finally {
    process.off("unhandledRejection", hush);
    await kiosk?.bury().catch(() => {});
  }
  const { accepted, records, lost, forgotten } = oracle.counts();
  return {
    violation: oracle.violation(),
    events: time.events(),
    virtualMs: time.nowMs() - startMs,
    accepted,
    records,
    deaths: machine.deaths,
    losses: lost,
    forgotten,
  };
}

async function happenTo(cloud: Cloud | undefined, is: Extract<Act, { act: "receiver" }>["is"]): Promise<void> {
  if (is === "killed") cloud?.kill();
  else if (is === "started") await cloud?.start();
  else if (is === "failing") cloud?.fail(2);
  else if (is === "backed-up") cloud?.backUp();
  else await cloud?.restore();
}
