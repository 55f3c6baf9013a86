import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface LogLine {
  readonly event?: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The real kiosk as its own process, as systemd would start it. */
export interface KioskProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly lines: readonly LogLine[];
  readonly stderr: () => string;
  /** The first line that is so, already written or yet to come. Throws when the process ends or `withinMs` is over. */
  readonly line: (isIt: (line: LogLine) => boolean, withinMs?: number) => Promise<LogLine>;
  readonly url: () => Promise<string>;
  /** Waits until it ends by itself. */
  readonly ended: () => Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends it and says how it went. */
  readonly end: (signal?: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

export const startKiosk = (state: string, ...flags: readonly string[]): KioskProcess =>
  startKioskIn({}, state, ...flags);

/** @param env besides what every process here has. */
export function startKioskIn(
  env: Readonly<Record<string, string>>,
  state: string,
  ...flags: readonly string[]
): KioskProcess {
  const args = [
    "kiosk/main.ts",
    "--log",
    "json",
    "--port",
    "0",
    "--state",
    state,
    "--time-zone",
    "Europe/Berlin",
    // The footage, also on a machine that has a camera; a later flag wins.
    "--camera",
    "demo",
    ...flags,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  // Not "exit": what it said last may still be on its way then.
  const exit = once(child, "close") as Promise<[number | null, string | null]>;
  let isOver = false;
  const lines: LogLine[] = [];
  let stderr = "";
  let bell = Promise.withResolvers<void>();
  const ring = () => {
    bell.resolve();
    bell = Promise.withResolvers();
  };
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  createInterface(child.stdout).on("line", (text) => {
    lines.push(JSON.parse(text) as LogLine);
    ring();
  });
  void exit.then(() => {
    isOver = true;
    ring();
  });
  const line: KioskProcess["line"] = async (isIt, withinMs = 30_000) => {
    const deadlineMs = Date.now() + withinMs;
    for (let seen = 0; ; ) {
      for (; seen < lines.length; seen += 1) {
        const found = lines[seen];
        if (found !== undefined && isIt(found)) return found;
      }
      const leftMs = deadlineMs - Date.now();
      const said = `${lines.map(({ msg }) => msg).join("\n")}\n${stderr}`;
      if (isOver) throw new Error(`the kiosk ended with ${child.exitCode}:\n${said}`);
      if (leftMs <= 0) throw new Error(`the kiosk never said it:\n${said}`);
      await Promise.race([bell.promise, new Promise((resolve) => setTimeout(resolve, leftMs).unref())]);
    }
  };
  const ended: KioskProcess["ended"] = async () => {
    const [code, signal] = await exit;
    return { code, signal };
  };
  const end: KioskProcess["end"] = (signal = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended();
  };
  return {
    child,
    lines,
    stderr: () => stderr,
    line,
    url: async () => String((await line(({ event }) => event === "ready")).url),
    ended,
    end,
    [Symbol.asyncDispose]: async () => {
      await end("SIGKILL");
    },
  };
}
