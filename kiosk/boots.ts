import { isFault } from "./core/fault.ts";
import { bootId } from "./host/clock.ts";
import type { Log } from "./host/log.ts";
import { countBoot, openSettings, resetSettings } from "./store/settings.ts";

/** Which boot of this machine it is. Small settings may be lost: they are never a reason to keep people from punching. */
export async function bootNumber(state: string, log: Log): Promise<number> {
  const settings = await openSettings(state).catch(async (error: unknown) => {
    if (!isFault(error, "settings-corrupt")) throw error;
    log.warn(`${error.message}; the clock counts its boots anew`, { code: error.code });
    await resetSettings(state);
    return openSettings(state);
  });
  return countBoot(settings, await bootId());
}
