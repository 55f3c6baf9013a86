import { constants, open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { settleAfar } from "../../kiosk/afar.ts";
import { type Config, readConfig } from "../../kiosk/config.ts";
import type { Places } from "./places.ts";

const fileMaxBytes = 64 * 1024;
const kept = z.looseObject({ good: z.looseObject({ doc: z.string() }).nullable() });

/**
 * The settings as the clock has them, with what the cloud wants and was found good. The file about that belongs to the
 * clock's user: it is read with bounds and never through a link, and can ask for nothing but a signed release.
 *
 * @throws Fault `config-invalid`, `config-unknown-key` where the settings file itself is wrong.
 */
export async function settingsOf({ config, state }: Places): Promise<Config> {
  const argv = ["--config", config, "--state", state];
  const here = readConfig(argv, {});
  try {
    const afar: unknown = JSON.parse((await textOf(join(state, "wanted.json"))) ?? "null");
    const { good } = kept.parse(afar);
    return good === null ? here : settleAfar(argv, {}, JSON.parse(good.doc) as Record<string, unknown>).config;
  } catch {
    return here;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size } = await file.stat();
    return size > fileMaxBytes ? null : await file.readFile("utf8");
  } catch {
    return null;
  }
}

/** @param window `HH:MM-HH:MM`, also over midnight. */
export function isInWindow(window: string, timeZone: string, nowUtcMs: number): boolean {
  const now = Temporal.Instant.fromEpochMilliseconds(nowUtcMs).toZonedDateTimeISO(timeZone);
  const at = `${String(now.hour).padStart(2, "0")}:${String(now.minute).padStart(2, "0")}`;
  const [from = "", until = ""] = window.split("-");
  return from <= until ? from <= at && at < until : from <= at || at < until;
}
