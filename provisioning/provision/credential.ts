import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Context } from "./context.ts";

const patienceMs = 60_000;

/**
 * Has systemd seal a secret to this machine: to its TPM and the host's own key, or to the host's key alone where there is
 * no TPM. Not to what the machine booted: an update of its firmware must not cost a site its faces and badges. PCR 23 is
 * the applications' own, which neither firmware nor boot touches; with no PCR at all, systemd 252 writes what it cannot open
 * again. The secret goes in by a pipe and is in no file.
 *
 * @returns what `LoadCredentialEncrypted=` reads, and what opened again a moment ago; null where systemd cannot, and the
 *   key stays a file.
 */
export async function sealCredential(context: Context, name: string, secret: Uint8Array): Promise<Uint8Array | null> {
  const run = (words: readonly string[], input: Uint8Array): Promise<Uint8Array> => {
    const running = promisify(execFile)("systemd-creds", words, {
      ...{ env: { ...context.env, LC_ALL: "C" }, timeout: patienceMs, killSignal: "SIGKILL", encoding: "buffer" },
    });
    // A tool that ends before it has read is told of by its exit code.
    running.child.stdin?.on("error", () => {});
    running.child.stdin?.end(input);
    return running.then(({ stdout }) => stdout);
  };
  try {
    const sealed = await run(["encrypt", `--name=${name}`, "--tpm2-pcrs=23", "-", "-"], secret);
    const opened = await run(["decrypt", `--name=${name}`, "-", "-"], sealed);
    if (Buffer.from(secret).equals(opened)) return sealed;
  } catch {
    // The sentence below says it; what the tool complained of is of no use to a technician.
  }
  context.talk.say("systemd-creds could not seal a key here: what seals people is a file that only the service reads.");
  return null;
}
