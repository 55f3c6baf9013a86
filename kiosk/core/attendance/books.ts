import type { PersonId } from "../person.ts";
import { type Book, blankBook, type Mark, marksMax } from "./marks.ts";

/** Everybody's books while records go into them: thousands at a start, and one at a time after it. */
export interface OpenBooks {
  readonly of: (person: PersonId) => Book;
  readonly put: (person: PersonId, book: Book) => void;
  /** An id counts once: a clock that was put back writes down again, in its new life, what it had written before. */
  readonly add: (mark: Mark) => void;
  readonly close: () => ReadonlyMap<PersonId, Book>;
}

/** A book that is added to. Its marks are its own until it is handed out. */
interface Draft {
  readonly marks: Mark[];
  readonly ids: Set<string>;
  readonly requests: Book["requests"];
}

/** @param before stays as it is. */
export function openBooks(before: ReadonlyMap<PersonId, Book>): OpenBooks {
  const books = new Map(before);
  const drafts = new Map<PersonId, Draft>();
  const settle = (person: PersonId): void => {
    const draft = drafts.get(person);
    if (draft === undefined) return;
    drafts.delete(person);
    books.set(person, { marks: draft.marks, requests: draft.requests });
  };
  const draftOf = (person: PersonId): Draft => {
    const open = drafts.get(person);
    if (open !== undefined) return open;
    const { marks, requests } = books.get(person) ?? blankBook;
    const draft = { marks: [...marks], ids: new Set(marks.map(({ id }) => id)), requests };
    drafts.set(person, draft);
    return draft;
  };
  return {
    of: (person) => {
      settle(person);
      return books.get(person) ?? blankBook;
    },
    put: (person, book) => {
      drafts.delete(person);
      books.set(person, book);
    },
    add: (mark) => {
      const { marks, ids } = draftOf(mark.person);
      if (ids.has(mark.id)) return;
      ids.add(mark.id);
      marks.push(mark);
      if (marks.length <= marksMax) return;
      const oldest = marks.shift();
      if (oldest !== undefined) ids.delete(oldest.id);
    },
    close: () => {
      for (const person of [...drafts.keys()]) settle(person);
      return books;
    },
  };
}
