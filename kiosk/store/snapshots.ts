import { createHash } from "node:crypto";
import type { SnapshotCard, SnapshotSealed } from "../core/desk.ts";
import type { Due, Keepsakes } from "../core/keepsake.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { KeyBox } from "./seal.ts";
import { parcelHash, sealForTwo, type TwoKeys } from "./two-keys.ts";
import { openVault } from "./vault.ts";

export interface SnapshotsOptions {
  readonly directory: string;
  readonly keyBox: KeyBox;
  /** Null where no pictures are taken any more: those that are here still go when it is time. */
  readonly keys: TwoKeys | null;
}

/** A picture of a punch as it is kept. */
export interface Snapshot extends SnapshotCard {
  /** SHA-256 of what is kept, for the punch. */
  readonly h: string;
}

/**
 * Pictures of punches, each sealed to two keys that are not here, and once more under a key of its own that is: destroying
 * that one makes every copy of the picture worthless. Whose it is and when it was taken stand in the file's name, as
 * pseudonym and number, so that deleting needs no list that could be lost.
 */
export interface Snapshots extends Keepsakes, AsyncDisposable {
  readonly put: (sub: PersonId, takenUtcMs: number, jpeg: Uint8Array) => Promise<Snapshot>;
  /** Oldest first; null: everybody's. */
  readonly list: (sub: PersonId | null) => readonly SnapshotCard[];
  readonly sealed: (snapshot: string) => Promise<SnapshotSealed | null>;
  readonly drop: (snapshot: string) => Promise<void>;
  /** @returns how many there were. */
  readonly forget: (sub: PersonId) => Promise<number>;
}

/** What a parcel is sealed as: of whom, and when. */
export const pictureIs = ({ person, takenUtcMs }: Pick<SnapshotCard, "person" | "takenUtcMs">): string =>
  `lintel-snapshot-1:${person}:${takenUtcMs}`;

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openSnapshots({ directory, keyBox, keys }: SnapshotsOptions): Promise<Snapshots> {
  // The device's keys know whoever keeps wrapped ones by name, and this is another vault than the people's.
  const { holds } = keyBox;
  const box =
    holds === undefined ? keyBox : { ...keyBox, holds: (_: string, rewrap: Rewrap) => holds("snapshots", rewrap) };
  const vault = await openVault({ directory, keyBox: box });

  const all = (): readonly Kept[] =>
    vault
      .subjects()
      .flatMap((id) => vault.pieces(id).flatMap((piece) => keptAs(id, piece)))
      .toSorted((a, b) => a.takenUtcMs - b.takenUtcMs);

  const dueOf = ({ beforeUtcMs, nowUtcMs, isHeld }: Omit<Due, "limit">) => {
    const due = all().filter((one) => one.countedUtcMs < beforeUtcMs);
    const [held, going] = [due.filter(({ person }) => isHeld(person)), due.filter(({ person }) => !isHeld(person))];
    return { held, going, early: all().filter((one) => one.countedUtcMs > nowUtcMs) };
  };

  /** It was dated by a clock that was wrong: counted from now on, under a name that says so. */
  const countFrom = async ({ id, piece, person, takenUtcMs }: Kept, nowUtcMs: number): Promise<void> => {
    const bytes = await vault.get(id, piece);
    if (bytes === null) return;
    await vault.put(id, pieceOf(person, takenUtcMs, nowUtcMs), bytes);
    await vault.drop(id, piece);
  };

  return {
    cls: "snapshot",
    put: async (person, takenUtcMs, jpeg) => {
      if (keys === null) throw new RangeError("nobody's keys to seal a picture for");
      const parcel = await sealForTwo(jpeg, keys, pictureIs({ person, takenUtcMs }));
      const snapshot = idOf(parcel);
      await vault.put(snapshot, pieceOf(person, takenUtcMs), Buffer.from(parcel));
      return { snapshot, person, takenUtcMs, h: parcelHash(parcel) };
    },
    list: (sub) =>
      all()
        .filter(({ person }) => sub === null || person === sub)
        .map(cardOf),
    sealed: async (snapshot) => {
      const found = all().find(({ id }) => id === snapshot);
      const bytes = found && (await vault.get(found.id, found.piece));
      return found && bytes ? { ...cardOf(found), parcel: Buffer.from(bytes).toString("utf8") } : null;
    },
    drop: async (snapshot) => {
      if (isPersonId(snapshot)) await vault.destroy(snapshot);
    },
    forget: async (sub) => {
      const theirs = all().filter(({ person }) => person === sub);
      for (const { id } of theirs) await vault.destroy(id);
      return theirs.length;
    },
    count: async (due) => {
      const { going, held } = dueOf(due);
      return { due: going.length, held: held.length };
    },
    purge: async (due) => {
      const { going, held, early } = dueOf(due);
      const now = going.slice(0, due.limit);
      for (const { id } of now) await vault.destroy(id);
      for (const one of early.slice(0, due.limit)) await countFrom(one, due.nowUtcMs);
      const isMore = going.length > now.length || early.length > due.limit;
      return { gone: now.length, held: held.length, isMore };
    },
    [Symbol.asyncDispose]: () => vault[Symbol.asyncDispose](),
  };
}

type Rewrap = Parameters<NonNullable<KeyBox["holds"]>>[1];

interface Kept {
  readonly id: PersonId;
  readonly piece: string;
  readonly person: PersonId;
  readonly takenUtcMs: number;
  /** From when its days are counted. */
  readonly countedUtcMs: number;
}

/** The name of a piece: twenty letters of the person's id, when it was taken, and, where that was false, since when it counts. */
const pieceOf = (person: PersonId, takenUtcMs: number, countedUtcMs?: number): string =>
  [person.slice(2), takenUtcMs, ...(countedUtcMs === undefined ? [] : [countedUtcMs])]
    .map((part) => (typeof part === "number" ? Math.round(part).toString(36) : part))
    .join("-");

function keptAs(id: PersonId, piece: string): readonly Kept[] {
  const [, letters = "", taken = "", counted = taken] =
    /^([0-9a-z]{20})-([0-9a-z]+)(?:-([0-9a-z]+))?$/.exec(piece) ?? [];
  const person = `p_${letters}`;
  if (!isPersonId(person)) return [];
  return [{ id, piece, person, takenUtcMs: parseInt(taken, 36), countedUtcMs: parseInt(counted, 36) }];
}

const cardOf = ({ id, person, takenUtcMs }: Kept): SnapshotCard => ({ snapshot: id, person, takenUtcMs });

/** Follows from what is kept, as the hash in the punch does: who has the one finds the other. */
export function idOf(parcel: string): PersonId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const digest = createHash("sha256").update(parcel).digest().subarray(0, 20);
  const id = `u_${Array.from(digest, (byte) => alphabet.charAt(byte % 32)).join("")}`;
  if (!isPersonId(id)) throw new RangeError("not an id");
  return id;
}
