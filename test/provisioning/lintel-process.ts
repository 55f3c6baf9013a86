import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");

/** A `lintel` command as a process of its own. */
export interface LintelProcess extends AsyncDisposable {
  /** Everything that it said so far, both streams as they came. */
  readonly said: () => string;
  /** Waits until it has said this. Throws where it ends or takes too long. */
  readonly says: (text: string, withinMs?: number) => Promise<void>;
  readonly ended: () => Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** @param env instead of this process's own, but for its PATH where none is given. */
export function startLintel(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): LintelProcess {
  const child = spawn(process.execPath, [cli, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  const exit = once(child, "close") as Promise<[number | null]>;
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const kill = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!isOver()) child.kill(signal);
    return (await exit)[0];
  };
  return {
    said: () => said,
    says: async (text, withinMs = 30_000) => {
      for (const untilMs = performance.now() + withinMs; !said.includes(text); await delay(20)) {
        if (isOver()) await exit;
        if (said.includes(text)) return;
        if (isOver() || performance.now() > untilMs) throw new Error(`never said "${text}" but:\n${said}`);
      }
    },
    ended: async () => (await exit)[0],
    kill,
    [Symbol.asyncDispose]: async () => {
      await kill("SIGKILL");
    },
  };
}

/** Runs it to its end. */
export async function lintel(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  await using running = startLintel(args, env);
  const code = await running.ended();
  return { code, said: running.said() };
}
