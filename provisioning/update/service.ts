import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";

/** The clock as systemd has it. */
export interface Service {
  /** Ends it and starts what is current. Resolves also where it does not come up: that is for others to see. */
  readonly restart: () => Promise<void>;
  /** `active` only after it said READY. */
  readonly state: () => Promise<string>;
}

const run = promisify(execFile);
const unit = "lintel.service";
/** Stopping and starting have 20 and 60 s of their own. */
const restartMs = 100_000;
const askMs = 5_000;

export const systemd: Service = {
  restart: async () => {
    await run("systemctl", ["restart", unit], { timeout: restartMs }).catch(mustBeThere);
  },
  state: async () => {
    const asked = run("systemctl", ["show", "--property=ActiveState", "--value", unit], { timeout: askMs });
    return asked.then(
      ({ stdout }) => stdout.trim(),
      (error: unknown) => {
        mustBeThere(error);
        return "unknown";
      },
    );
  },
};

function mustBeThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return;
  throw new Fault(
    "tool-missing",
    "systemctl is not here, and only systemd can start the clock anew",
    "Run updates on the installed clock, as root.",
    error,
  );
}
