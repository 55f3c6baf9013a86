import { isFault } from "./core/fault.ts";
import { bootId } from "./host/clock.ts";
import type { Log } from "./host/log.ts";
import { countBoot, openSettings, resetSettings, type Settings } from "./store/settings.ts";

export interface Boots {
  readonly settings: Settings;
  /** Which boot of this machine it is, from 1. */
  readonly boot: number;
}

/** Opens what the clock remembers for its convenience. It may be lost: that never keeps people from punching. */
export async function openBoots(state: string, log: Log): Promise<Boots> {
  const settings = await openSettings(state).catch(async (error: unknown) => {
    if (!isFault(error, "settings-corrupt")) throw error;
    log.warn(`${error.message}; the clock counts its boots anew`, { code: error.code });
    await resetSettings(state);
    return openSettings(state);
  });
  return { settings, boot: await countBoot(settings, await bootId()) };
}
