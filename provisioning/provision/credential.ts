import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Context } from "./context.ts";

const patienceMs = 60_000;

/**
 * Has systemd seal a secret to this machine: to its TPM and the host's own key, or to the host's key alone where there is
 * no TPM. The secret goes in by a pipe and is in no file.
 *
 * @returns what `LoadCredentialEncrypted=` reads; null where systemd cannot, and the key stays a file.
 */
export async function sealCredential({ env, talk }: Context, name: string, secret: Uint8Array): Promise<string | null> {
  try {
    const running = promisify(execFile)("systemd-creds", ["encrypt", `--name=${name}`, "-", "-"], {
      ...{ env: { ...env, LC_ALL: "C" }, timeout: patienceMs, killSignal: "SIGKILL" },
    });
    // A tool that ends before it has read is told of by its exit code.
    running.child.stdin?.on("error", () => {});
    running.child.stdin?.end(secret);
    const { stdout } = await running;
    return stdout.trim() === "" ? null : stdout;
  } catch {
    talk.say("systemd-creds could not seal a key here: what seals people is a file that only the service reads.");
    return null;
  }
}
