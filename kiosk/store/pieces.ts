import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isPersonId, type PersonId } from "../core/person.ts";

/** Whose pieces are in a folder, by the names of its files: `<subject>.<piece>.sealed`. */
export interface Pieces {
  readonly subjects: () => readonly PersonId[];
  readonly of: (sub: PersonId) => readonly string[];
  readonly has: (sub: PersonId, piece: string) => boolean;
  readonly add: (sub: PersonId, piece: string) => void;
  readonly delete: (sub: PersonId, piece: string) => void;
  /** @returns how many there were. */
  readonly forget: (sub: PersonId) => number;
}

const pieceName = /^[a-z0-9-]{1,40}$/;
const idLength = 22;
const ending = ".sealed";
const sealedPiece = /^.{22}\.[a-z0-9-]{1,40}\.sealed$/;

export const isPieceName = (text: string): boolean => pieceName.test(text);

export const fileOf = (sub: PersonId, piece: string): string => `${sub}.${piece}${ending}`;

/** What a crash left half written is removed. */
export async function piecesIn(directory: string): Promise<Pieces> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const none: readonly string[] = [];
  // Lists, not sets: nobody has many, and ten thousand sets are slower to make than the files' names are to read.
  const kept = new Map<PersonId, readonly string[]>();
  const of = (sub: PersonId): readonly string[] => kept.get(sub) ?? none;
  const add = (sub: PersonId, piece: string): void => {
    const before = kept.get(sub);
    if (before === undefined) kept.set(sub, [piece]);
    else if (!before.includes(piece)) kept.set(sub, [...before, piece]);
  };
  for (const name of await readdir(directory)) {
    if (name.endsWith(".tmp")) await rm(join(directory, name), { force: true });
    const sub = name.slice(0, idLength);
    if (isPersonId(sub) && sealedPiece.test(name)) add(sub, name.slice(idLength + 1, -ending.length));
  }
  return {
    subjects: () => [...kept.keys()],
    of,
    has: (sub, piece) => of(sub).includes(piece),
    add,
    delete: (sub, piece) => {
      const left = of(sub).filter((one) => one !== piece);
      if (left.length === 0) kept.delete(sub);
      else kept.set(sub, left);
    },
    forget: (sub) => {
      const count = of(sub).length;
      kept.delete(sub);
      return count;
    },
  };
}
