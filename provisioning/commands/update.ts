import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { goBack } from "../update/back.ts";
import { isPassed } from "../update/book.ts";
import { journalVersion } from "../update/journal-schema.ts";
import { readReleaseKeys } from "../update/keys.ts";
import { look } from "../update/look.ts";
import { archHere, ofDisk, takeUpdateLock } from "../update/machine.ts";
import { mustFit, openManifest } from "../update/manifest.ts";
import { usualPace } from "../update/pace.ts";
import { installed, type Places } from "../update/places.ts";
import { checkItself } from "../update/self-check.ts";
import { systemd } from "../update/service.ts";
import { fetchManifest, newestIn } from "../update/source.ts";
import { type Outcome, type Updating, update, type Wish } from "../update/update.ts";
import { lookAt } from "../update/wall.ts";
import { isInWindow, settingsOf } from "../update/wanted.ts";
import { print, printJson } from "./print.ts";

type Flags = Places & {
  readonly json?: boolean;
  readonly from?: string;
  readonly to?: string;
  /** Seconds. */
  readonly idle?: string;
};

export function addUpdate(program: Command): void {
  const group = program.command("update").summary("bring this clock to another version, and back where it is not well");
  const add = (name: string, summary: string, act: (flags: Flags) => Promise<void>): Command => {
    const command = group.command(name).summary(summary).description(`${summary}.`);
    for (const [place, where] of Object.entries(installed)) command.option(`--${place} <path>`, placeHelp, where);
    return command
      .option("--json", "print the result for a program")
      .action((flags: Flags) => act(flags).catch((error: unknown) => Promise.reject(ofDisk(error, flags.releases))));
  };
  const from = (command: Command): Command =>
    command
      .option("--from <folder or url>", "where bundles are, instead of the setting updateFrom")
      .option("--to <version>", "which version; default: the setting updateTo, or the newest in the folder");
  add("status", "say which version runs, which waits, and how the last update went", status);
  from(add("check", "ask whether there is a version for this clock; changes nothing", check));
  from(
    add("stage", "fetch a version, prove it and let it check itself; installs nothing", (flags) => go(flags, "stage")),
  );
  const idle = (command: Command, seconds: number): Command =>
    command.option("--idle <seconds>", "for so long nobody must have stood there", String(seconds));
  // Who stands beside it knows that nobody is punching now.
  const apply = add("apply", "the same, and switch to it as soon as nobody is at the clock", (flags) =>
    go(flags, "apply"),
  );
  idle(from(apply), 5);
  const timed = add("run", "what the timer does: what the settings want, when they allow it", (flags) =>
    go(flags, "timer"),
  );
  idle(timed, usualPace.idleMs / 1000);
  add("return", "go back to the version that ran before", back);
  add("self-check", "whether this very version works on this machine; changes nothing", selfCheck);
}

const placeHelp = "a place of the installed clock";

async function status(flags: Flags): Promise<void> {
  const { book, ...found } = await look(flags, await readReleaseKeys(flags.keys));
  if (flags.json) return printJson({ ...found, ...book });
  const { trial, current, staged, version } = found;
  print(`${version} runs${current === null ? ", the package's own" : `, over ${found.package} of the package`}.`);
  if (trial !== null) print(`${trial.version} is on trial${trial.is === "counted" ? "" : " and is taken back"}.`);
  if (staged !== null) print(`${staged} waits until nobody is at the clock.`);
  if (current !== null) print(`Back leads to ${book.previous ?? `${found.package}, the package's own`}.`);
  const { last } = book;
  if (last === null) return;
  const how = last.is === "kept" ? "stayed" : `was taken back (${last.why ?? "unknown"})`;
  print(`Last: ${last.version} ${how}, ${new Date(last.atUtcMs).toISOString()}.`);
}

async function check(flags: Flags): Promise<void> {
  const { keyOf, arch } = await hereOf(flags);
  const { version, from } = await wishOf(flags, "stage");
  const found = await look(flags, keyOf);
  if (version === null || from === null || version === found.version) {
    throw new Fault(
      "update-nothing",
      `nothing newer than ${found.version} is wanted here`,
      "Set `updateTo`, or name --from.",
    );
  }
  const release = openManifest(await fetchManifest(from, version, arch), keyOf);
  const here = { arch, nowUtcMs: Date.now(), journal: await journalVersion(flags.state) };
  mustFit(release, { ...here, highest: found.book.highest, version: found.version, package: found.package });
  const wasTaken = isPassed(found.book, version, Date.now());
  if (flags.json) printJson({ version, from: found.version, bytes: release.bundle.bytes, isPassed: wasTaken });
  else
    print(
      `${version} fits this clock, which runs ${found.version}.${wasTaken ? " It was taken back here before." : ""}`,
    );
}

async function go(flags: Flags, how: "stage" | "apply" | "timer"): Promise<void> {
  using _lock = takeUpdateLock(flags);
  const wish = await wishOf(flags, how);
  tell(await update(await updatingOf(flags), wish), flags);
}

function tell(outcome: Outcome, { json }: Flags): void {
  if (json) printJson(outcome);
  else if (outcome.is === "nothing") print(`${outcome.version} runs; nothing is to be done.`);
  else if (outcome.is === "kept") print(`${outcome.version} runs${said(outcome.outMs)}.`);
  else if (outcome.is === "waiting") print(`${outcome.version} waits ${waits[outcome.for]}.`);
  if (outcome.is === "returned") {
    const remedy = "The version before runs; `lintel update status` and the log of lintel.service say more.";
    throw new Fault("update-returned", `${outcome.version} was taken back: ${outcome.why}`, remedy);
  }
}

const waits = { window: "for its hour of the day", somebody: "until nobody is at the clock" } as const;
const said = (outMs: number | null): string =>
  outMs === null ? "" : `, ${(outMs / 1000).toFixed(1)} s after the switch`;

async function wishOf(flags: Flags, how: "stage" | "apply" | "timer"): Promise<Wish> {
  const config = await settingsOf(flags);
  const from = flags.from ?? config.updateFrom ?? null;
  const wanted = flags.to ?? config.updateTo ?? null;
  const isFolder = flags.from?.startsWith("/") === true;
  const version = wanted ?? (isFolder && from !== null ? await newestIn(from, archHere()) : null);
  const isHour = isInWindow(config.updateWindow, config.timeZone, Date.now());
  return { version, from, mayInstall: how === "apply" || (how === "timer" && isHour), isByHand: how !== "timer" };
}

async function hereOf({ keys }: Flags) {
  return { keyOf: await readReleaseKeys(keys), arch: archHere() };
}

async function updatingOf(flags: Flags): Promise<Updating> {
  const config = await settingsOf(flags);
  return {
    ...(await hereOf(flags)),
    places: flags,
    journal: await journalVersion(flags.state),
    nowUtcMs: Date.now,
    service: systemd,
    sight: () => lookAt(config.desk ?? flags.state, systemd),
    pace: { ...usualPace, idleMs: idleMsOf(flags) },
    mark: () => undefined,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

function idleMsOf({ idle }: Flags): number {
  if (idle === undefined) return usualPace.idleMs;
  if (/^\d{1,5}$/.test(idle)) return Number(idle) * 1000;
  throw new Fault("config-invalid", `--idle ${idle} is no number of seconds`, "Give whole seconds, such as 120.");
}

async function back(flags: Flags): Promise<void> {
  using _lock = takeUpdateLock(flags);
  tell(await goBack(await updatingOf(flags)), flags);
}

async function selfCheck(flags: Flags): Promise<void> {
  const found = await checkItself(await settingsOf(flags));
  if (flags.json) printJson({ works: found });
  else print(`Works here: ${found.join(", ")}.`);
}
