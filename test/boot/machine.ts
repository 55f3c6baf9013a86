import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** A Debian with systemd as its first process, in namespaces of its own; the network it shares with us. */
export interface Machine extends AsyncDisposable {
  /** As root in the machine, by its own programs. @throws where it ends with anything but 0. */
  readonly run: (...words: readonly string[]) => Promise<string>;
  /** The same, and what it printed whatever it ended with. */
  readonly ask: (...words: readonly string[]) => Promise<string>;
  /** Where the machine's file is for us. */
  readonly path: (file: string) => string;
  /** Process id that we know the main process of a unit by; 0 where it has none. */
  readonly mainPid: (unit: string) => Promise<number>;
  /** From the kernel's first process to `multi-user.target`. */
  readonly bootMs: number;
  /** Its own words, for whoever has to find out why something did not work. */
  readonly console: () => string;
  /** As when somebody pulls its plug: nothing in there is asked or told. What was written is on its disk all the same. */
  readonly cut: () => Promise<void>;
}

/** What stays of a machine that is off: its disk. */
export interface Board extends Disposable {
  readonly disk: string;
}

export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly isWritable?: boolean;
}

const execute = promisify(execFile);
const usual = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const patienceMs = 180_000;

/** @param root of `make-root.sh`; it stays as it is, what machines write on this disk goes with the board. */
export function openBoard(root: string): Board {
  const place = mkdtempSync(join(tmpdir(), "lintel-boot-"));
  const parts = ["upper", "work", "root"].map((name) => join(place, name));
  for (const part of parts) mkdirSync(part);
  const [upper, work, top] = parts as [string, string, string];
  execFileSync("mount", ["-t", "overlay", "-o", `lowerdir=${root},upperdir=${upper},workdir=${work}`, "lintel", top]);
  return {
    disk: top,
    [Symbol.dispose]: () => {
      execFileSync("umount", [top]);
      rmSync(place, { recursive: true });
    },
  };
}

/** One machine at a time on a board. */
export async function switchOn({ disk }: Board, mounts: readonly Mount[]): Promise<Machine> {
  const binds = mounts.map(({ from, to, isWritable }) => `--bind${isWritable === true ? "" : "-ro"}=${from}:${to}`);
  const startedMs = performance.now();
  const child = spawn(
    "systemd-nspawn",
    ["--quiet", "-D", disk, "--register=no", "--keep-unit", "--machine=lintel-boot", ...binds, "-b"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const exit = once(child, "exit");
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-100_000);
    });
  const end = async (): Promise<void> => {
    // nspawn asks its machine to shut down; one that does not is ended.
    if (child.exitCode === null) child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await exit;
    clearTimeout(late);
  };
  try {
    const first = await firstProcess(child, () => said);
    const enter = ["-t", String(first), "-m", "-u", "-i", "-p", "--", "env", "-i", usual, "LC_ALL=C.UTF-8"];
    const limits = { timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 };
    const run: Machine["run"] = async (...words) => (await execute("nsenter", [...enter, ...words], limits)).stdout;
    const ask: Machine["ask"] = (...words) =>
      run(...words).catch((error: { readonly stdout?: string; readonly stderr?: string }) => {
        return `${error.stdout ?? ""}${error.stderr ?? ""}`;
      });
    await booted(ask, () => said);
    return {
      run,
      ask,
      path: (file) => join(`/proc/${first}/root`, file),
      mainPid: async (unit) => {
        const pid = Number(await ask("systemctl", "show", unit, "--property=MainPID", "--value"));
        return pid === 0 ? 0 : pidHere(first, pid);
      },
      bootMs: performance.now() - startedMs,
      console: () => said,
      cut: async () => {
        // With the first process the kernel ends all others of its namespace.
        process.kill(first, "SIGKILL");
        await exit;
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What is process 1 in there. */
async function firstProcess(child: ChildProcess, said: () => string): Promise<number> {
  for (const endMs = performance.now() + 30_000; performance.now() < endMs; await delay(20)) {
    if (child.exitCode !== null) throw new Error(`the machine does not start: ${said()}`);
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    for (const pid of children.filter((text) => text !== "").map(Number)) {
      if (innerPid(pid) === 1) return pid;
    }
  }
  throw new Error(`the machine has no first process: ${said()}`);
}

async function booted(ask: Machine["ask"], said: () => string): Promise<void> {
  for (const endMs = performance.now() + 60_000; performance.now() < endMs; await delay(100)) {
    const state = (await ask("systemctl", "is-system-running")).trim();
    // Degraded: what a container cannot have, a kernel log for instance.
    if (state === "running" || state === "degraded") return;
  }
  throw new Error(`the machine does not come up: ${said()}`);
}

/** The innermost of the numbers that a process has. */
function innerPid(pid: number): number {
  try {
    const [, numbers = ""] = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(numbers.split(/\s+/).at(-1));
  } catch {
    return 0;
  }
}

/** A process of the machine by the number that it has in there. */
function pidHere(first: number, wanted: number): number {
  const queue = [first];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    if (innerPid(pid) === wanted) return pid;
    queue.push(...childrenOf(pid));
  }
  return 0;
}

/** Those that any of its threads began. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const texts = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"),
    );
    return texts.flatMap((text) => text.split(" ").filter((word) => word !== "")).map(Number);
  } catch {
    return [];
  }
}
