import { existsSync } from "node:fs";
import { installed, type Places } from "../update/places.ts";

/** What is meant on a machine that a package set up, where nobody says anything else: its one clock. */

type Clock = Pick<Places, "config" | "state">;

/** @param said the settings as they were typed; they alone count where there are any. */
export function settingsOrInstalled(
  said: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { config, state }: Clock = installed,
): readonly string[] {
  const isSaid = said.length > 0 || Object.keys(env).some((name) => name.startsWith("LINTEL_"));
  return isSaid || !existsSync(config) ? said : ["--config", config, "--state", state];
}

/** The state folder of a command that takes no other setting. */
export const stateOrInstalled = ({ config, state }: Clock = installed): string =>
  existsSync(config) ? state : "state";
