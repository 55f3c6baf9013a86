import { mkdir, open, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { signJws } from "../../../kiosk/core/jws.ts";
import { type DeviceSigner, openSigner } from "../../../kiosk/host/signer.ts";
import { type Account, accountOf } from "./account.ts";
import { type Destroyed, destroyTree } from "./destroy.ts";

/**
 * Erases a clock, and says so over its own signature: all other keys go first, then everything that they open, then the
 * certificate is written, and last the key that signed it. Needs no package of node_modules: it runs when they are gone.
 */

interface WipeOptions {
  readonly state: string;
  readonly settings: string;
  /** Folder of systemd's sealed credentials, of which those named `lintel.…` are the clock's. */
  readonly credentials: string;
  /** Name of the file in `settings` that orders the wipe; it goes last, so that one that was cut short is ordered still. */
  readonly flag: string;
  /** Folder that the certificate is put into; it must be outside the other two. */
  readonly out: string;
  readonly nowUtcMs: number;
}

interface Wiped {
  /** Path of the certificate. */
  readonly certificate: string;
  /** The signed part; null where the clock had no key to sign with. */
  readonly jws: string | null;
  /** What could not be destroyed; empty where the wipe is complete. */
  readonly left: readonly string[];
}

/** The clock's record key and what follows it: they sign until everything else is gone. */
const signing = ["device.key.jwk", "device.next.jwk", "identity.json"];

/** @throws Error where the certificate cannot be written: the signing key and the flag are then still there. */
export async function wipe({ state, settings, credentials, flag, out, nowUtcMs }: WipeOptions): Promise<Wiped> {
  const signer = await signerIn(state);
  const journal = accountOf(state);
  const gone = [
    await destroyTree(credentials, { only: "lintel." }),
    await destroyTree(state, { spare: signing }),
    await destroyTree(settings, { spare: [flag] }),
  ];
  const left = gone.flatMap((one) => one.left);
  const text = statement({ signer, journal, gone, left, nowUtcMs });
  const jws = signer === null ? null : signJws("lintel-wip+jws", JSON.stringify(text), signer).jws;
  await mkdir(out, { recursive: true, mode: 0o755 });
  const when = text.wipedAt.replaceAll(/[-:]|\.\d+/g, "");
  const certificate = join(out, `wipe-${text.device ?? "unknown"}-${when}.txt`);
  await writeDurably(certificate, [...words(text, jws), ""].join("\n"));
  left.push(...(await destroyTree(state)).left, ...(await destroyTree(settings)).left);
  // The folders may be places of their own, which cannot be unlinked and are empty then.
  if (left.length === 0) for (const folder of [state, settings]) await rmdir(folder).catch(() => {});
  await rm(join(settings, flag), { force: true });
  return { certificate, jws, left };
}

/** Opening an identity makes one where there is none; a wipe must not. */
async function signerIn(state: string): Promise<DeviceSigner | null> {
  try {
    for (const name of ["device.key.jwk", "identity.json"]) await readFile(join(state, name));
    return await openSigner(state);
  } catch {
    return null;
  }
}

interface Facts {
  readonly signer: DeviceSigner | null;
  readonly journal: Account | null;
  readonly gone: readonly Destroyed[];
  readonly left: readonly string[];
  readonly nowUtcMs: number;
}

/** What is signed. Counts and hashes only: a certificate is handed around. */
function statement({ signer, journal, gone, left, nowUtcMs }: Facts) {
  const sum = (of: (one: Destroyed) => number): number => gone.reduce((total, one) => total + of(one), 0);
  return {
    v: 1,
    device: signer?.device ?? null,
    key: signer?.publicJwk ?? null,
    wipedAt: new Date(nowUtcMs).toISOString(),
    journal,
    destroyed: { keys: sum(({ keys }) => keys), files: sum(({ files }) => files), bytes: sum(({ bytes }) => bytes) },
    left: left.slice(0, 20),
  };
}

function words(text: ReturnType<typeof statement>, jws: string | null): readonly string[] {
  const { device, journal, destroyed, left, wipedAt } = text;
  const unsent = journal?.unreceipted.map(({ receiver, records }) => `${records} that ${receiver} had not receipted`);
  return [
    `Clock ${device ?? "without an identity"} was wiped at ${wipedAt} by its own time.`,
    journal === null
      ? "There was no journal that could be read."
      : `Its journal had ${journal.records} records${unsent === undefined || unsent.length === 0 ? "; no receiver ever receipted any" : `, ${unsent.join(", ")}`}.`,
    `Overwritten and unlinked: ${destroyed.files} files of ${destroyed.bytes} bytes, ${destroyed.keys} keys first.`,
    left.length === 0 ? "Nothing is left." : `LEFT, because they could not be destroyed: ${left.join(", ")}`,
    "A memory card may keep copies of overwritten blocks; what was sealed cannot be opened without its keys, the journal's records were not sealed.",
    "",
    jws === null
      ? "Not signed: there was no key of a clock here."
      : "Signed by the clock's record key, which was destroyed after this line was written (JWS, typ lintel-wip+jws):",
    jws ?? "",
  ];
}

async function writeDurably(path: string, text: string): Promise<void> {
  {
    await using file = await open(path, "w", 0o644);
    await file.writeFile(text);
    await file.sync();
  }
  await using folder = await open(join(path, ".."));
  await folder.sync();
}
