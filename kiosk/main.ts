import { readConfig, settingsHelp } from "./config.ts";
import { Fault } from "./core/fault.ts";
import { isJournal } from "./host/journald.ts";
import { openLog, openLogTail } from "./host/log.ts";
import { openNotify } from "./host/notify.ts";
import { stackOf } from "./host/stack.ts";
import { live } from "./lives.ts";

/**
 * The process: reads the settings, lives, and ends. Exit codes: 0 asked to stop, 70 a bug, 75 something
 * outside is not as it must be, 78 wrong settings.
 */

/** Closing takes half a second; a process that hangs in it is ended all the same. */
const closeMs = 10_000;

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    stop.abort();
    setTimeout(() => process.exit(75), closeMs).unref();
  });
}

process.exitCode = await main(process.argv.slice(2), stop.signal);
setTimeout(() => process.exit(), closeMs).unref();

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes("--help")) {
    process.stdout.write(`${settingsHelp()}\n`);
    return 0;
  }
  const tail = openLogTail();
  const readerOf = (file: number) => (isJournal(process.env, file) ? "journald" : "anybody");
  // Settings that cannot be read have a code too, which the screen shows where there is one (docs/kiosk-shell.md).
  const early = readerOf(2) === "journald" ? "json" : "plain";
  let log = openLog(early, (line) => process.stderr.write(line), tail, readerOf(2));
  const crash = (error: unknown): 70 => {
    // The stack names files and lines, never values: what people are called does not reach a log this way.
    log.fatal("a bug ended the clock; it will be started again", { stack: stackOf(error) });
    return 70;
  };
  // What nobody awaits is a bug as well; going on in an unknown state would be a second one.
  process.once("uncaughtException", (error) => process.exit(crash(error)));
  try {
    const config = readConfig(argv, process.env);
    log = openLog(config.log, (line) => process.stdout.write(line), tail, readerOf(1));
    const notify = openNotify(process.env, () =>
      log.warn("systemd cannot be told how the clock is: systemd-notify does not work", { event: "notify" }),
    );
    await live({ argv, env: process.env, log, tail, notify }, signal);
    await notify.stopping();
    return 0;
  } catch (error) {
    if (error instanceof Fault) {
      log.fatal(`${error.message}. ${error.remedy}`, { code: error.code });
      return isSetting(error) ? 78 : 75;
    }
    return crash(error);
  }
}

/** What only another setting can mend: starting again would not help. */
function isSetting({ code }: Fault): boolean {
  return code.startsWith("config-") || code === "decommissioned" || code === "model-banned" || code === "model-licence";
}
