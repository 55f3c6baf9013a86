import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import type { Condition } from "../../kiosk/core/technician.ts";
import type { Finding } from "../../provisioning/doctor/finding.ts";
import type { Machine } from "../../provisioning/doctor/machine.ts";
import { toolsOf } from "../../provisioning/doctor/tools.ts";

/** A machine to be looked at: files of its /sys and /proc, and its own tools in a PATH that holds nothing else. */

export interface Said {
  readonly out?: string;
  readonly err?: string;
  readonly exit?: number;
}

export interface Made {
  /** By the whole command line: "vcgencmd get_throttled". */
  readonly tools?: Readonly<Record<string, string | Said>>;
  /** By path below the root. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: readonly string[];
  readonly running?: Condition | null;
  readonly now?: () => number;
}

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "lintel-doctor-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export function machineWith({
  tools = {},
  files = {},
  settings = [],
  running = null,
  now = Date.now,
}: Made = {}): Machine {
  const place = folder();
  const root = join(place, "root");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const config = readConfig(["--state", join(place, "state"), ...settings], {});
  return { config, root, running, isClosed: false, now, ask: toolsOf({ PATH: toolsIn(join(place, "bin"), tools) }) };
}

/** Programs that answer one command line each, and complain of every other. @returns the folder, for PATH. */
export function toolsIn(bin: string, tools: NonNullable<Made["tools"]>): string {
  mkdirSync(bin, { recursive: true });
  const names = new Set(Object.keys(tools).map((line) => line.split(" ")[0] ?? ""));
  for (const name of names) {
    const cases = Object.entries(tools).filter(([line]) => line.split(" ")[0] === name);
    const script = cases.map(([line, said], at) => {
      const { out = "", err = "", exit = 0 } = typeof said === "string" ? { out: said } : said;
      writeFileSync(join(bin, `${name}.${at}.out`), out);
      writeFileSync(join(bin, `${name}.${at}.err`), err);
      const args = line.slice(name.length).trim();
      return `"${args}") /bin/cat "${bin}/${name}.${at}.out"; /bin/cat "${bin}/${name}.${at}.err" >&2; exit ${exit};;`;
    });
    writeFileSync(join(bin, name), `#!/bin/sh\ncase "$*" in\n${script.join("\n")}\nesac\necho "what?" >&2\nexit 2\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

export async function all(found: AsyncIterable<Finding> | Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  if (found instanceof Promise) return found;
  const findings: Finding[] = [];
  for await (const finding of found) findings.push(finding);
  return findings;
}

/** What somebody has to do something about, by code. */
export const codesOf = (findings: readonly Finding[]): readonly (string | null)[] =>
  findings.filter(({ is }) => is === "weak" || is === "wrong").map(({ code }) => code);

export const well: Condition = {
  rooms: { camera: "up", engine: "up", reader: "up", uplink: "up", journal: "up" },
  ...{ framesPerS: 15, frameAgeMs: 60, look: { p50Ms: 30, worstMs: 90, count: 50 } },
  commit: { p50Ms: 5, worstMs: 20, count: 12 },
  faces: { seen: 40, tooDark: 0, tooBright: 0, blurred: 0, repeats: false },
  cards: { taps: 20, garbage: 0 },
  journal: { notice: null, checked: "good", oldestWaitingUtcMs: null },
  shut: { locked: null, isCameraOff: false },
  ...{ housing: "none", pages: 1 },
};
