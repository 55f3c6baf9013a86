import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");

/** `lintel receive` as a process of its own. */
export interface ReceiverProcess extends AsyncDisposable {
  readonly pid: number;
  readonly stderr: () => string;
  readonly stdout: () => string;
  /** The first line of what it says that holds `text`. */
  readonly says: (text: string, withinMs?: number) => Promise<string>;
  /** Its exit code, when it ends by itself. */
  readonly ended: () => Promise<number | null>;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export function startReceiver(...args: readonly string[]): ReceiverProcess {
  const child = spawn(process.execPath, [cli, "receive", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exit = once(child, "exit") as Promise<[number | null]>;
  let stderr = "";
  let stdout = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return (await exit)[0];
  };
  return {
    pid: child.pid ?? 0,
    stderr: () => stderr,
    stdout: () => stdout,
    end,
    ended: async () => (await exit)[0],
    says: async (text, withinMs = 30_000) => {
      for (const deadline = performance.now() + withinMs; performance.now() < deadline; await delay(20)) {
        const line = stderr.split("\n").find((one) => one.includes(text));
        if (line !== undefined) return line;
      }
      throw new Error(`never said "${text}" but: ${stderr}`);
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await end("SIGKILL");
    },
  };
}
