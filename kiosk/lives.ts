import { configNow, weigh } from "./afar.ts";
import { readConfig } from "./config.ts";
import type { Log, LogTail } from "./host/log.ts";
import type { Notify } from "./host/notify.ts";
import { runHouse } from "./house.ts";
import { mustNotBeEnded } from "./store/ordered-end.ts";
import { claimFolder, startOver } from "./store/start-over.ts";
import { openWantedSettings } from "./store/wanted-settings.ts";

export interface Life {
  /** Without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly tail: LogTail;
  readonly notify: Notify;
}

/**
 * One process may live several lives: settings from afar, and an order to start anew, close the house and open it again.
 * Every life reads the settings afresh, so that the next one is what a new process would be.
 *
 * @throws Fault what keeps the house from opening or from going on.
 */
export async function live({ argv, env, log, tail, notify }: Life, signal: AbortSignal): Promise<void> {
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const here = readConfig(argv, env);
    if (here.fresh && isFirst) await startOver(here.state);
    mustNotBeEnded(here.state);
    await claimFolder(here.state, here.broker === "embedded" ? "demo" : "real");
    const wanted = await openWantedSettings(here.state);
    const config = await configNow(argv, env, wanted, ({ code, message, remedy }) =>
      log.warn(`Settings from afar are not used: ${message}. ${remedy}`, { event: "settings-refused", code }),
    );
    const afar = { wanted, weigh: (values: Values, good: Values | null) => weigh(argv, env, values, good) };
    const why = await runHouse({ config, log, tail, afar, notify }, signal);
    if (why === null) return;
    log.info(`The clock opens anew: ${why}`, { event: "again" });
  }
}

type Values = Parameters<typeof weigh>[2];
