import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Fault } from "../core/fault.ts";

export interface TpmOptions {
  /** Where the two halves of the sealed secret are kept, `tpm.pub` and `tpm.priv`: worth nothing without this TPM. */
  readonly directory: string;
  /** How tpm2-tools reach it (`TPM2TOOLS_TCTI`). Default: the kernel's `/dev/tpmrm0`, where there is one. */
  readonly tcti?: string;
}

const device = "/dev/tpmrm0";
const secretBytes = 32;
const names = ["tpm.pub", "tpm.priv"] as const;
/** A TPM takes a second or two for its primary key. */
const toolMs = 30_000;

/**
 * A secret that this board's TPM made fast to itself: sealed under its storage key, given back by it and by no other.
 * Through Debian's tpm2-tools; nothing secret is on a command line or in a file.
 *
 * @returns null where there is no TPM and no secret was ever sealed.
 * @throws Fault `seal-broken` where a secret was sealed here and does not come back, `tool-missing` where there is a TPM
 *   and nothing to talk to it with, or it refuses.
 */
export async function openTpm({ directory, tcti }: TpmOptions): Promise<Uint8Array | null> {
  const [pub, priv] = names.map((name) => join(directory, name)) as [string, string];
  const isSealed = existsSync(pub) && existsSync(priv);
  const reach = tcti ?? (existsSync(device) ? `device:${device}` : null);
  if (reach === null) {
    if (isSealed) throw silent(new Error("no TPM"));
    return null;
  }
  const work = await mkdtemp(join(tmpdir(), "lintel-tpm-"));
  try {
    const primary = join(work, "primary");
    const tool = async (name: string, words: readonly string[], input?: Uint8Array): Promise<Uint8Array> => {
      const said = await run(name, words, reach, input);
      // A TPM has room for three objects; the kernel makes more, a bare one does not.
      await run("tpm2_flushcontext", ["-Q", "-t"], reach);
      return said;
    };
    await tool("tpm2_createprimary", ["-Q", "-C", "o", "-G", "ecc", "-c", primary]);
    if (!isSealed) await seal(directory, tool, primary, work);
    await tool("tpm2_load", ["-Q", "-C", primary, "-u", pub, "-r", priv, "-c", join(work, "sealed")]);
    const secret = await tool("tpm2_unseal", ["-c", join(work, "sealed")]);
    if (secret.length !== secretBytes) throw new RangeError("the TPM gave something else back");
    return secret;
  } catch (cause) {
    throw isSealed ? silent(cause) : unusable(cause);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Tool = (name: string, words: readonly string[], input?: Uint8Array) => Promise<Uint8Array>;

/** Both halves are durable before the secret is ever used. */
async function seal(directory: string, tool: Tool, primary: string, work: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = names.map((name) => join(work, name)) as [string, string];
  await tool(
    "tpm2_create",
    ["-Q", "-C", primary, "-i", "-", "-u", made[0], "-r", made[1], "-a", "fixedtpm|fixedparent|noda|userwithauth"],
    randomBytes(secretBytes),
  );
  for (const name of names.toReversed()) {
    const path = join(directory, name);
    {
      await using file = await open(`${path}.tmp`, "w", 0o600);
      await file.writeFile(await readFile(join(work, name)));
      await file.sync();
    }
    await rename(`${path}.tmp`, path);
  }
  await using folder = await open(directory, "r");
  await folder.sync();
}

function run(name: string, words: readonly string[], tcti: string, input?: Uint8Array): Promise<Uint8Array> {
  const running = promisify(execFile)(name, words, {
    ...{ timeout: toolMs, encoding: "buffer", env: { ...process.env, TPM2TOOLS_TCTI: tcti } },
  });
  running.child.stdin?.end(input);
  return running.then(({ stdout }) => stdout);
}

const unusable = (cause: unknown): Fault =>
  new Fault(
    "tool-missing",
    "this board has a TPM that the clock cannot use: the key that seals people's data is a file",
    "Install tpm2-tools, and let the clock's user read and write /dev/tpmrm0 (group tss); the key moves at the next start.",
    cause,
  );

const silent = (cause: unknown): Fault =>
  new Fault(
    "seal-broken",
    "this board's TPM does not give back what seals people's data",
    "Put the disk back into its board, or allow the clock the TPM again; else move keys and people aside and enrol people again.",
    cause,
  );
