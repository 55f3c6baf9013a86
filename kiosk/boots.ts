import { isFault } from "./core/fault.ts";
import type { Memory } from "./core/memory.ts";
import { bootId } from "./host/clock.ts";
import type { Log } from "./host/log.ts";
import { wasLeftOpen } from "./store/judge.ts";
import { countBoot, openSettings, resetSettings, type Settings } from "./store/settings.ts";

export interface Boots {
  readonly settings: Settings;
  /** Which boot of this machine it is, from 1. */
  readonly boot: number;
  /** How this start came about, as far as it says how good a clock can be that nobody has set since. */
  readonly start: Memory["start"];
}

/**
 * Opens what the clock remembers for its convenience. It may be lost: that never keeps people from punching.
 *
 * @param state the journal's folder too. Asked before the journal is opened, which takes up what was left.
 * @param thisBoot the kernel's name for this boot.
 */
export async function openBoots(state: string, log: Log, thisBoot?: string): Promise<Boots> {
  const settings = await openSettings(state).catch(async (error: unknown) => {
    if (!isFault(error, "settings-corrupt")) throw error;
    log.warn(`${error.message}; the clock counts its boots anew`, { code: error.code });
    await resetSettings(state);
    return openSettings(state);
  });
  const before = settings.get().bootId;
  const boot = await countBoot(settings, thisBoot ?? (await bootId()), wasLeftOpen(state));
  const { bootId: id, afterCut: wasUnclean = false } = settings.get();
  return { settings, boot, start: { isNewBoot: id !== before || wasUnclean, wasUnclean } };
}
