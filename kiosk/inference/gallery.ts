import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import { lengthTolerance, openCodes } from "./gallery/codes.ts";
import { openFloats } from "./gallery/floats.ts";
import { openKernel } from "./gallery/kernel.ts";
import { dot } from "./vector.ts";

/**
 * Everybody's templates, and who of them is like a face. Every answer is exact, that of a pass over all the floats; a
 * person is as like as their best template. Nothing waits: a change is made when its call returns, costs what that
 * person's own templates cost, and is what the next search sees.
 */
export interface Gallery {
  /** Replaces everybody. @throws Fault `model-mismatch` for templates of another model space; nothing is replaced. */
  readonly set: (templates: readonly Template[]) => void;
  /** Adds one person, or replaces their template. @throws Fault `model-mismatch`; nothing is replaced. */
  readonly admit: (template: Template) => void;
  /** Takes a person out and overwrites their templates. Nothing happens where there is no such person. */
  readonly withdraw: (person: PersonId) => void;
  /** How many people there are. */
  readonly size: () => number;
  /**
   * Who is most like a face; null in an empty gallery. Of people who are equally like it, the one admitted first.
   * The answer for a vector is kept until the gallery changes, so a vector must not be altered after it was asked about.
   */
  readonly search: (vector: Float32Array) => Found | null;
  /** Cosine with a person's best template; -1 where they have none. */
  readonly similarity: (vector: Float32Array, person: PersonId) => number;
  /** Everybody whose best template is at or above a cosine, most alike first, then in the order of admission. */
  readonly alike: (vector: Float32Array, cosine: number) => readonly Resemblance[];
}

export interface Resemblance {
  readonly person: PersonId;
  /** Cosine with that person's best template. */
  readonly similarity: number;
}

export interface Found extends Resemblance {
  /** How far the second person is behind; 2 where there is no second. */
  readonly margin: number;
}

/** One of the people, and the first of their rows; every row of theirs names the next one. */
interface Owner {
  readonly person: PersonId;
  readonly admission: number;
  first: number;
}

const noRow = 2 ** 32 - 1;

export function openGallery(spaceId: string, dimension: number, kernel = openKernel()): Gallery {
  const codes = openCodes(dimension, kernel);
  const floats = openFloats(dimension);
  /** Whose each row is; there are as many rows as entries. */
  const owners: Owner[] = [];
  const ownerOf = new Map<PersonId, Owner>();
  let admissions = 0;
  // A track asks about the same few vectors with every frame; the answer changes only with the gallery.
  let answers = new WeakMap<Float32Array, Found | null>();

  const rowsOf = ({ first }: Owner): readonly number[] => {
    const rows: number[] = [];
    for (let row = first; row !== noRow; row = codes.next(row)) rows.push(row);
    return rows;
  };

  const reserve = (rows: number): void => {
    codes.reserve(rows);
    floats.reserve(rows);
  };

  const erase = (row: number): void => {
    codes.erase(row);
    floats.erase(row);
  };

  const append = (person: PersonId, vectors: readonly Float32Array[]): void => {
    const owner = ownerOf.get(person) ?? { person, admission: admissions, first: noRow };
    admissions += 1;
    ownerOf.set(person, owner);
    for (const vector of vectors) {
      const row = owners.length;
      codes.write(row, vector);
      codes.link(row, owner.first);
      floats.write(row, vector);
      owner.first = row;
      owners.push(owner);
    }
  };

  /** The last row takes the place of the one that goes, and whatever pointed to it follows. */
  const remove = (row: number): void => {
    const last = owners.length - 1;
    const moved = owners.pop();
    if (moved !== undefined && row !== last) {
      const before = rowsOf(moved).find((its) => codes.next(its) === last);
      codes.move(last, row);
      floats.move(last, row);
      owners[row] = moved;
      if (before === undefined) moved.first = row;
      else codes.link(before, row);
    }
    erase(last);
  };

  const leave = (owner: Owner): void => {
    // From the last one down, so that no row of theirs is ever the one that moves.
    for (const row of rowsOf(owner).toSorted((a, b) => b - a)) remove(row);
    floats.trim(owners.length);
  };

  /** Shows every row whose cosine may be `floor()` or more; the floor may rise on the way. */
  const visit = (vector: Float32Array, floor: () => number, see: (owner: Owner, cosine: number) => void): void => {
    codes.aim(vector);
    for (let row = 0; row < owners.length; row += 1) {
      row = codes.scan(row, owners.length, floor());
      const owner = owners[row];
      if (owner !== undefined) see(owner, floats.cosine(vector, row));
    }
  };

  const search = (vector: Float32Array): Found | null => {
    let best: Owner | null = null;
    let similarity = -Infinity;
    // The best of everybody but `best`: no row below it can change the answer.
    let second = -Infinity;
    const isAhead = (owner: Owner, cosine: number): boolean =>
      best === null || cosine > similarity || (cosine === similarity && owner.admission < best.admission);
    visit(
      vector,
      () => second,
      (owner, cosine) => {
        if (owner === best) {
          similarity = Math.max(similarity, cosine);
        } else if (isAhead(owner, cosine)) {
          second = similarity;
          best = owner;
          similarity = cosine;
        } else {
          second = Math.max(second, cosine);
        }
      },
    );
    const found = best as Owner | null;
    return found && { person: found.person, similarity, margin: second === -Infinity ? 2 : similarity - second };
  };

  return {
    set: (templates) => {
      for (const template of templates) checkSpace(template, spaceId, dimension);
      // Written over what is there, so that at no moment the old and the new gallery are both in memory.
      const before = owners.length;
      reserve(templates.reduce((sum, { vectors }) => sum + vectors.length, 0));
      answers = new WeakMap();
      owners.length = 0;
      ownerOf.clear();
      for (const { person, vectors } of templates) append(person, vectors);
      for (let row = owners.length; row < before; row += 1) erase(row);
      floats.trim(owners.length);
    },
    admit: (template) => {
      checkSpace(template, spaceId, dimension);
      const { person, vectors } = template;
      reserve(owners.length + vectors.length);
      answers = new WeakMap();
      const before = ownerOf.get(person);
      ownerOf.delete(person);
      append(person, vectors);
      if (before !== undefined) leave(before);
    },
    withdraw: (person) => {
      const owner = ownerOf.get(person);
      if (owner === undefined) return;
      answers = new WeakMap();
      ownerOf.delete(person);
      leave(owner);
    },
    size: () => ownerOf.size,
    search: (vector) => {
      const known = answers.get(vector);
      if (known !== undefined) return known;
      const found = search(vector);
      answers.set(vector, found);
      return found;
    },
    similarity: (vector, person) => {
      const owner = ownerOf.get(person);
      return owner === undefined ? -1 : Math.max(...rowsOf(owner).map((row) => floats.cosine(vector, row)));
    },
    alike: (vector, cosine) => {
      const bests = new Map<Owner, number>();
      visit(
        vector,
        () => cosine,
        (owner, similarity) => {
          if (similarity >= cosine) bests.set(owner, Math.max(similarity, bests.get(owner) ?? similarity));
        },
      );
      return [...bests]
        .toSorted(([a, likeA], [b, likeB]) => likeB - likeA || a.admission - b.admission)
        .map(([{ person }, similarity]) => ({ person, similarity }));
    },
  };
}

function checkSpace({ spaceId, vectors }: Template, wanted: string, dimension: number): void {
  const isOurs =
    spaceId === wanted &&
    vectors.length > 0 &&
    vectors.every((vector) => vector.length === dimension && Math.abs(dot(vector, vector) - 1) < lengthTolerance);
  if (isOurs) return;
  const remedy = "Enrol this person again: templates of another model cannot be compared.";
  throw new Fault("model-mismatch", `A template is of space ${spaceId}, this engine's is ${wanted}`, remedy);
}
