import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ShownFinding } from "../core/technician-view.ts";

/**
 * `lintel doctor` as a process of its own: it takes seconds, asks programs of the system, and must not trouble the clock.
 * It sees what this user may see, and asks this very clock for the rest.
 */
export interface DoctorRun {
  readonly findings: () => readonly ShownFinding[];
  readonly isLooking: () => boolean;
  readonly lookedUtcMs: () => number | null;
  /** Looks once more; nothing where it looks already. */
  readonly look: () => void;
}

const program = fileURLToPath(new URL("../../provisioning/cli.ts", import.meta.url));
const patienceMs = 120_000;

const findings: z.ZodType<readonly ShownFinding[]> = z.array(
  z.object({
    ...{ area: z.string(), about: z.string(), is: z.enum(["good", "weak", "wrong", "unknown"]) },
    ...{ sentence: z.string(), remedy: z.string().nullable(), code: z.string().nullable() },
  }),
);

/** @param settings of this clock, as it was started. */
export function createDoctorRun(settings: readonly string[], nowUtcMs: () => number): DoctorRun {
  let found: readonly ShownFinding[] = [];
  let isLooking = false;
  let lookedUtcMs: number | null = null;
  return {
    findings: () => found,
    isLooking: () => isLooking,
    lookedUtcMs: () => lookedUtcMs,
    look: () => {
      if (isLooking) return;
      isLooking = true;
      const args = [program, "doctor", "--json", "--", ...settings];
      execFile(process.execPath, args, { timeout: patienceMs, killSignal: "SIGKILL" }, (_, stdout) => {
        isLooking = false;
        lookedUtcMs = nowUtcMs();
        found = read(stdout);
      });
    },
  };
}

/** It ends with 1 where something is wrong, so only what it says counts. */
function read(text: string): readonly ShownFinding[] {
  try {
    return findings.parse(JSON.parse(text));
  } catch {
    const sentence = "lintel doctor did not come to an end";
    const remedy = "Run it on a console: sudo lintel doctor.";
    return [{ area: "services", about: "doctor", is: "unknown", sentence, remedy, code: null }];
  }
}
