import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isFault } from "../../kiosk/core/fault.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { createHousing } from "../../kiosk/keep-housing.ts";
import { openSoftwareLines } from "./lines.ts";

/** What this says on lines of its own, in this order, for `housing.ts`. */
export type HousingWord = (typeof words)[number];

const words = [
  "kind",
  "chip",
  "seen",
  "opened",
  "closed",
  "again",
  "busy",
  "gone",
  "back",
  "behind",
  "off",
  "DONE",
] as const;

const say = (word: HousingWord, more: string | number = ""): void => {
  process.stdout.write(`\nVM ${word} ${more}\n`);
};

/** With a switch to ground: low while it is pressed by the lid. */
const [lid, open] = [0, 1] as const;
const line = 2;
const patienceMs = 60_000;

const clock = await openSystemClock();
const state = mkdtempSync(join(tmpdir(), "lintel-housing-"));
const acts: string[] = [];
const faults: string[] = [];
let locks = 0;

async function until(holds: () => boolean): Promise<number | "late"> {
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < patienceMs) {
    if (holds()) return Math.round(performance.now() - sinceMs);
    await wait(20);
  }
  return "late";
}

/** As the kernel calls it: `gpiochip0`. */
async function chipName(): Promise<string> {
  let name: string | undefined;
  await until(() => {
    [, name] =
      /^(gpiochip\d+) \[mcp2221_gpio\] \(4 lines\)$/m.exec(execFileSync("gpiodetect", { encoding: "utf8" })) ?? [];
    return name !== undefined;
  });
  return name ?? "none";
}

/** A clock's watch over its housing, from start to end. */
function watch(chip: string): { readonly end: () => Promise<void> } {
  const ending = new AbortController();
  const watching = createHousing({
    config: { housing: `gpio:${chip}/${line}`, onOpened: "lock", state },
    journal: {
      append: async ({ data }) => {
        acts.push("act" in data ? data.act : "?");
        return undefined as never;
      },
    },
    clock,
    lock: {
      shutHousing: async () => {
        locks += 1;
      },
    },
    log: { warn: () => undefined },
    note: (fault) => {
      if (!isFault(fault)) throw fault;
      faults.push(fault.message);
    },
  }).keep(ending.signal);
  return {
    end: async () => {
      ending.abort();
      await watching;
    },
  };
}

const recorded = (n: number) => (): boolean => acts.length === n;

// What DeviceAllow= in the clock's unit finds, before the first chip is there.
say("kind", String(/^\s*\d+ gpiochip$/m.test(readFileSync("/proc/devices", "utf8"))));
let lines = openSoftwareLines("usb-software-1/input0");
lines.set(line, lid);
const chip = await chipName();
say("chip", `${chip}, ${execFileSync("gpioget", ["--version"], { encoding: "utf8" }).split("\n")[0]}`);
let clockwork = watch(chip);
// From the first time that it was seen closed.
await wait(6_000);
say("seen", acts.length);
lines.set(line, open);
say("opened", await until(recorded(1)));
lines.set(line, lid);
say("closed", await until(recorded(2)));

// A restart with an open housing is no news; one that was opened while the clock was off is.
await clockwork.end();
lines.set(line, open);
clockwork = watch(chip);
say("off", await until(recorded(3)));
await clockwork.end();
clockwork = watch(chip);
await wait(6_000);
say("again", acts.length);

const holder = spawn("gpioset", ["--mode=signal", chip, `${line}=0`], { stdio: "ignore" });
await until(() => faults.length === 1);
say("busy", faults.at(-1) ?? "nothing");
holder.kill();
await once(holder, "exit");
lines.unplug();
await until(() => faults.length > 1);
say("gone", faults.at(-1) ?? "nothing");
lines = openSoftwareLines("usb-software-2/input0");
lines.set(line, lid);
// The kernel takes its time to let go of the one and take in the other.
say("back", await chipName());
say("behind", await until(recorded(4)));
await clockwork.end();
lines.unplug();
say("DONE", `${acts.join(",")} ${locks}`);
