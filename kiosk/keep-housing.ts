import type { Config } from "./config.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
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

/** Watches the switch that the settings name until `signal` aborts; where they name none, it is over at once. */
export async function keepHousing({ config, lock, log, ...rooms }: HousingRooms, signal: AbortSignal): Promise<void> {
  const housing = openSwitch(config.housing);
  if (housing === null) return;
  const file = await openHousingSeen(config.state);
  const opened = (): void => log.warn(`The housing was opened (${housing.label})`, { event: "opened" });
  await watchHousing(
    { ...rooms, housing, file, opened, lock: config.onOpened === "lock" ? lock.shutHousing : null },
    signal,
  );
}
