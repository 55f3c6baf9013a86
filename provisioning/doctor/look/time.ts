import { openSystemClock } from "../../../kiosk/host/clock.ts";
import { type Finding, good, unknown, weak } from "../finding.ts";
import { type Machine, numberAt } from "../machine.ts";
import { textOf } from "../tools.ts";

/** Who vouches for the time, how far off it is, what happens without a network, and whether it was set meanwhile. */
export async function lookAtTime(machine: Machine): Promise<readonly Finding[]> {
  const [service, battery, jump] = await Promise.all([offset(machine), batteryClock(machine), jumped(machine)]);
  const vouched = await vouchedFor(machine);
  return [vouched, ...service, ...battery, ...jump];
}

async function vouchedFor({ ask }: Machine): Promise<Finding> {
  const clock = await openSystemClock({
    ask: async () =>
      (await textOf(ask("timedatectl", "show", "-p", "NTPSynchronized")))?.trim() === "NTPSynchronized=yes",
  });
  const { source, errorMs } = clock.quality();
  const now = new Date(clock.now().utcMs).toISOString().slice(0, 16);
  if (source === "ntp") return good("clock", `it is ${now}Z, set by the network`);
  const bound =
    source === "none" ? "nobody vouches for it" : `only a battery vouches for it, within ${errorMs / 1000} s`;
  return weak("time-unvouched", `it is ${now}Z here, and ${bound}`, "clock");
}

/** chrony tells its offset as a number; systemd-timesyncd in words; and timedatectl whether anything is switched on. */
async function offset({ ask }: Machine): Promise<readonly Finding[]> {
  const chrony = await textOf(ask("chronyc", "-c", "-n", "tracking"));
  const fields = chrony?.trim().split(",") ?? [];
  if (fields.length >= 13) {
    const [, server = "", stratum = "", , seconds = ""] = fields;
    if (fields.at(-1) === "Not synchronised") return [unknown("service", "chrony follows no server yet")];
    return [offsetFinding(`chrony, after ${server || "nobody"} (stratum ${stratum})`, Number(seconds) * 1_000)];
  }
  const told = await textOf(ask("timedatectl", "timesync-status"));
  const [, server] = /^\s*Server: (.+)$/m.exec(told ?? "") ?? [];
  const [, words] = /^\s*Offset: (.+)$/m.exec(told ?? "") ?? [];
  if (server !== undefined && words !== undefined)
    return [offsetFinding(`systemd-timesyncd, after ${server}`, msOf(words))];
  const shown = await textOf(ask("timedatectl", "show", "-p", "NTP"));
  if (shown?.trim() === "NTP=no")
    return [weak("time-no-service", "timedatectl says that no time service is on", "service")];
  return [unknown("service", "no time service says how far off it is")];
}

function offsetFinding(who: string, offMs: number): Finding {
  if (Number.isNaN(offMs)) return unknown("service", `${who} does not say how far off it is`);
  const said = `${who}: ${Math.abs(offMs).toFixed(Math.abs(offMs) < 10 ? 2 : 0)} ms off`;
  return Math.abs(offMs) > 500 ? weak("time-off", said, "service") : good("service", said);
}

const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A time span as systemd writes it: +1.2ms, -1min 30.5s. NaN for what is none. */
export function msOf(span: string): number {
  const parts = [...span.matchAll(/([\d.]+)\s*(us|µs|ms|min|s|h|d)\b/g)];
  if (parts.length === 0) return Number.NaN;
  const sum = parts.reduce((all, [, n, unit]) => all + Number(n) * (unitsMs[unit ?? ""] ?? Number.NaN), 0);
  return span.trim().startsWith("-") ? -sum : sum;
}

async function batteryClock(machine: Machine): Promise<readonly Finding[]> {
  const seconds = await numberAt(machine, "/sys/class/rtc/rtc0/since_epoch");
  if (seconds === null) return [weak("time-no-battery", "the kernel knows no clock of its own (rtc0)", "battery")];
  const apartS = Math.abs(seconds - machine.now() / 1_000);
  const said = `rtc0 says ${new Date(seconds * 1_000).toISOString().slice(0, 16)}Z, ${Math.round(apartS)} s from the system's`;
  return [apartS > 60 ? weak("time-battery-off", said, "battery") : good("battery", said)];
}

/** When systemd came up, by the wall clock of then, against the same moment counted back from now. */
async function jumped({ ask, now }: Machine): Promise<readonly Finding[]> {
  const told = await textOf(ask("systemctl", "show", "-p", "UserspaceTimestamp", "-p", "UserspaceTimestampMonotonic"));
  const [, then] = /^UserspaceTimestamp=\w+ (.+ UTC)$/m.exec(told ?? "") ?? [];
  const [, thenUs] = /^UserspaceTimestampMonotonic=(\d+)$/m.exec(told ?? "") ?? [];
  if (then === undefined || thenUs === undefined) return [unknown("jumps", "systemd does not say when it came up")];
  const sinceMs = Number(process.hrtime.bigint() / 1_000_000n) - Number(thenUs) / 1_000;
  const jumpS = Math.round((now() - sinceMs) / 1_000 - Date.parse(then) / 1_000);
  if (Math.abs(jumpS) <= 60) return [good("jumps", `none since the start (${jumpS} s)`)];
  return [
    weak(
      "time-jumped",
      `since the start it was set ${jumpS > 0 ? "forward" : "back"} by ${Math.abs(jumpS)} s`,
      "jumps",
    ),
  ];
}
