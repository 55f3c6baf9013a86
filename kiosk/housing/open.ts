import type { HousingSwitch } from "../core/ports/senses.ts";
import { gpioSwitch } from "./gpio.ts";
import { intrusionSwitch, simSwitch } from "./intrusion.ts";

/** The switch that a setting names (core/housing.ts); null where the housing has none. */
export function openSwitch(setting: string): HousingSwitch | null {
  const [, chip, line, openIs = "high"] = /^gpio:(\w+)\/(\d+)(?::(high|low))?$/.exec(setting) ?? [];
  if (chip !== undefined) return gpioSwitch({ chip, line: Number(line), openIs: openIs === "low" ? "low" : "high" });
  const [kind, file = ""] = [setting.slice(0, setting.indexOf(":")), setting.slice(setting.indexOf(":") + 1)];
  if (kind === "hwmon") return intrusionSwitch(file);
  return kind === "sim" ? simSwitch(file) : null;
}
