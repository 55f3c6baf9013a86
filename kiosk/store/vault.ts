import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { Vault } from "../core/vault.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { breathe } from "./breathe.ts";
import { destroyFile, diskFault } from "./disk.ts";
import { openKeyTable } from "./key-table.ts";
import { type KeyBox, newDataKey, seal, unseal } from "./seal.ts";

export interface VaultOptions {
  /** `subjects.keys`, and one file per piece: `<subject>.<piece>.sealed`. */
  readonly directory: string;
  readonly keyBox: KeyBox;
  /** Who must not come back: nothing new of theirs is kept. Default: nobody. */
  readonly isSuppressed?: (sub: PersonId) => boolean;
}

export interface SealedVault extends Vault {
  /**
   * One piece of everybody who has it, as a start needs it. Files are read together and opened one after another: keys
   * and code stay in the processor's caches, which halves what opening costs.
   */
  readonly readAll: (piece: string) => AsyncIterable<Opened>;
}

export interface Opened {
  readonly sub: PersonId;
  /** A Fault `seal-broken` where theirs does not open. */
  readonly bytes: Uint8Array | Fault;
}

/** Files that are read at once. */
const readAhead = 64;
/** Keys that are wrapped anew before others have their turn. */
const slice = 128;
const pieceName = /^[a-z0-9-]{1,40}$/;
const sealedFile = /^([pvu]_[0-9a-z]{20})\.([a-z0-9-]{1,40})\.sealed$/;

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openVault({ directory, keyBox, isSuppressed = () => false }: VaultOptions): Promise<SealedVault> {
  await ensureStateFolder(directory);
  const table = await openKeyTable(join(directory, "subjects.keys"));
  const kept = await piecesIn(directory);
  const fileOf = (sub: PersonId, piece: string): string => join(directory, `${sub}.${piece}.sealed`);

  /** Also what a crash left half written: it is theirs as well. */
  const removeFiles = async (beginning: string): Promise<void> => {
    for (const name of await readdir(directory))
      if (name.startsWith(beginning)) await destroyFile(join(directory, name));
    await syncDirectory(directory);
  };
  const removePieces = async (sub: PersonId): Promise<number> => {
    await removeFiles(`${sub}.`);
    const count = kept.get(sub)?.size ?? 0;
    kept.delete(sub);
    return count;
  };
  // Removals that were cut short: the key is gone already.
  for (const sub of table.going()) {
    await removePieces(sub);
    await table.clear(sub);
  }
  /** The key first: from then on the pieces are noise, wherever they are. */
  const destroy = async (sub: PersonId): Promise<number> => {
    if (table.wrapped(sub) !== undefined) await keyBox.spent?.();
    await table.destroy(sub);
    const count = await removePieces(sub);
    await table.clear(sub);
    return count;
  };
  // A key without pieces: a first piece that was cut short.
  for (const sub of table.ids()) if (!kept.has(sub)) await destroy(sub);

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch((error: unknown) => {
      throw diskFault(error);
    });
    last = done.catch(() => undefined);
    return done;
  };
  /** @throws where there is none, or it does not open. */
  const keyOf = (sub: PersonId): Uint8Array => {
    const wrapped = table.wrapped(sub);
    if (wrapped === undefined) throw new RangeError("no key");
    return keyBox.unwrap(wrapped, keyIs(sub));
  };
  const openKeyOf = (sub: PersonId): Uint8Array | null => {
    try {
      return keyOf(sub);
    } catch {
      return null;
    }
  };
  /** Keys that do not open are replaced: what they sealed cannot be read any more in either case. */
  const keyToSealWith = async (sub: PersonId): Promise<Uint8Array> => {
    const held = openKeyOf(sub);
    if (held !== null) return held;
    const key = newDataKey();
    await table.put(sub, await keyBox.wrap(key, keyIs(sub)));
    return key;
  };
  const openedAs = (sub: PersonId, piece: string, sealed: Uint8Array): Uint8Array | Fault => {
    try {
      return unseal(keyOf(sub), sealed, pieceIs(sub, piece));
    } catch (cause) {
      return broken(sub, cause);
    }
  };
  keyBox.holds?.("vault", () =>
    oneByOne(async () => {
      const rewrapped = new Map<PersonId, Uint8Array>();
      for (const [index, sub] of table.ids().entries()) {
        const key = openKeyOf(sub);
        // What does not open now will not open later either; whose it is hears so when it is read.
        if (key !== null) rewrapped.set(sub, await keyBox.wrap(key, keyIs(sub)));
        if (index % slice === 0) await breathe();
      }
      await table.replace(rewrapped);
    }),
  );
  return {
    subjects: () => [...kept.keys()],
    pieces: (sub) => [...(kept.get(sub) ?? [])].toSorted(),
    get: async (sub, piece) => {
      if (kept.get(sub)?.has(piece) !== true) return null;
      try {
        return unseal(keyOf(sub), await readFile(fileOf(sub, piece)), pieceIs(sub, piece));
      } catch (cause) {
        // Dropped or destroyed while it was read.
        if (kept.get(sub)?.has(piece) !== true) return null;
        throw broken(sub, cause);
      }
    },
    readAll: async function* (piece) {
      const subs = [...kept].filter(([, pieces]) => pieces.has(piece)).map(([sub]) => sub);
      for (let at = 0; at < subs.length; at += readAhead) {
        const some = subs.slice(at, at + readAhead);
        const files = await Promise.all(
          some.map((sub) => readFile(fileOf(sub, piece)).catch((cause: unknown) => broken(sub, cause))),
        );
        for (const [index, sub] of some.entries()) {
          const sealed = files[index] ?? broken(sub, null);
          yield { sub, bytes: sealed instanceof Fault ? sealed : openedAs(sub, piece, sealed) };
        }
      }
    },
    put: (sub, piece, bytes) =>
      oneByOne(async () => {
        if (!isPersonId(sub) || !pieceName.test(piece)) throw new RangeError("not the name of a piece");
        if (isSuppressed(sub)) throw suppressed();
        // The key first: content without its key could never be opened.
        const key = await keyToSealWith(sub);
        await writeAtomically(fileOf(sub, piece), seal(key, bytes, pieceIs(sub, piece)));
        kept.set(sub, (kept.get(sub) ?? new Set()).add(piece));
      }),
    drop: (sub, piece) =>
      oneByOne(async () => {
        const pieces = kept.get(sub);
        if (pieces?.has(piece) !== true) return false;
        if (pieces.size === 1) {
          await destroy(sub);
          return true;
        }
        await removeFiles(`${sub}.${piece}.sealed`);
        pieces.delete(piece);
        return true;
      }),
    destroy: (sub) => oneByOne(() => destroy(sub)),
    [Symbol.asyncDispose]: async () => {
      await last;
      kept.clear();
    },
  };
}

/** A subject's key opens for that subject only, a piece only as that piece of that subject. */
const keyIs = (sub: PersonId): string => `lintel-vault-key-1:${sub}`;
const pieceIs = (sub: PersonId, piece: string): string => `lintel-vault-1:${sub}:${piece}`;

/** Whose pieces are here; what a crash left half written is removed. */
async function piecesIn(directory: string): Promise<Map<PersonId, Set<string>>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = new Map<PersonId, Set<string>>();
  for (const name of await readdir(directory)) {
    if (name.endsWith(".tmp")) await rm(join(directory, name), { force: true });
    const [, sub = "", piece = ""] = sealedFile.exec(name) ?? [];
    if (isPersonId(sub)) kept.set(sub, (kept.get(sub) ?? new Set()).add(piece));
  }
  return kept;
}

const broken = (sub: PersonId, cause: unknown): Fault =>
  new Fault(
    "seal-broken",
    `a sealed piece of ${sub} does not open`,
    "Everybody else's can be read; have this person give it once more, or enrol them again.",
    cause,
  );

export const suppressed = (): Fault =>
  new Fault(
    "person-suppressed",
    "this person was erased here and must not come back",
    "Who agreed anew is enrolled as a new person; a mistake is lifted by the data protection officer.",
  );
