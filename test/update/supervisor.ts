import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

/**
 * What systemd does for lintel.service, as far as an update sees it: ExecStartPre, READY, starting anew, a limit of
 * starts, OnFailure, and `systemctl` in a PATH of its own.
 */
export interface Supervisor extends AsyncDisposable {
  /** As a boot does: starts the clock and waits until it is ready, or has failed for good. */
  readonly start: () => Promise<"active" | "failed">;
  /** As a power cut does: everything of it is gone at once. */
  readonly cut: () => Promise<void>;
  readonly state: () => string;
  readonly path: string;
}

const run = promisify(execFile);
const startsMax = 6;
const pauseMs = 15;
/** Who says nothing for so long is ended: TimeoutStartSec. */
const usualStartMs = 20_000;

const systemctl = (folder: string): string => `#!/bin/sh
case "$1" in
  show) cat "${folder}/state"; exit 0 ;;
esac
echo "$*" >"${folder}/asked/.$$" && mv "${folder}/asked/.$$" "${folder}/asked/$$"
case "$*" in *--no-block*|reset-failed*|kill*) exit 0 ;; esac
until [ -e "${folder}/done/$$" ]; do sleep 0.02; done
`;

export function openSupervisor(options: {
  readonly folder: string;
  readonly releases: string;
  readonly factory: string;
  readonly state: string;
  /** What the clock is told; the made-up ones want their state folder alone. */
  readonly words?: readonly string[];
  /** A clock that says READY as a real one does, instead of by its first word. */
  readonly isReal?: boolean;
  readonly startMs?: number;
}): Supervisor {
  const { folder, releases, factory, state, words = [state], isReal = false, startMs = usualStartMs } = options;
  for (const name of ["asked", "done", "bin"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "bin/systemctl"), systemctl(folder));
  writeFileSync(
    join(folder, "bin/systemd-notify"),
    `#!/bin/sh\ncase "$*" in *--ready*) echo >"${folder}/ready" ;; esac\n`,
  );
  for (const name of ["systemctl", "systemd-notify"]) chmodSync(join(folder, "bin", name), 0o755);
  const launch = join(factory, "bin/lintel-launch");
  const path = `${join(folder, "bin")}:${process.env.PATH ?? ""}`;
  const env = { ...process.env, PATH: path, LINTEL_RELEASES: releases, LINTEL_FACTORY: factory };

  let child: ChildProcess | null = null;
  /** Which wish to have it run holds; null: none. Whoever began under another one lets it be. */
  let wish: symbol | null = null;
  let starts = 0;
  let now = "";
  let ended = Promise.withResolvers<"active" | "failed">();
  const set = (next: string): void => {
    now = next;
    writeFileSync(join(folder, "state.new"), `${next}\n`);
    renameSync(join(folder, "state.new"), join(folder, "state"));
  };
  set("inactive");

  const begin = async (mine: symbol): Promise<void> => {
    if (wish !== mine) return;
    if (starts >= startsMax) {
      set("failed");
      wish = null;
      ended.resolve("failed");
      // It ends with 10 where it took a version back; the start that it asks for comes as a job of its own.
      await run(launch, ["--failed"], { env }).catch(() => undefined);
      return;
    }
    starts += 1;
    set("activating");
    await run(launch, ["--starting"], { env });
    if (wish !== mine) return;
    rmSync(join(folder, "ready"), { force: true });
    const clock = spawn(launch, ["kiosk/main.ts", ...words], {
      env: { ...env, ...(isReal && { NOTIFY_SOCKET: join(folder, "notify") }) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = clock;
    const late = setTimeout(() => clock.kill("SIGKILL"), startMs);
    const ready = (): void => {
      clearTimeout(late);
      if (child !== clock) return;
      set("active");
      ended.resolve("active");
    };
    if (isReal) void untilThere(join(folder, "ready"), clock).then(ready);
    else clock.stdout?.once("data", ready);
    clock.stdout?.resume();
    clock.once("exit", () => {
      clearTimeout(late);
      if (child !== clock) return;
      child = null;
      void wait(pauseMs).then(() => begin(mine));
    });
  };

  const halt = async (signal: NodeJS.Signals): Promise<void> => {
    wish = null;
    const mine = child;
    child = null;
    if (mine !== null && mine.exitCode === null && mine.signalCode === null) {
      const gone = new Promise((resolve) => mine.once("exit", resolve));
      mine.kill(signal);
      await gone;
    }
    set("inactive");
  };

  const start = async (): Promise<"active" | "failed"> => {
    ended = Promise.withResolvers();
    wish = Symbol("start");
    await begin(wish);
    return ended.promise;
  };

  const serve = async (asked: string, name: string): Promise<void> => {
    if (asked.startsWith("reset-failed")) starts = 0;
    else {
      await halt("SIGTERM");
      await start();
    }
    writeFileSync(join(folder, "done", name), "");
  };

  const closing = new AbortController();
  /** One job after the other, whoever asks for it. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
  const listen = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      for (const name of readdirSync(join(folder, "asked")).filter((one) => !one.startsWith("."))) {
        const asked = readFileSync(join(folder, "asked", name), "utf8");
        rmSync(join(folder, "asked", name));
        if (asked.startsWith("kill")) {
          child?.kill("SIGKILL");
          continue;
        }
        // A job that waits for a start is over when another one is asked for.
        if (!asked.startsWith("reset-failed")) ended.resolve("failed");
        void inTurn(() => serve(asked, name));
      }
      await wait(5);
    }
  };
  const listening = listen();
  return {
    start: () =>
      inTurn(() => {
        starts = 0;
        return start();
      }),
    cut: () =>
      inTurn(async () => {
        await halt("SIGKILL");
        for (const name of readdirSync(join(folder, "asked"))) rmSync(join(folder, "asked", name));
      }),
    state: () => (existsSync(folder) ? now : "gone"),
    path,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await listening;
      await inTurn(() => halt("SIGKILL"));
    },
  };
}

async function untilThere(path: string, mine: ChildProcess): Promise<void> {
  while (!existsSync(path) && mine.exitCode === null && mine.signalCode === null) await wait(20);
}
