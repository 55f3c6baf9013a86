import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { Vault } from "../core/vault.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { breathe } from "./breathe.ts";
import { destroyFile } from "./destroy-file.ts";
import { diskFault } from "./disk-fault.ts";
import { openKeyTable } from "./key-table.ts";
import { fileOf, isPieceName, piecesIn } from "./pieces.ts";
import { type KeyBox, letGo, newDataKey, seal, unseal } from "./seal.ts";

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

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openVault({ directory, keyBox, isSuppressed = () => false }: VaultOptions): Promise<SealedVault> {
  await ensureStateFolder(directory);
  const table = await openKeyTable(join(directory, "subjects.keys"));
  const kept = await piecesIn(directory);
  const pathOf = (sub: PersonId, piece: string): string => join(directory, fileOf(sub, piece));

  /** Also what a crash left half written: it is theirs as well. */
  const removeFiles = async (beginning: string): Promise<void> => {
    for (const name of await readdir(directory))
      if (name.startsWith(beginning)) await destroyFile(join(directory, name));
    await syncDirectory(directory);
  };
  const removePieces = async (sub: PersonId): Promise<number> => {
    await removeFiles(`${sub}.`);
    return kept.forget(sub);
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
  for (const sub of table.ids()) if (kept.of(sub).length === 0) await destroy(sub);

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch((error: unknown) => {
      throw diskFault(error);
    });
    last = done.catch(() => undefined);
    return done;
  };
  /** Keys to read with: that one is theirs is proved by the piece that it opens. Null: there is none. */
  const keysToRead = (subs: readonly PersonId[]): readonly (Uint8Array | null)[] => {
    const wrapped = subs.map((sub) => table.wrapped(sub) ?? new Uint8Array());
    return keyBox.unproved(wrapped).map((key, index) => key ?? unwrapped(subs[index], wrapped[index]));
  };
  const unwrapped = (sub: PersonId | undefined, wrapped: Uint8Array | undefined): Uint8Array | null => {
    try {
      return sub === undefined || wrapped === undefined ? null : keyBox.unwrap(wrapped, keyIs(sub));
    } catch {
      return null;
    }
  };
  const openedBy = (key: Uint8Array | null | undefined, sub: PersonId, piece: string, sealed: Uint8Array) => {
    try {
      if (!key) throw new RangeError("no key");
      return unseal(key, sealed, pieceIs(sub, piece));
    } catch (cause) {
      return broken(sub, cause);
    }
  };
  const opened = async (sub: PersonId, piece: string): Promise<Uint8Array | Fault> => {
    const sealed = await readFile(pathOf(sub, piece)).catch((cause: unknown) => broken(sub, cause));
    return sealed instanceof Fault ? sealed : openedBy(keysToRead([sub])[0], sub, piece, sealed);
  };
  /** A key to keep and to write with: proved by its own seal, or else by any piece. Null: there is none. */
  const keyToKeep = async (sub: PersonId): Promise<Uint8Array | null> => {
    const proved = unwrapped(sub, table.wrapped(sub));
    if (proved !== null) return proved;
    for (const piece of kept.of(sub))
      if (!((await opened(sub, piece)) instanceof Fault)) return keysToRead([sub])[0] ?? null;
    return null;
  };
  /** Keys that do not open are replaced: what they sealed cannot be read any more in either case. */
  const keyToSealWith = async (sub: PersonId): Promise<Uint8Array> => {
    const held = await keyToKeep(sub);
    if (held !== null) return held;
    const key = newDataKey();
    await table.put(sub, await keyBox.wrap(key, keyIs(sub)));
    return key;
  };
  keyBox.holds?.("vault", () =>
    oneByOne(async () => {
      const rewrapped = new Map<PersonId, Uint8Array>();
      for (const [index, sub] of table.ids().entries()) {
        const key = await keyToKeep(sub);
        // What does not open now will not open later either; whose it is hears so when it is read.
        if (key !== null) rewrapped.set(sub, await keyBox.wrap(key, keyIs(sub)));
        if (index % slice === 0) await breathe();
      }
      await table.replace(rewrapped);
    }),
  );
  return {
    subjects: kept.subjects,
    pieces: (sub) => kept.of(sub).toSorted(),
    get: async (sub, piece) => {
      if (!kept.has(sub, piece)) return null;
      const bytes = await opened(sub, piece);
      // Dropped or destroyed while it was read.
      if (!kept.has(sub, piece)) return null;
      if (bytes instanceof Fault) throw bytes;
      return bytes;
    },
    readAll: async function* (piece) {
      const subs = kept.subjects().filter((sub) => kept.has(sub, piece));
      for (let at = 0; at < subs.length; at += readAhead) {
        const some = subs.slice(at, at + readAhead);
        const files = await Promise.all(
          some.map((sub) => readFile(pathOf(sub, piece)).catch((cause: unknown) => broken(sub, cause))),
        );
        const keys = keysToRead(some);
        for (const [index, sub] of some.entries()) {
          const sealed = files[index] ?? broken(sub, null);
          const bytes = sealed instanceof Fault ? sealed : openedBy(keys[index], sub, piece, sealed);
          if (!(sealed instanceof Fault)) letGo(sealed);
          yield { sub, bytes };
        }
      }
    },
    put: (sub, piece, bytes) =>
      oneByOne(async () => {
        if (!isPersonId(sub) || !isPieceName(piece)) throw new RangeError("not the name of a piece");
        if (isSuppressed(sub)) throw suppressed();
        // The key first: content without its key could never be opened.
        const key = await keyToSealWith(sub);
        await writeAtomically(pathOf(sub, piece), seal(key, bytes, pieceIs(sub, piece)));
        kept.add(sub, piece);
      }),
    drop: (sub, piece) =>
      oneByOne(async () => {
        if (!kept.has(sub, piece)) return false;
        if (kept.of(sub).length === 1) {
          await destroy(sub);
          return true;
        }
        await removeFiles(fileOf(sub, piece));
        kept.delete(sub, piece);
        return true;
      }),
    destroy: (sub) => oneByOne(() => destroy(sub)),
    [Symbol.asyncDispose]: async () => {
      await last;
    },
  };
}

/** A subject's key opens for that subject only, a piece only as that piece of that subject. */
const keyIs = (sub: PersonId): string => `lintel-vault-key-1:${sub}`;
const pieceIs = (sub: PersonId, piece: string): string => `lintel-vault-1:${sub}:${piece}`;

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
