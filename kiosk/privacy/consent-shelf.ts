import type { ConsentNote } from "../core/consent/book.ts";
import { Fault } from "../core/fault.ts";
import { type KeyOf, LuError, verifyJws } from "../core/jws.ts";
import type { PersonId } from "../core/person.ts";
import type { JournalConsents } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { ConsentData, RecordEvent } from "../core/record.ts";
import type { Vault } from "../core/vault.ts";

/** The piece of somebody's vault that holds their newest consent records as they were signed: journals are pruned. */
const consentPiece = "consent";

/** Records of one person and purpose that are kept. Nobody agrees and takes it back more often in the years that they are kept for. */
const notesMax = 64;
/** Pieces that are read at start before others have their turn. */
const slice = 16;

export interface ShelfRooms {
  readonly vault: Pick<Vault, "subjects" | "pieces" | "get" | "put" | "drop">;
  readonly journal: JournalConsents;
  /** The keys that this clock signs and signed records with. */
  readonly keyOf: KeyOf;
  /** Who this clock is in its records (`sourceOf`): another clock's records are nobody's consent here. */
  readonly source: string;
  readonly people: Pick<People, "all">;
  readonly note: (fault: Fault) => void;
}

/** What one person said. */
export interface ConsentBook {
  readonly notes: readonly ConsentNote[];
  /** The same, as they were signed, by id. */
  readonly jws: ReadonlyMap<string, string>;
  /** The newest version of the policy that they were told of. */
  readonly toldV: number;
}

export const blankBook: ConsentBook = { notes: [], jws: new Map(), toldV: 0 };

export interface ConsentShelf {
  /** Everybody's, each record proved: out of their sealed pieces, and out of the journal where it knows more. */
  readonly load: () => Promise<ReadonlyMap<PersonId, ConsentBook>>;
  /** @throws what the vault throws. */
  readonly put: (person: PersonId, book: ConsentBook) => Promise<void>;
  readonly drop: (person: PersonId) => Promise<boolean>;
}

export function createConsentShelf({ vault, journal, keyOf, source, people, note }: ShelfRooms): ConsentShelf {
  const noteFault = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    note(error);
  };

  const pieceOf = async (sub: PersonId): Promise<Piece | null> => {
    try {
      const bytes = await vault.get(sub, consentPiece);
      return bytes === null ? null : parsePiece(bytes);
    } catch (error) {
      // That person's face is not used, and nobody else's is concerned.
      noteFault(error);
      return null;
    }
  };

  const put: ConsentShelf["put"] = async (person, { notes, jws, toldV }) => {
    // Each purpose for itself: whoever changes their mind about pictures all day keeps what they said of their face.
    const newest = Object.values(Object.groupBy(notes, ({ data }) => data.purpose)).flatMap((of) =>
      of.slice(-notesMax),
    );
    const kept = newest.flatMap(({ id }) => jws.get(id) ?? []);
    const piece: Piece = { v: 1, told: toldV, jws: kept };
    await vault.put(person, consentPiece, Buffer.from(JSON.stringify(piece)));
  };

  const load = async (): Promise<ReadonlyMap<PersonId, ConsentBook>> => {
    const found = new Map<PersonId, ConsentBook>();
    /** @param sub whose piece it was in; null: the journal's. @returns false where it proves nothing. */
    const add = (jws: string, sub: PersonId | null): boolean => {
      const read = noteIn(jws, keyOf, source);
      // Somebody's record in another one's piece is nobody's.
      if (read === null || (sub !== null && sub !== read.data.sub)) return false;
      const book = found.get(read.data.sub) ?? blankBook;
      if (book.jws.has(read.id)) return true;
      const all = new Map([...book.jws, [read.id, jws]]);
      found.set(read.data.sub, { ...book, notes: [...book.notes, read], jws: all });
      return true;
    };
    const subjects = vault.subjects().filter((sub) => vault.pieces(sub).includes(consentPiece));
    const held = new Map<PersonId, number>();
    for (let from = 0; from < subjects.length; from += slice) {
      await Promise.all(
        subjects.slice(from, from + slice).map(async (sub) => {
          const piece = await pieceOf(sub);
          if (piece === null) return;
          const foreign = piece.jws.filter((jws) => !add(jws, sub)).length;
          if (foreign > 0) note(notTheirs(foreign));
          found.set(sub, { ...(found.get(sub) ?? blankBook), toldV: piece.told });
          held.set(sub, piece.jws.length);
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What a crash kept out of a piece, or an older copy of it does not know, stands in the journal.
    for (const { jws } of journal.consents()) add(jws, null);
    const here = new Set(people.all().map(({ id }) => id));
    for (const [person, book] of found) {
      // Whom this clock does not know any more is not remembered by what they once said.
      if (!held.has(person) && !here.has(person)) found.delete(person);
      else if (book.notes.length > (held.get(person) ?? 0)) await put(person, book).catch(noteFault);
    }
    return found;
  };

  return { load, put, drop: (person) => vault.drop(person, consentPiece) };
}

interface Piece {
  readonly v: 1;
  readonly told: number;
  readonly jws: readonly string[];
}

/** What we sealed ourselves. @throws where it is nothing of ours. */
function parsePiece(bytes: Uint8Array): Piece {
  const { told, jws } = JSON.parse(Buffer.from(bytes).toString("utf8")) as Piece;
  return { v: 1, told, jws };
}

export const noteOf = ({ id, epoch, seq, time, data }: RecordEvent): ConsentNote => ({
  ...{ id, epoch, seq },
  utcMs: Date.parse(time),
  data: data as ConsentData,
});

/** A record of this clock about a consent, or null: what is changed, another clock's or of another kind says nothing. */
function noteIn(jws: string, keyOf: KeyOf, source: string): ConsentNote | null {
  try {
    const event = verifyJws(jws, "lintel-rec+jws", keyOf).payload as RecordEvent;
    return event.type === "dev.lintel.consent.v1" && event.source === source ? noteOf(event) : null;
  } catch (error) {
    if (error instanceof LuError) return null;
    throw error;
  }
}

const notTheirs = (count: number): Fault =>
  new Fault(
    "consent-refused",
    `${count} kept consents are not what this clock signed for that person`,
    "Nothing is done by them; whoever it concerns agrees anew at the wall.",
  );
