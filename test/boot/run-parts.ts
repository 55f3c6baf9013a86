import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Scene } from "./parts.ts";

/** What `npm run test:boot` and `npm run test:vm` have in common: what they need, where they run, and how they tell. */

/** Ends the run: this computer has not what it needs, and nothing was tried. */
export function refuse(command: string, what: string, remedy: string): never {
  process.stderr.write(`${command}: ${what}\nWhat to do: ${remedy}\n`);
  process.exit(2);
}

export const has = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** @param flags of `make-root.sh`. */
export function makeRoot(root: string, ...flags: readonly string[]): void {
  if (existsSync(root)) return;
  process.stdout.write("Making the Debian root (once, some minutes; it needs the network)\n");
  execFileSync(join(import.meta.dirname, "make-root.sh"), [root, ...flags], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** Runs this same command once more, `--inside`, and ends with what that ends with. */
export async function runInside(network: "own" | "ours"): Promise<never> {
  const again = [process.execPath, ...process.argv.slice(1), "--inside"] as const;
  const [program, ...words] =
    network === "own"
      ? (["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"', ...again] as const)
      : again;
  const child = spawn(program, words, { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  process.exit(code ?? 1);
}

/** What a run tells, with the seconds since it began, and how often something was otherwise than it should be. */
export interface Telling {
  readonly scene: Scene;
  readonly counts: { readonly passed: number; readonly failed: number };
  /** Something was thrown: that counts as well. */
  readonly broke: (error: unknown) => void;
}

export function openTelling(): Telling {
  const beganMs = performance.now();
  const counts = { passed: 0, failed: 0 };
  const line = (mark: string, text: string): void => {
    const seconds = ((performance.now() - beganMs) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${mark.padEnd(4)} ${text}\n`);
  };
  const check = (text: string, holds: boolean): void => {
    counts[holds ? "passed" : "failed"] += 1;
    line(holds ? "ok" : "NOT", text);
  };
  const scene: Scene = {
    note: (text) => line("", text),
    check,
    within: (text, tookMs, limitMs) =>
      check(`${text}: ${(tookMs / 1000).toFixed(2)} s (at most ${(limitMs / 1000).toFixed(0)} s)`, tookMs <= limitMs),
  };
  const broke = (error: unknown): void =>
    check(error instanceof Error ? (error.stack ?? error.message) : String(error), false);
  return { scene, counts, broke };
}
