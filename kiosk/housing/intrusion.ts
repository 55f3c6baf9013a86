import { readFile } from "node:fs/promises";
import { Fault } from "../core/fault.ts";
import type { HousingSwitch } from "../core/ports/senses.ts";

/**
 * What the board itself noticed, where its maker wired a switch to it: the kernel's `intrusionN_alarm`
 * (Documentation/hwmon/sysfs-interface). Most chips hold it also while the power is off, until root writes 0 to it.
 *
 * @param file `/sys/class/hwmon/hwmon2/intrusion0_alarm`
 */
export const intrusionSwitch = (file: string): HousingSwitch => ({
  label: file,
  simulated: false,
  isOpen: () => flagIn(file, { open: "1", closed: "0" }),
});

/** A switch that nobody has to press: a file with the word `open` or `closed`. */
export const simSwitch = (file: string): HousingSwitch => ({
  label: `pretended switch ${file}`,
  simulated: true,
  isOpen: () => flagIn(file, { open: "open", closed: "closed" }),
});

async function flagIn(file: string, said: { readonly open: string; readonly closed: string }): Promise<boolean> {
  const text = await readFile(file, "utf8").then(
    (found) => found.trim(),
    (cause: unknown) => {
      throw unread(`${file} cannot be read`, cause);
    },
  );
  if (text === said.open) return true;
  if (text === said.closed) return false;
  throw unread(`${file} says neither ${said.open} nor ${said.closed}`);
}

const unread = (why: string, cause?: unknown): Fault =>
  new Fault(
    "housing-unread",
    `the switch in the housing cannot be read: ${why}`,
    "Check the setting `housing` (docs/housing.md).",
    cause,
  );
