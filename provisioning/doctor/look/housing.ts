import { isFault } from "../../../kiosk/core/fault.ts";
import { openSwitch } from "../../../kiosk/housing/open.ts";
import { type Finding, good, unknown, weak, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/**
 * Whether the switch in the housing can be read, and how it stands. A clock that runs is asked: what root may read here, the
 * clock's own user may be kept from.
 */
export async function lookAtHousing({
  config,
  running,
}: Pick<Machine, "config" | "running">): Promise<readonly Finding[]> {
  const { housing: setting, onOpened } = config;
  const housing = openSwitch(setting);
  if (housing === null) return [good("housing", "no switch is set up; who opens it is not noticed")];
  const where = housing.label;
  const stands = (isOpen: boolean): Finding => {
    if (isOpen) return weak("housing-open", `it is open, says ${where}`);
    const then = onOpened === "lock" ? "the clock locks itself then" : "an opening is recorded";
    return good("housing", `it is closed, says ${where}; ${then}`);
  };
  const told = running?.housing;
  if (told === "open" || told === "closed") return [stands(told === "open")];
  if (told === "none")
    return [unknown("housing", "the running clock knows no switch", "Start it anew with these settings.")];
  try {
    const isOpen = await housing.isOpen();
    if (told !== "housing-unread") return [stands(isOpen)];
    const message = `the running clock cannot read ${where}, and who asks here can`;
    return [wrong("housing", { code: told, message, remedy: "Give the clock's own user the chip (docs/housing.md)." })];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [wrong("housing", error)];
  }
}
