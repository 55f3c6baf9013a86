import { hkdfSync } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fromBase64url, toBase64url } from "../core/base64url.ts";
import { Fault } from "../core/fault.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { destroyFile } from "./destroy-file.ts";
import { diskFault } from "./disk-fault.ts";
import { type KeyBox, newDataKey, seal, unproved, unseal } from "./seal.ts";

/** credential: from systemd, and nowhere in the state folder. tpm: the same from a TPM. software: a file beside the data. */
export type KeyAssurance = "credential" | "tpm" | "software";

/** What the device's key rests on, best first. */
export interface DeviceRoot {
  readonly assurance: KeyAssurance;
  /** 32 bytes or more that no copy of the state folder has; null where there are none. */
  readonly secret: Uint8Array | null;
  /** One that held before, where it is being replaced. */
  readonly former: Uint8Array | null;
}

export interface DeviceKeysOptions {
  /** Nobody else's files. To be left out of backups (it says so itself): without it a backup is mute, and should be. */
  readonly directory: string;
  readonly root: DeviceRoot;
  /** Names of those who always keep wrapped keys: no key is destroyed before each of them, and whoever came besides, has wrapped theirs anew. */
  readonly holders: readonly string[];
  /** Key files from before there was one key for all (`device.seal`); retired by the first `rotate`. */
  readonly former?: readonly string[];
  readonly nowUtcMs: () => number;
}

/** The device's key-encryption key, and how it is replaced. */
export interface DeviceKeys extends KeyBox {
  readonly assurance: KeyAssurance;
  /** True from the moment that a rotation has something to do: a key was destroyed, a start was cut short, time is over. */
  readonly isDue: () => boolean;
  /**
   * Makes a new key, has everything wrapped with it and destroys the one before: what a disk, a flash cell or a backup
   * still has of destroyed keys is noise from then on. Sealed pieces can be read and written meanwhile. One that was cut
   * short is ended by the next.
   * @throws Error where not all holders are there yet; Fault `disk-full`, `state-unwritable`: both keys are kept.
   */
  readonly rotate: () => Promise<void>;
  /** When the key that is in use replaced another one, `2026-11-22T03:00:00.000Z`; null where it is the first. */
  readonly lastRotation: () => string | null;
}

const kekFile = z.strictObject({
  v: z.literal(1),
  /** Stands before everything that it wraps. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Counts up from 1; the highest is in use. */
  n: z.int().positive(),
  made: z.iso.datetime(),
  by: z.enum(["credential", "tpm", "software"]),
  key: z.string(),
});
type KekFile = z.infer<typeof kekFile>;

interface Kek extends KekFile {
  /** `id` as it stands before what is wrapped. */
  readonly name: Uint8Array;
  readonly secret: Uint8Array;
  /** It rests on what the root is now. */
  readonly isOnRoot: boolean;
}

const idBytes = 8;
/** A key box from before keys had names. */
const namelessBytes = 60;
const maxAgeMs = 90 * 86_400_000;
const remnants = "remnants";
/** https://bford.info/cachedir/: programs that make backups know it. */
const leaveOut =
  "Signature: 8a477f597d28d172789f06886806bc55\n# Keys of this device. A backup that has them could bring back whom this clock forgot.\n";

/** @throws Fault `seal-broken` where the key is here and cannot be opened; `state-unwritable`, `disk-full`. */
export async function openDeviceKeys(options: DeviceKeysOptions): Promise<DeviceKeys> {
  const { directory, root, holders, nowUtcMs } = options;
  await ensureStateFolder(directory);
  const names = await readdir(directory);
  if (!names.includes("CACHEDIR.TAG")) await writeAtomically(join(directory, "CACHEDIR.TAG"), leaveOut);
  let keks = await readKeks(directory, names, root);
  let former = await readFormer(options.former ?? []);
  let isSpent = names.includes(remnants);
  const fileOf = (n: number): string => join(directory, `${n}.kek`);

  const make = async (n: number): Promise<Kek> => {
    const secret = newDataKey();
    const id = Buffer.from(newDataKey()).toString("hex", 0, idBytes);
    const key = toBase64url(root.secret === null ? secret : seal(rootKey(root.secret), secret, kekIs(id)));
    const file: KekFile = { v: 1, id, n, made: new Date(nowUtcMs()).toISOString(), by: root.assurance, key };
    await writeAtomically(fileOf(n), JSON.stringify(file));
    return { ...file, name: Buffer.from(id, "hex"), secret, isOnRoot: true };
  };
  let current = keks.at(-1) ?? (await make(1));
  if (keks.length === 0) keks = [current];

  /** Nothing that was destroyed is wrapped with this one. */
  let untouched: Kek | null = null;
  const rewraps = new Map<string, () => Promise<void>>();
  const isUnfinished = (): boolean => keks.length > 1 || former.length > 0;
  let last: Promise<unknown> = Promise.resolve();
  const rotate = async (): Promise<void> => {
    const missing = holders.filter((name) => !rewraps.has(name));
    if (missing.length > 0) throw new Error(`keys cannot be replaced before these are open: ${missing.join(", ")}`);
    // Before the new key: what is destroyed from here on is for the next rotation.
    const wasSpent = isSpent;
    isSpent = false;
    try {
      // One that was cut short is ended with the key it made, unless that one has wrapped what was destroyed since.
      const isFresh = keks.length > 1 && current.isOnRoot && (!wasSpent || current === untouched);
      if (!isFresh) {
        current = await make(current.n + 1);
        keks = [...keks, current];
        untouched = current;
      }
      for (const rewrap of rewraps.values()) await rewrap();
      for (const { n } of keks.filter((kek) => kek !== current)) await destroyFile(fileOf(n));
      await syncDirectory(directory);
      for (const { path } of former) await destroyFile(path);
      keks = [current];
      former = [];
      if (!isSpent && wasSpent) await destroyFile(join(directory, remnants));
    } catch (error) {
      isSpent ||= wasSpent;
      throw error;
    }
  };
  return {
    assurance: root.assurance,
    wrap: async (dataKey, bindTo) => Buffer.concat([current.name, seal(current.secret, dataKey, bindTo)]),
    unwrap: (wrapped, bindTo) => {
      if (wrapped.length === namelessBytes) return unwrapNameless(former, wrapped, bindTo);
      const id = wrapped.subarray(0, idBytes);
      const kek = keks.find(({ name }) => Buffer.compare(name, id) === 0);
      if (kek === undefined) throw new RangeError("wrapped with a key that is not here any more");
      return unseal(kek.secret, wrapped.subarray(idBytes), bindTo);
    },
    unproved: (wrapped) => {
      const said: (Uint8Array | null)[] = wrapped.map(() => null);
      for (const { name, secret } of keks) {
        const isIts = (one: Uint8Array): boolean =>
          one.length !== namelessBytes && name.every((byte, at) => one[at] === byte);
        const its = [...wrapped.keys()].filter((index) => isIts(wrapped[index] ?? name));
        const keys = unproved(
          secret,
          its.map((index) => wrapped[index] ?? name),
          idBytes,
        );
        for (const [at, index] of its.entries()) said[index] = keys[at] ?? null;
      }
      return said;
    },
    holds: (name, rewrap) => void rewraps.set(name, rewrap),
    spent: async () => {
      untouched = null;
      if (isSpent) return;
      isSpent = true;
      await writeAtomically(join(directory, remnants), "");
    },
    isDue: () => isSpent || isUnfinished() || !current.isOnRoot || nowUtcMs() - Date.parse(current.made) > maxAgeMs,
    rotate: () => {
      const done = last.then(rotate).catch((error: unknown) => {
        throw diskFault(error);
      });
      last = done.catch(() => undefined);
      return done;
    },
    lastRotation: () => {
      const [finished = current] = keks;
      return finished.n === 1 ? null : finished.made;
    },
  };
}

const kekIs = (id: string): string => `lintel-kek-1:${id}`;
const rootKey = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", "lintel device root 1", 32));

/** In order of age. @throws Fault `seal-broken` */
async function readKeks(directory: string, names: readonly string[], root: DeviceRoot): Promise<readonly Kek[]> {
  const numbers = names.flatMap((name) => /^([1-9]\d{0,8})\.kek$/.exec(name)?.[1] ?? []).map(Number);
  const keks: Kek[] = [];
  for (const n of numbers.toSorted((a, b) => a - b)) {
    try {
      const file = kekFile.parse(JSON.parse(await readFile(join(directory, `${n}.kek`), "utf8")));
      if (file.n !== n) throw new RangeError("not the file of this number");
      keks.push({ ...file, name: Buffer.from(file.id, "hex"), ...opened(file, root) });
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      throw unreadable(cause);
    }
  }
  return keks;
}

function opened({ id, by, key }: KekFile, { assurance, secret, former }: DeviceRoot): Pick<Kek, "secret" | "isOnRoot"> {
  const bytes = fromBase64url(key);
  if (bytes === null) throw new RangeError("not a key");
  if (by === "software") {
    if (bytes.length !== 32) throw new RangeError("not a key");
    return { secret: bytes, isOnRoot: assurance === by };
  }
  for (const one of [secret, former]) {
    try {
      if (one !== null) {
        const isOnRoot = one === secret && assurance === by;
        return { secret: unseal(rootKey(one), bytes, kekIs(id)), isOnRoot };
      }
    } catch {
      // The other one, then.
    }
  }
  throw rootGone(by);
}

interface Nameless {
  readonly path: string;
  readonly key: Uint8Array;
}

async function readFormer(paths: readonly string[]): Promise<readonly Nameless[]> {
  const found: Nameless[] = [];
  for (const path of paths) {
    const key = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (key !== null && key.length !== 32) throw unreadable(new RangeError("a former device key is damaged"));
    if (key !== null) found.push({ path, key });
  }
  return found;
}

function unwrapNameless(former: readonly Nameless[], wrapped: Uint8Array, bindTo: string): Uint8Array {
  for (const { key } of former) {
    try {
      return unseal(key, wrapped, bindTo);
    } catch {
      // One folder's key does not open what is another's.
    }
  }
  throw new RangeError("wrapped with a key that is not here any more");
}

const unreadable = (cause: unknown): Fault =>
  new Fault(
    "seal-broken",
    "the key of this device that seals people's data is damaged",
    "Put the folder keys back as it was, or move the folders keys and people aside and enrol people again.",
    cause,
  );

const rootGone = (by: KeyAssurance): Fault =>
  new Fault(
    "seal-broken",
    `the key of this device does not open with the ${by} that is here`,
    by === "tpm"
      ? "The disk belongs to another board: put it back there, or move the folders keys and people aside and enrol people again."
      : "Give the clock the credential lintel.kek again that it had (and the new one's predecessor as lintel.kek.former).",
  );
