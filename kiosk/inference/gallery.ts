import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports.ts";
import { dot } from "./vector.ts";

export interface Gallery {
  /** Replaces everybody. @throws Fault `model-mismatch` for templates of another model space; nothing is replaced. */
  readonly set: (templates: readonly Template[]) => void;
  /** Who is nearest to a face; null in an empty gallery. */
  readonly nearest: (vector: Float32Array) => PersonId | null;
  /** Cosine with a person's best template, and how far everybody else is behind (2 where there is nobody else). */
  readonly standing: (vector: Float32Array, person: PersonId) => Standing;
}

interface Standing {
  readonly similarity: number;
  readonly margin: number;
}

/** Everybody's templates in one matrix, so that a search is one pass over contiguous memory. */
interface Rows {
  readonly persons: readonly PersonId[];
  readonly matrix: Float32Array;
  /** For every row of the matrix the index of its person. */
  readonly owners: Uint32Array;
}

export function openGallery(spaceId: string, dimension: number): Gallery {
  let rows: Rows = { persons: [], matrix: new Float32Array(0), owners: new Uint32Array(0) };

  // A track asks about the same few vectors with every frame; the answer changes only with the gallery.
  let nearestByVector = new WeakMap<Float32Array, PersonId | null>();

  const scores = (vector: Float32Array): Float32Array => {
    const best = new Float32Array(rows.persons.length).fill(-1);
    rows.owners.forEach((owner, row) => {
      const similarity = dot(vector, rows.matrix, row * dimension);
      if (similarity > (best[owner] ?? -1)) best[owner] = similarity;
    });
    return best;
  };

  return {
    set: (templates) => {
      for (const template of templates) checkSpace(template, spaceId, dimension);
      rows = rowsOf(templates, dimension);
      nearestByVector = new WeakMap();
    },
    nearest: (vector) => {
      const known = nearestByVector.get(vector);
      if (known !== undefined) return known;
      const best = scores(vector);
      const most = best.reduce((leader, score, at) => (score > (best[leader] ?? -1) ? at : leader), 0);
      const person = rows.persons[most] ?? null;
      nearestByVector.set(vector, person);
      return person;
    },
    standing: (vector, person) => {
      const best = scores(vector);
      const own = rows.persons.indexOf(person);
      const similarity = best[own] ?? -1;
      let second = -Infinity;
      best.forEach((score, at) => {
        if (at !== own) second = Math.max(second, score);
      });
      return { similarity, margin: second === -Infinity ? 2 : similarity - second };
    },
  };
}

function checkSpace({ spaceId, vectors }: Template, wanted: string, dimension: number): void {
  const isOurs =
    spaceId === wanted &&
    vectors.length > 0 &&
    vectors.every((vector) => vector.length === dimension && Math.abs(dot(vector, vector) - 1) < 1e-3);
  if (isOurs) return;
  const remedy = "Enrol this person again: templates of another model cannot be compared.";
  throw new Fault("model-mismatch", `A template is of space ${spaceId}, this engine's is ${wanted}`, remedy);
}

function rowsOf(templates: readonly Template[], dimension: number): Rows {
  const persons = [...new Set(templates.map(({ person }) => person))];
  const indexByPerson = new Map(persons.map((person, at) => [person, at]));
  const count = templates.reduce((sum, { vectors }) => sum + vectors.length, 0);
  const matrix = new Float32Array(count * dimension);
  const owners = new Uint32Array(count);
  let row = 0;
  for (const { person, vectors } of templates) {
    for (const vector of vectors) {
      matrix.set(vector, row * dimension);
      owners[row] = indexByPerson.get(person) ?? 0;
      row += 1;
    }
  }
  return { persons, matrix, owners };
}
