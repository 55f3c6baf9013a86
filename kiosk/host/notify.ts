import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Words to systemd, by its own program: sd_notify(3) speaks through a datagram socket, which Node has not. Where nobody
 * listens, nothing is said.
 */
export interface Notify {
  /** The clock takes punches. */
  readonly ready: (status: string) => Promise<void>;
  /** It was asked to end and does. */
  readonly stopping: () => Promise<void>;
  /** Everything moves; systemd ends whoever does not say so in time. */
  readonly alive: () => Promise<void>;
  /** How often `alive` has to be said, three times as often as systemd looks; null where it does not look. */
  readonly everyMs: number | null;
}

const run = promisify(execFile);
/** It waits until systemd has read it (sd_notify_barrier), and no longer. */
const sayMs = 5_000;

/** @param failed hears once that systemd cannot be told, which is no reason to stop: systemd will draw its own conclusion. */
export function openNotify(
  env: Readonly<Record<string, string | undefined>>,
  failed: (error: unknown) => void,
): Notify {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env;
  let isTold = false;
  const say = async (...words: readonly string[]): Promise<void> => {
    if (NOTIFY_SOCKET === undefined) return;
    try {
      await run("systemd-notify", words, { env: { ...env, NOTIFY_SOCKET }, timeout: sayMs });
    } catch (error) {
      if (!isTold) failed(error);
      isTold = true;
    }
  };
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid);
  const watchdogMs = Number(WATCHDOG_USEC) / 1_000;
  return {
    ready: (status) => say("--ready", `--status=${status}`),
    stopping: () => say("STOPPING=1"),
    alive: () => say("WATCHDOG=1"),
    everyMs: NOTIFY_SOCKET !== undefined && isOurs && watchdogMs > 0 ? watchdogMs / 3 : null,
  };
}
