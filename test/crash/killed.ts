import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

/** Runs a program of this folder until its first word, lets it go on for `ms`, kills it, and returns every line it got out. */
export async function linesUntilKilled(name: string, args: readonly string[], ms: number): Promise<readonly string[]> {
  const program = join(import.meta.dirname, name);
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  await once(reader, "line");
  await wait(ms);
  child.kill("SIGKILL");
  await once(reader, "close");
  return lines;
}
