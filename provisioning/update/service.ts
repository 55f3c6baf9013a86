import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";

/** The clock as systemd has it. */
export interface Service {
  /** Ends it and starts what is current. Resolves also where it does not come up: that is for others to see. */
  readonly restart: () => Promise<void>;
  /** The same, and resolves as soon as systemd knows of it: for a start that may hang. */
  readonly begin: () => Promise<void>;
  /** `active` only after it said READY. */
  readonly state: () => Promise<string>;
}

const run = promisify(execFile);
const unit = "lintel.service";
/** Stopping and starting have 20 and 60 s of their own. */
const restartMs = 100_000;
const askMs = 5_000;

const tell = async (timeout: number, ...words: readonly string[]): Promise<void> => {
  await run("systemctl", [...words], { timeout }).catch(mustBeThere);
};

async function state(): Promise<string> {
  const asked = run("systemctl", ["show", "--property=ActiveState", "--value", unit], { timeout: askMs });
  return asked.then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => {
      mustBeThere(error);
      return "unknown";
    },
  );
}

async function again(...how: readonly string[]): Promise<void> {
  // What hangs at its start would be asked to end, and waited for; nobody can punch meanwhile.
  if ((await state()) === "activating") await tell(askMs, "kill", "--signal=KILL", unit);
  // Starts of this day that were none of its fault: a clock that updates tried twice must not be refused its start.
  await tell(askMs, "reset-failed", unit);
  await tell(restartMs, "restart", ...how, unit);
}

export const systemd: Service = { restart: () => again(), begin: () => again("--no-block"), state };

function mustBeThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return;
  throw new Fault(
    "tool-missing",
    "systemctl is not here, and only systemd can start the clock anew",
    "Run updates on the installed clock, as root.",
    error,
  );
}
