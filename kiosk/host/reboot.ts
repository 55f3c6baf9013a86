import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../core/fault.ts";

/**
 * Asks systemd to boot the machine anew. Resolves once it said yes; the process is ended soon after, like any service.
 *
 * @param command of systemd; tests bring their own.
 * @throws Fault `reboot-refused` where this process may not, or there is no systemd.
 */
export async function rebootMachine(command = "systemctl"): Promise<void> {
  try {
    await promisify(execFile)(command, ["reboot", "--no-ask-password"], { timeout: 30_000 });
  } catch (cause) {
    throw new Fault("reboot-refused", `this machine was not booted anew: ${reasonOf(cause)}`, remedy, cause);
  }
}

const remedy =
  "Let the clock's user reboot: a polkit rule for org.freedesktop.login1.reboot, or run it under systemd as shipped.";

function reasonOf(error: unknown): string {
  const { code, stderr, killed } = error as { code?: unknown; stderr?: string; killed?: boolean };
  if (code === "ENOENT") return "there is no systemd here";
  if (killed) return "systemd did not answer";
  return /auth|denied|permi/i.test(stderr ?? "") ? "systemd does not allow it" : `systemd refused (${String(code)})`;
}
