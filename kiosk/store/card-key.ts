import { createHash } from "node:crypto";
import { join } from "node:path";
import { cardHasher, type HashCard } from "../core/card.ts";
import { Fault } from "../core/fault.ts";
import { ensureStateFolder } from "./atomic.ts";
import { namedKey } from "./named-key.ts";
import { type KeyBox, newDataKey, openFileKeyBox } from "./seal.ts";
import { readWrapped, rewrapped, writeWrapped } from "./wrapped-key.ts";

export interface CardKeyOptions {
  /** The folder of the people: the key is wrapped with the same device key as theirs. */
  readonly directory: string;
  /** Default: the key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
  /** The site's key, which all its clocks share: 32 bytes, as hexadecimal or base64. */
  readonly file?: string;
}

export interface CardKey {
  readonly hash: HashCard;
  /** The first characters of a hash of the key: the same in two clocks that know each other's cards. */
  readonly name: string;
  /** The key was another before: cards that were given here are unknown now. Null: nothing changed. */
  readonly notice: Fault | null;
}

const bindTo = "lintel-card-key-1";

/**
 * The key under which cards are hashed: the site's, or one of this clock's own, made at its first start.
 *
 * @throws Fault `seal-broken` where the sealed key does not open and no file is named, `config-invalid` for a file that
 *   holds no key, `state-unwritable`, `disk-full`.
 */
export async function openCardKey({ directory, keyBox: given, file }: CardKeyOptions): Promise<CardKey> {
  await ensureStateFolder(directory);
  const path = join(directory, "card.key");
  const named = file === undefined ? null : await namedKey("cardKey", file);
  let kept: Uint8Array | null = null;
  let keyBox: KeyBox;
  try {
    keyBox = given ?? (await openFileKeyBox(join(directory, "device.seal")));
    kept = await readWrapped({ path, keyBox, bindTo }).catch((cause: unknown) => damaged(cause, named));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw broken(cause);
  }
  const key = named ?? kept ?? newDataKey();
  const isKept = kept !== null && Buffer.from(kept).equals(key);
  if (!isKept) await writeWrapped({ path, keyBox, bindTo }, key);
  keyBox.holds?.("cards", rewrapped({ path, keyBox, bindTo }));
  return {
    hash: cardHasher(key),
    name: createHash("sha256").update(key).digest("base64url").slice(0, 8),
    notice: kept === null || isKept ? null : changed(),
  };
}

/** A key that does not open is replaced by the one that was named, and by nothing else. */
function damaged(cause: unknown, named: Uint8Array | null): null {
  if (named === null) throw broken(cause);
  return null;
}

const broken = (cause: unknown): Fault =>
  new Fault(
    "seal-broken",
    "the key of the cards cannot be read, so no badge would be known",
    "Put the folders keys and people back as they were, or name the site's key with --card-key.",
    cause,
  );

const changed = (): Fault =>
  new Fault(
    "seal-broken",
    "the key of the cards is another one than before: badges that were given at this clock are unknown now",
    "Give them again (lintel badge), or name the key from before; badges of the cloud's roster are not affected.",
  );
