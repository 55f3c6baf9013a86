import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { untilClosed, untilListening } from "../listening.ts";

/** A broker in a process of its own, on loopback, with nothing but what is in its temporary folder. */
export interface BrokerProcess extends AsyncDisposable {
  /** Gone at once, in the middle of whatever it did. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** How long it may take until it listens; a minute where nothing is said. */
  readonly startMs?: number;
  /** Debian's package, for whoever has not got it. */
  readonly package: string;
  /** What it says goes here. */
  readonly logFile: string;
  readonly log: number;
}

/** Starts it and waits until it listens. */
export async function openBrokerProcess(program: Program): Promise<BrokerProcess> {
  let child: ChildProcess | null = null;
  const kill = async () => {
    const dying = child;
    child = null;
    if (dying?.pid === undefined || dying.exitCode !== null) return;
    const exited = once(dying, "exit");
    // Its group: RabbitMQ is a shell around a virtual machine.
    process.kill(-dying.pid, "SIGKILL");
    await exited;
    await untilClosed(program.port);
  };
  const start = async () => {
    const { path, args, env, log } = program;
    child = spawn(path, [...args], { detached: true, stdio: ["ignore", log, log], env: { ...process.env, ...env } });
    const failed = once(child, "error").then(([cause]) => {
      throw new Error(`${path} does not start: apt install ${program.package}`, { cause });
    });
    const exited = once(child, "exit").then(() => {
      throw new Error(`${path} ended: ${readFileSync(program.logFile, "utf8").slice(-2000)}`);
    });
    // Whichever comes later is nobody's any more.
    failed.catch(() => {});
    exited.catch(() => {});
    try {
      await Promise.race([untilListening(program.port, program.startMs ?? 60_000), failed, exited]);
    } catch (cause) {
      // Whoever starts late must not be left behind.
      await kill();
      throw cause;
    }
  };
  await start();
  return { start, kill, [Symbol.asyncDispose]: kill };
}
