import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";

type Line = { readonly event?: string; readonly msg: string; readonly [field: string]: unknown };

export interface Watched {
  /** The first line of its log that is so, already written or yet to come. */
  readonly said: (isIt: (line: Line) => boolean) => Promise<Line>;
  readonly url: () => Promise<string>;
  /** Its log and whatever else it wrote to its terminal, until now. */
  readonly written: () => string;
  /** Every address of the internet that anything of it spoke to until now, once each. */
  readonly destinations: () => Promise<readonly string[]>;
  /** Ends it as a service manager does. */
  readonly end: () => Promise<void>;
  /** Sends it a signal that it does not survive, and says how it went. */
  readonly dies: (signal: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

export interface WatchedOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs: what a crash leaves behind lies there. */
  readonly cwd?: string;
  /** Of Node, before the program. */
  readonly node?: readonly string[];
}

const root = join(import.meta.dirname, "../..");

/** As the unit has it: a machine may let everybody else dump their memory. */
async function coreLimit(): Promise<string> {
  const [, limit] = /^LimitCORE=(\S+)$/m.exec(await readFile(join(root, "systemd/lintel.service"), "utf8")) ?? [];
  return limit ?? "unlimited";
}

/** The real clock, watched by the kernel: native code and child processes connect nowhere unseen. */
export async function watched(
  state: string,
  flags: readonly string[],
  { env = {}, cwd = root, node = [] }: WatchedOptions = {},
): Promise<Watched> {
  const folder = await mkdtemp(join(tmpdir(), "lintel-watched-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const calls = join(folder, "calls");
  const strace = ["-D", "-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-s", "0", "-o", calls];
  const program = [process.execPath, ...node, join(root, "kiosk/main.ts")];
  const always = ["--log", "json", "--port", "0", "--state", state, "--assets", join(root, ".cache/assets")];
  const clock = ["prlimit", `--core=${await coreLimit()}`, ...program, ...always];
  const child = spawn("strace", [...strace, ...clock, ...flags], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  onTestFinished(() => void child.kill("SIGKILL"));
  const texts: string[] = [];
  const lines: Line[] = [];
  createInterface(child.stdout).on("line", (text) => {
    texts.push(text);
    lines.push(JSON.parse(text));
  });
  child.stderr.on("data", (chunk) => void texts.push(String(chunk)));
  const said: Watched["said"] = async (isIt) => {
    for (const endMs = performance.now() + 90_000; performance.now() < endMs; await pause(50)) {
      const found = lines.find(isIt);
      if (found !== undefined) return found;
      if (child.exitCode !== null) break;
    }
    throw new Error(`the clock never said it:\n${texts.join("\n")}`);
  };
  return {
    said,
    url: async () => /http:\S+/.exec((await said(({ msg }) => msg.includes("http:"))).msg)?.[0] ?? "",
    written: () => texts.join("\n"),
    destinations: async () => {
      const text = await readFile(calls, "utf8");
      expect(text, "the watcher saw something").toContain("connect(");
      const v4 = [...text.matchAll(/sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)/g)];
      const v6 = [...text.matchAll(/sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"/g)];
      return [...new Set([...v4, ...v6].map(([, port, address]) => `${address}:${port}`))].sort();
    },
    end: async () => {
      child.kill("SIGTERM");
      await ended;
      // The watcher outlives the clock for a moment.
      await pause(300);
    },
    dies: async (sent) => {
      child.kill(sent);
      const [code, signal] = await ended;
      await pause(300);
      return { code, signal };
    },
  };
}
