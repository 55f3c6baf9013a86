import { bad, type Finding, good, unknown, weak } from "../finding.ts";
import { boardOf, type Machine, namesAt, numberAt, textAt } from "../machine.ts";
import { textOf } from "../tools.ts";

/**
 * Supply and heat. A Pi tells bits (`vcgencmd get_throttled`, or the same in sysfs) and, in newer kernels, an alarm of
 * its own; a Jetson counts how often a current limit was reached. Other machines tell their temperature only.
 */
export async function lookAtPower(machine: Machine): Promise<readonly Finding[]> {
  const [bits, alarm, overs, celsius] = await Promise.all([
    throttledBits(machine),
    voltageAlarm(machine),
    overCurrents(machine),
    hottest(machine),
  ]);
  const findings: Finding[] = [];
  if (bits !== null) findings.push(...supplyOf(bits, alarm === true));
  else if (alarm !== null)
    findings.push(
      alarm ? bad("power-low", "the kernel's voltage alarm is on") : good("supply", "no voltage alarm is on"),
    );
  if (overs !== null) {
    const reached = overs.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${count} times`);
    if (reached.length > 0)
      findings.push(weak("power-over-current", `since the start: ${reached.join(", ")}`, "supply"));
    else findings.push(good("supply", "no current limit was reached since the start"));
  }
  if (findings.length === 0) {
    const board = (await boardOf(machine)) ?? "this machine";
    findings.push(unknown("supply", `${board} does not tell how its supply is`));
  }
  return [...findings, ...heatOf(celsius)];
}

/** Bits of the Pi's firmware: now in the low half, since the start in the high one. */
const bit = (bits: number, at: number): boolean => ((bits >>> at) & 1) === 1;

function supplyOf(bits: number, isAlarm: boolean): readonly Finding[] {
  const hex = `0x${bits.toString(16)}`;
  const slowed = (from: number): string =>
    [
      bit(bits, from + 1) ? "its frequency is capped" : "",
      bit(bits, from + 2) ? "it is throttled" : "",
      bit(bits, from + 3) ? "its soft temperature limit is reached" : "",
    ]
      .filter((words) => words !== "")
      .join(", ");
  const findings: Finding[] = [];
  if (bit(bits, 0) || isAlarm) findings.push(bad("power-low", `the voltage is too low now (${hex})`, "supply"));
  else if (bit(bits, 16))
    findings.push(weak("power-was-low", `the voltage was too low since the start (${hex})`, "supply"));
  if (slowed(0) !== "") findings.push(bad("power-throttled", `the processor now: ${slowed(0)} (${hex})`, "processor"));
  else if (slowed(16) !== "") {
    const was = slowed(16).replaceAll(" is ", " was ");
    findings.push(weak("power-was-throttled", `the processor since the start: ${was} (${hex})`, "processor"));
  }
  return findings.length > 0 ? findings : [good("supply", `voltage and clock as they should be (${hex})`)];
}

async function throttledBits(machine: Machine): Promise<number | null> {
  const said = await textOf(machine.ask("vcgencmd", "get_throttled"));
  const [, told] = /throttled=0x([0-9a-f]+)/i.exec(said ?? "") ?? [];
  const text = told ?? (await textAt(machine, "/sys/devices/platform/soc/soc:firmware/get_throttled"));
  const bits = text === null ? Number.NaN : Number.parseInt(text, 16);
  return Number.isInteger(bits) ? bits : null;
}

const sensors = "/sys/class/hwmon";

/** `rpi_volt` of the kernel: 1 while the supply is too weak. Null where there is no such sensor. */
async function voltageAlarm(machine: Machine): Promise<boolean | null> {
  for (const name of await namesAt(machine, sensors)) {
    if ((await textAt(machine, `${sensors}/${name}/name`)) !== "rpi_volt") continue;
    const alarm = await numberAt(machine, `${sensors}/${name}/in0_lcrit_alarm`);
    return alarm === null ? null : alarm === 1;
  }
  return null;
}

/** Events of a Jetson's over-current throttling (soctherm): one counter for each limit. */
async function overCurrents(machine: Machine): Promise<readonly { name: string; count: number }[] | null> {
  const found: { name: string; count: number }[] = [];
  for (const folder of await namesAt(machine, sensors)) {
    for (const name of await namesAt(machine, `${sensors}/${folder}`)) {
      const [, limit] = /^(oc\d+)_event_cnt$/.exec(name) ?? [];
      const count = limit === undefined ? null : await numberAt(machine, `${sensors}/${folder}/${name}`);
      if (limit !== undefined && count !== null) found.push({ name: limit, count });
    }
  }
  return found.length > 0 ? found : null;
}

interface Heat {
  readonly zone: string;
  readonly celsius: number;
}

async function hottest(machine: Machine): Promise<Heat | null> {
  const folder = "/sys/class/thermal";
  let most: Heat | null = null;
  for (const name of (await namesAt(machine, folder)).filter((one) => one.startsWith("thermal_zone"))) {
    const milli = await numberAt(machine, `${folder}/${name}/temp`);
    // Jetsons list zones of parts that are off with values far below nought.
    if (milli === null || milli < -40_000) continue;
    const celsius = milli / 1_000;
    if (most === null || celsius > most.celsius)
      most = { zone: (await textAt(machine, `${folder}/${name}/type`)) ?? name, celsius };
  }
  return most;
}

function heatOf(heat: Heat | null): readonly Finding[] {
  if (heat === null) return [unknown("heat", "this machine does not tell its temperature")];
  const said = `${heat.celsius.toFixed(0)} °C at ${heat.zone}`;
  if (heat.celsius >= 85) return [bad("power-too-hot", said, "heat")];
  return [heat.celsius >= 75 ? weak("power-hot", said, "heat") : good("heat", said)];
}
