import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Ours } from "./words.ts";

/** A line of the clock's log as it may leave: codes and numbers by name, and of the sentence what are our own words. */
export type SafeLine = Readonly<Record<string, string | number | boolean | null>>;

const linesMax = 400;
const patienceMs = 10_000;
const run = promisify(execFile);

/** Fields that hold codes of ours. */
const codes = ["event", "code", "room", "op", "is", "kind"];
/** Fields that hold numbers of records or counts. */
const numbers = ["level", "epoch", "seq", "upto", "count", "records", "of", "windowS", "restS"];

export interface LogTailRead {
  readonly lines: readonly SafeLine[];
  /** What kept the log from being read: a code. */
  readonly missing: "no-journalctl" | "unreadable" | null;
}

/** @param file a saved log; undefined asks journald for the clock's own. */
export async function readLog(ours: Ours, file: string | undefined): Promise<LogTailRead> {
  try {
    const text = file === undefined ? await fromJournald() : await readFile(file, "utf8");
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return { lines: lines.slice(-linesMax).map((line) => safe(line, ours)), missing: null };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT" && file === undefined;
    return { lines: [], missing: isAbsent ? "no-journalctl" : "unreadable" };
  }
}

async function fromJournald(): Promise<string> {
  const asked = ["--namespace=lintel", "--unit=lintel.service", `--lines=${linesMax}`, "--output=cat", "--no-pager"];
  const { stdout } = await run("journalctl", asked, { timeout: patienceMs, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

function safe(line: string, ours: Ours): SafeLine {
  const told = jsonOf(line.replace(/^<\d>/, ""));
  if (told === null) return { said: ours(line) };
  const { msg, time, stack } = told;
  return {
    ...(typeof time === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time) && { time }),
    ...Object.fromEntries(numbers.flatMap((name) => (typeof told[name] === "number" ? [[name, told[name]]] : []))),
    ...Object.fromEntries(codes.flatMap((name) => (typeof told[name] === "string" ? [[name, ours(told[name])]] : []))),
    ...(typeof stack === "string" && { stack: framesOf(stack) }),
    ...(typeof msg === "string" && { said: ours(msg) }),
  };
}

/** Files of ours and lines in them. */
const framesOf = (stack: string): string =>
  [...stack.matchAll(/\b(?:kiosk|provisioning)\/[a-z0-9/-]+\.ts:\d{1,5}\b/g)]
    .map(([frame]) => frame)
    .slice(0, 20)
    .join(" ");

function jsonOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
