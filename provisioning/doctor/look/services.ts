import { readFile } from "node:fs/promises";
import { release } from "node:os";
import { bad, type Finding, good, unknown, weak } from "../finding.ts";
import { boardOf, type Machine, namesAt, textAt } from "../machine.ts";
import { credentialsSince, hasCredentials, systemdVersion } from "../systemd.ts";
import { textOf } from "../tools.ts";
import { lookAtUpdates } from "./updates.ts";

/** Our units, and what runs in which version. */
export async function lookAtServices(machine: Machine): Promise<readonly Finding[]> {
  return [
    ...locked(machine),
    ...(await units(machine)),
    ...(await versions(machine)),
    ...(await lookAtUpdates(machine)),
  ];
}

function locked({ running }: Machine): readonly Finding[] {
  switch (running?.shut.locked) {
    case "order":
      return [bad("clock-locked", "it is locked by order: it counts punches, uses no face and sends nothing", "lock")];
    case "housing":
      return [bad("clock-locked", "its housing was opened: it counts punches and uses no face", "lock")];
    default:
      return [];
  }
}

const outOfOrder = "lintel-out-of-order.service";
/** Timers and the services that they start are looked at by their result only: between two runs they are off. */
const ours = [
  "lintel.service",
  "lintel-screen.service",
  "lintel-selfcheck.timer",
  "lintel-selfcheck.service",
  "lintel-update.timer",
  "lintel-update.service",
  outOfOrder,
];
const restartsMax = 3;

async function units({ ask }: Machine): Promise<readonly Finding[]> {
  const told = await textOf(
    ask("systemctl", "show", "-p", "Id,LoadState,ActiveState,SubState,Result,NRestarts", ...ours),
  );
  if (told === null) return [unknown("units", "no systemd answers on this machine")];
  const found = told
    .trim()
    .split(/\n\s*\n/)
    .map(unitOf)
    .filter(({ load }) => load === "loaded" || load === "masked");
  if (found.length === 0) return [unknown("units", "none of ours is installed")];
  const isResting = found.some(({ id, active }) => id === outOfOrder && active === "active");
  const rest = isResting ? [bad("service-out-of-order", "the clock failed again and again and rests", "units")] : [];
  return [...rest, ...found.filter(({ id }) => id !== outOfOrder).map(judged)];
}

interface Unit {
  readonly id: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly restarts: number;
}

function unitOf(block: string): Unit {
  const field = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "";
  return {
    ...{ id: field("Id"), load: field("LoadState"), active: field("ActiveState"), sub: field("SubState") },
    ...{ result: field("Result"), restarts: Number(field("NRestarts")) || 0 },
  };
}

/** The catalogue's remedies say UNIT where a name has to stand. */
function judged(unit: Unit): Finding {
  const finding = judge(unit);
  return { ...finding, remedy: finding.remedy?.replaceAll("UNIT", unit.id) ?? null };
}

function judge({ id, load, active, sub, result, restarts }: Unit): Finding {
  const name = id.replace(/\.service$/, "");
  const said = `${name} is ${active} (${sub})`;
  if (active === "failed") return bad("service-failed", `${said}: ${result}`, "units");
  const isOnce = id.startsWith("lintel-selfcheck.service") || id.startsWith("lintel-update.service");
  if (isOnce) return good("units", `${name} ended last time with ${result || "success"}`);
  if (active !== "active" && active !== "activating")
    return weak("service-off", load === "masked" ? `${name} is masked` : said, "units");
  if (restarts >= restartsMax)
    return weak("service-restarts", `${said}, and was started anew ${restarts} times`, "units");
  return good("units", `${said}${restarts > 0 ? `, started anew ${restarts} times` : ""}`);
}

const packageFile = new URL("../../../package.json", import.meta.url);

async function versions(machine: Machine): Promise<readonly Finding[]> {
  const mine = JSON.parse(await readFile(packageFile, "utf8")) as Manifest;
  const pinned = mine.optionalDependencies?.[`node-linux-${process.arch}`] ?? null;
  const isPinned = pinned === null || process.versions.node === pinned;
  const node = `Node ${process.versions.node}`;
  const os = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec((await textAt(machine, "/etc/os-release")) ?? "")?.[1];
  const board = await boardOf(machine);
  const firmware = await firmwareOf(machine);
  const kernel = `kernel ${release()}`;
  const manager = await managerOf(machine);
  const parts = [os ?? "an unknown system", kernel, manager, board, firmware].filter((part) => part !== null);
  return [
    isPinned
      ? good("version", `lintel ${mine.version} on ${node}`)
      : weak("version-node", `lintel ${mine.version} on ${node}; it was tested on ${pinned}`, "version"),
    good("system", parts.join(", ")),
  ];
}

async function managerOf({ ask }: Machine): Promise<string | null> {
  const version = await systemdVersion(ask);
  if (version === null) return null;
  if (hasCredentials(version)) return `systemd ${version}`;
  return `systemd ${version} (what seals people is a file; ${credentialsSince} seals it to the machine)`;
}

interface Manifest {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function firmwareOf(machine: Machine): Promise<string | null> {
  const told = await textOf(machine.ask("vcgencmd", "version"));
  const [date] = told?.split("\n") ?? [];
  if (told !== null && date !== undefined && date !== "") return `firmware of ${date.trim()}`;
  if ((await namesAt(machine, "/sys/class/dmi/id")).length === 0) return null;
  const bios = await textAt(machine, "/sys/class/dmi/id/bios_version");
  return bios === null || bios === "" ? null : `firmware ${bios}`;
}
