import { Fault } from "../../../kiosk/core/fault.ts";
import { textOf } from "../../doctor/tools.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";

/** What an installed clock runs; the first is the clock itself. */
const units = [
  ...(["lintel.service", "lintel-screen.service"] as const),
  ...(["lintel-selfcheck.timer", "lintel-update.timer", "lintel-renew.timer"] as const),
] as const;

/** A start may take a minute, and a loaded board two tries. */
const startMaxMs = 150_000;

const isUp = async ({ ask }: Context, unit: string): Promise<boolean> =>
  (await textOf(ask("systemctl", "is-active", unit)))?.trim() === "active";

/** The clock runs, and will run again after every start of the machine. */
export const services: Step = {
  name: "services",
  would: `enable and start ${units.join(", ")}`,
  check: async (context) => {
    if (!context.wish.hasServices) return byHand(context);
    const isEnabled = (await textOf(context.ask("systemctl", "is-enabled", units[0])))?.trim() === "enabled";
    return isEnabled && (await isUp(context, units[0])) ? "the clock runs, and starts with the machine" : null;
  },
  apply: async (context) => {
    const { ask, talk } = context;
    for (const unit of units) {
      // A laptop has no screen of ours, and an older package no timer.
      if (unit !== units[0] && (await textOf(ask("systemctl", "cat", unit))) === null) continue;
      const ran = await ask("systemctl", "enable", "--now", "--no-block", unit);
      const why =
        ran.is === "ran" ? lastLine(ran.stderr) : ran.is === "late" ? "it did not answer" : "there is no systemctl";
      const isWell = ran.is === "ran" && ran.exit === 0;
      if (!isWell && unit === units[0]) throw failed(why);
      if (!isWell) talk.say(`${unit} could not be enabled: ${why}.`);
    }
  },
  prove: async (context) => {
    // Nobody is waited for here: a clock that is not up by then says why on its screen.
    const until = context.clock.now().monoMs + Math.min(context.wish.waitMs, startMaxMs);
    while (context.clock.now().monoMs < until && !context.signal.aborted) {
      if (await isUp(context, units[0])) return "the clock runs, and starts with the machine";
      await context.clock.sleep(500, context.signal);
    }
    throw failed("it does not come up");
  },
};

const byHand = ({ places }: Context): string =>
  `nothing is started here; start the clock with: node kiosk/main.ts --config ${places.settings} --state ${places.state}`;

const lastLine = (text: string): string => text.trim().split("\n").at(-1) || "it says nothing";

const failed = (why: string): Fault =>
  new Fault(
    "service-failed",
    `the clock cannot be started: ${why}`,
    "Read `journalctl --namespace=lintel -n 50` and `systemctl status lintel`; then run this again.",
  );
