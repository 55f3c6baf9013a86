import type { PersonId } from "../person.ts";
import { type ConsentData, isBefore, type Position } from "../record.ts";

/** A consent record as it stands signed in the journal, read and proved. */
export interface ConsentNote extends Position {
  readonly id: string;
  readonly utcMs: number;
  readonly data: ConsentData;
}

/** What somebody's records say of their face, taken together. */
export interface Reckoned {
  /** How the last word about it was. */
  readonly face: "none" | "given" | "declined" | "withdrawn" | "ended";
  /** Every agreement that nothing has ended, by id. */
  readonly live: ReadonlyMap<string, ConsentNote>;
  /** The face is kept and not used, until they say otherwise. */
  readonly isFrozen: boolean;
  /** No picture of theirs is taken with a punch. */
  readonly noPictures: boolean;
}

/** About this person and nobody else, oldest first, each once. Order is the journal's: no date can be argued with. */
export function notesOf(notes: readonly ConsentNote[], person: PersonId): readonly ConsentNote[] {
  const byId = new Map(notes.filter(({ data }) => data.sub === person).map((note) => [note.id, note]));
  return [...byId.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/**
 * What holds after all of it. A withdrawal ends everything before it, so an agreement that comes back from an old copy is
 * as dead as it was; only a later one counts.
 *
 * @param notes of one person, oldest first.
 */
export function reckon(notes: readonly ConsentNote[]): Reckoned {
  let face: Reckoned["face"] = "none";
  let isFrozen = false;
  let noPictures = false;
  const live = new Map<string, ConsentNote>();
  for (const note of notes) {
    const { act, purpose, ref } = note.data;
    // Nobody is asked for pictures, the employer's settings take them; so what people say of them is no, or that it is over.
    if (purpose === "snapshot") noPictures = act === "declined" || act === "withdrawn";
    if (purpose !== "face") continue;
    switch (act) {
      case "given":
        live.set(note.id, note);
        face = "given";
        break;
      case "declined":
      case "withdrawn":
        live.clear();
        face = act;
        break;
      case "ended":
        // One that was never used ends alone: what they agreed to before it still stands.
        if (ref === undefined) live.clear();
        else live.delete(ref);
        if (live.size === 0 && face === "given") face = "ended";
        break;
      case "restricted":
        isFrozen = true;
        break;
      case "released":
        isFrozen = false;
    }
  }
  return { face, live, isFrozen, noPictures };
}
