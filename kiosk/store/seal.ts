import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { writeAtomically } from "./atomic.ts";

/**
 * Sealing: AES-256-GCM under a data key of one's own per person, the data key wrapped by the device key. Destroying the
 * small wrapped key makes every copy of the sealed file worthless, wherever it went.
 */

/** Wraps data keys. A file, or the device's keys (device-keys.ts). */
export interface KeyBox {
  readonly wrap: (dataKey: Uint8Array, bindTo: string) => Promise<Uint8Array>;
  /** @throws where the wrapped key was changed, or was bound to something else. */
  readonly unwrap: (wrapped: Uint8Array, bindTo: string) => Uint8Array;
  /**
   * What many wrapped keys say, in one pass and a tenth of the time: nobody has looked whether they were changed, or bound
   * to something else, and such a key opens nothing. For reading, where what opens proves its key. Null: not known in
   * this way.
   */
  readonly unproved: (wrapped: readonly Uint8Array[]) => readonly (Uint8Array | null)[];
  /** Whoever keeps wrapped keys says how they are all wrapped anew, once they are open. */
  readonly holds?: (name: string, rewrap: () => Promise<void>) => void;
  /** A wrapped key is about to be destroyed; what a disk still has of it is to become noise soon. */
  readonly spent?: () => Promise<void>;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const blockBytes = 16;
const tagLength = { authTagLength: tagBytes };

export const newDataKey = (): Uint8Array => randomBytes(keyBytes);

/** @returns nonce, tag and ciphertext in one piece; opens only with the same `bindTo`. */
export function seal(key: Uint8Array, plain: Uint8Array, bindTo: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(bindTo));
  // In counter mode nothing is left over for the end.
  const sealed = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws where key, content or binding is not what it was. */
export function unseal(key: Uint8Array, sealed: Uint8Array, bindTo: string): Uint8Array {
  if (sealed.length < nonceBytes + tagBytes) throw new RangeError("too short to be sealed");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes), tagLength);
  decipher.setAAD(Buffer.from(bindTo)).setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  const plain = decipher.update(sealed.subarray(nonceBytes + tagBytes));
  // Throws where the tag does not fit: nothing of `plain` is given out before.
  decipher.final();
  return plain;
}

/**
 * What was in many pieces of 32 bytes that the same key sealed, without looking at their tags. The bytes of GCM are those
 * of counter mode, and the counter of the first block of a text is 2 (NIST SP 800-38D, 7.1).
 *
 * @param skip bytes that stand before each.
 */
export function unproved(key: Uint8Array, sealed: readonly Uint8Array[], skip = 0): readonly Uint8Array[] {
  const counters = Buffer.alloc(sealed.length * keyBytes);
  for (const [index, piece] of sealed.entries()) {
    for (let block = 0; block < keyBytes / blockBytes; block += 1) {
      const at = index * keyBytes + block * blockBytes;
      for (let byte = 0; byte < nonceBytes; byte += 1) counters[at + byte] = piece[skip + byte] ?? 0;
      counters[at + blockBytes - 1] = 2 + block;
    }
  }
  const stream = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(counters);
  for (const [index, piece] of sealed.entries()) {
    const at = index * keyBytes;
    for (let byte = 0; byte < keyBytes; byte += 1)
      stream[at + byte] = (stream[at + byte] ?? 0) ^ (piece[skip + nonceBytes + tagBytes + byte] ?? 0);
  }
  return sealed.map((_, index) => stream.subarray(index * keyBytes, (index + 1) * keyBytes));
}

/**
 * Gives back bytes that nobody needs any more. Thousands of pieces that wait for the garbage collector cost a start more
 * time than opening them does.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer } = bytes;
  // Others may have the rest of it.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
}

/** A key box whose device key is a file that only the clock's user can read; made when it is missing. */
export async function openFileKeyBox(path: string): Promise<KeyBox> {
  const key = await deviceKey(path);
  return {
    wrap: async (dataKey, bindTo) => seal(key, dataKey, bindTo),
    unwrap: (wrapped, bindTo) => unseal(key, wrapped, bindTo),
    unproved: (wrapped) => unproved(key, wrapped),
  };
}

/**
 * The key box of a folder that has no device keys.
 * @param what it seals, and the remedy where it cannot. @throws Fault `seal-broken`.
 */
export async function openOwnKeyBox(directory: string, what: string, remedy: string): Promise<KeyBox> {
  try {
    return await openFileKeyBox(join(directory, "device.seal"));
  } catch (cause) {
    throw new Fault("seal-broken", `the key that seals ${what} cannot be read`, remedy, cause);
  }
}

async function deviceKey(path: string): Promise<Uint8Array> {
  try {
    const key = await readFile(path);
    if (key.length === keyBytes) return key;
    throw new RangeError("the device's sealing key is damaged");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const key = newDataKey();
  await writeAtomically(path, key);
  return key;
}
