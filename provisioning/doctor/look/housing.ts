import { isFault } from "../../../kiosk/core/fault.ts";
import { openSwitch } from "../../../kiosk/housing/open.ts";
import { type Finding, good, weak, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** Whether the switch in the housing can be read, and how it stands; reading it disturbs nobody. */
export async function lookAtHousing({ config }: Pick<Machine, "config">): Promise<readonly Finding[]> {
  const { housing: setting, onOpened } = config;
  const housing = openSwitch(setting);
  if (housing === null) return [good("housing", "no switch is set up; who opens it is not noticed")];
  try {
    const where = housing.label;
    if (await housing.isOpen()) return [weak("housing-open", `it is open, says ${where}`)];
    const then = onOpened === "lock" ? "the clock locks itself then" : "an opening is recorded";
    return [good("housing", `it is closed, says ${where}; ${then}`)];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [wrong("housing", error)];
  }
}
