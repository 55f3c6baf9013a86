import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "./cloud.ts";
import { writeSettings } from "./installing.ts";
import type { Machine } from "./machine.ts";
import type { Wall } from "./parts.ts";
import type { Visitor } from "./wall.ts";

export const unit = "lintel-update.service";
export const timer = "lintel-update.timer";
export const places = { releases: "/var/lib/lintel-releases", bundles: "/media/releases" };
/** Three seconds of nobody are enough from here on, and any time of the day. */
export const always = "00:00-23:59";

export interface Status {
  readonly version: string;
  readonly current: string | null;
  readonly staged: string | null;
  readonly trial: { readonly version: string; readonly starts?: number } | null;
  readonly last: { readonly version: string; readonly is: string; readonly why: string | null } | null;
}

export const statusOf = async ({ machine }: Pick<Wall, "machine">): Promise<Status> =>
  JSON.parse(await machine.run("lintel", "update", "status", "--json")) as Status;

/** As the technician's file says it, which counts before the cloud's wish where it pins it. */
export const wants = (wall: Wall, updateTo: string): void =>
  writeSettings(wall, { updateTo, updateFrom: places.bundles, updateWindow: always, pinned: ["updateTo"] });

export async function adds(machine: Machine, to: string, lines: readonly string[]): Promise<void> {
  const folder = `/etc/systemd/system/${to}.d`;
  await machine.run("mkdir", "-p", folder);
  writeFileSync(machine.path(`${folder}/test.conf`), `${lines.join("\n")}\n`);
  await machine.run("systemctl", "daemon-reload");
}

export const runs = (idleS: number): readonly string[] => [
  "[Service]",
  "ExecStart=",
  `ExecStart=/usr/lib/lintel/bin/lintel-launch provisioning/cli.ts update run --idle ${idleS}`,
];

/** Somebody could punch here and now. */
export const isServing = ({ now }: Visitor): boolean => {
  const shown = now();
  return shown !== null && shown.view.at !== "out-of-order" && shown.strip.reader === "on";
};

/** For how long nobody could punch, altogether, until it is asked. */
export function watchOutage(visitor: Visitor): { readonly end: () => Promise<number> } {
  let isOver = false;
  const watching = (async () => {
    let outMs = 0;
    for (let lastMs = performance.now(); !isOver; ) {
      await delay(10);
      const nowMs = performance.now();
      if (!isServing(visitor)) outMs += nowMs - lastMs;
      lastMs = nowMs;
    }
    return outMs;
  })();
  return {
    end: () => {
      isOver = true;
      return watching;
    },
  };
}

/** Nobody who punches is asked to wait for anything. */
export async function works(wall: Wall, text: string): Promise<void> {
  await until("somebody can punch", () => isServing(wall.visitor), 90_000);
  wall.scene.check(`${text}: three people punch`, (await wall.punch(3)) === 3);
}

/** Milliseconds until a file in the machine is as it has to be. */
export const untilFile = (machine: Machine, file: string, isIt: (text: string) => boolean): Promise<number> =>
  until(
    `${file} is there`,
    () => {
      const path = machine.path(file);
      return existsSync(path) && isIt(readTextOf(path));
    },
    180_000,
  );

function readTextOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
