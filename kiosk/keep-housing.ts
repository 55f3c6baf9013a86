import type { Config } from "./config.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Condition } from "./core/technician.ts";
import type { Log } from "./host/log.ts";
import { openSwitch } from "./housing/open.ts";
import { watchHousing } from "./housing/watch.ts";
import type { Lock } from "./lock.ts";
import { openHousingSeen } from "./store/housing-seen.ts";

export interface HousingRooms {
  readonly config: Pick<Config, "housing" | "onOpened" | "state">;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly lock: Pick<Lock, "shutHousing">;
  readonly log: Pick<Log, "warn">;
  readonly note: (fault: unknown) => void;
}

export interface Housing {
  /** For the technician. */
  readonly shown: () => Condition["housing"];
  /** Watches it until `signal` aborts; where the settings name no switch, it is over at once. */
  readonly keep: (signal: AbortSignal) => Promise<void>;
}

/** The switch that the settings name. */
export function createHousing({ config, lock, log, ...rooms }: HousingRooms): Housing {
  const housing = openSwitch(config.housing);
  if (housing === null) return { shown: () => "none", keep: async () => {} };
  let word = "unread";
  const looked = (now: string): void => {
    word = now;
  };
  const opened = (): void => log.warn(`The housing was opened (${housing.label})`, { event: "opened" });
  return {
    shown: () => word,
    keep: async (signal) => {
      const file = await openHousingSeen(config.state);
      await watchHousing(
        { ...rooms, housing, file, opened, looked, lock: config.onOpened === "lock" ? lock.shutHousing : null },
        signal,
      );
    },
  };
}
