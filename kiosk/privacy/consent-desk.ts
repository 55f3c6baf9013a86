import { drawingBytes, drawingHash, isDrawn } from "../core/consent/signature.ts";
import type { ConsentAnswer, ConsentWish, PolicyStanding, Signed, Strokes } from "../core/consent/types.ts";
import type { ConsentId } from "../core/consent.ts";
import { Fault } from "../core/fault.ts";
import type { Person, PersonId } from "../core/person.ts";
import type { Appended } from "../core/ports/journal.ts";
import type { ConsentData } from "../core/record.ts";
import type { Vault } from "../core/vault.ts";
import type { Consents } from "./consents.ts";

export interface ConsentDeskRooms {
  readonly consents: Consents;
  readonly policy: () => PolicyStanding;
  readonly vault: Pick<Vault, "put" | "drop">;
  /** Everybody this clock knows. */
  readonly members: () => readonly Person[];
  /**
   * A guided enrolment at the wall of somebody who has agreed. Resolves when it is over.
   * @throws Fault what enrolling throws.
   */
  readonly enrol: (person: Person, consentId: ConsentId) => Promise<unknown>;
}

/** What the counter wishes, carried out. Drawings are sealed; records know their hashes. */
export function createConsentDesk({ consents, policy, vault, members, enrol }: ConsentDeskRooms) {
  const known = (id: PersonId): Person => {
    const person = members().find((one) => one.id === id);
    if (person !== undefined) return person;
    throw new Fault("person-unknown", "this clock does not know them any more", "Ask the office.");
  };
  const done = (
    wish: Extract<ConsentAnswer, { is: "done" }>["wish"],
    person: PersonId,
    appended: Appended | null,
  ): ConsentAnswer => {
    const stored = appended?.stored ?? null;
    const record = stored === null ? null : { epoch: stored.epoch, seq: stored.seq, rh: stored.rh };
    return { of: "consent", is: "done", wish, person, record };
  };

  /** The drawing first: a record that names a drawing nobody has would prove less than it says. */
  const give = async (wish: Extract<ConsentWish, { is: "give" }>): Promise<Appended> => {
    const { person, text, pol, signed, age, by } = wish;
    known(person);
    const sign = signOf(signed);
    // Of the guardian the hash alone: what they drew is nobody's to keep.
    const guardian =
      wish.guardian === undefined ? {} : { guardian: { how: "drawn" as const, h: drawnHash(wish.guardian) } };
    const piece = sign.h === null ? null : pieceOf(sign.h);
    if (signed.how === "drawn" && piece !== null) await vault.put(person, piece, drawingBytes(signed.strokes));
    try {
      return await consents.give(person, { text, pol, sign, age, by, ...guardian });
    } catch (error) {
      if (piece !== null) await vault.drop(person, piece).catch(() => false);
      throw error;
    }
  };

  return async (wish: ConsentWish): Promise<ConsentAnswer> => {
    switch (wish.is) {
      case "read": {
        const of = wish.person === null ? [] : [[wish.person, consents.standingOf(wish.person)] as const];
        return { of: "consent", is: "known", policy: policy(), standings: new Map(of), isAll: false };
      }
      case "give":
        return done("give", wish.person, await give(wish));
      case "decline": {
        const { person, text, pol, by } = wish;
        known(person);
        return done("decline", person, await consents.decline(person, { text, pol, by }));
      }
      case "withdraw":
        return done("withdraw", wish.person, await consents.withdraw(wish.person, wish.by));
      case "freeze":
      case "release":
        return done(wish.is, wish.person, await consents[wish.is](wish.person, wish.by));
      case "enrol": {
        await enrol(known(wish.person), consents.standing(wish.person));
        return done("enrol", wish.person, null);
      }
      case "told":
        await consents.tell(wish.person, wish.v);
        return done("told", wish.person, null);
    }
  };
}

/** @throws Fault `consent-refused` where nothing was drawn. */
function signOf(signed: Signed): ConsentData["sign"] {
  if (signed.how === "card+pin") return { how: "card+pin", h: null };
  return { how: "drawn", h: drawnHash(signed.strokes) };
}

function drawnHash(strokes: Strokes): string {
  if (isDrawn(strokes)) return drawingHash(strokes);
  throw new Fault("consent-refused", "no consent: nothing was drawn", "Let them draw their name with a finger.");
}

/** Named by the drawing, which the record names too: 1 to 40 of [a-z0-9-]. */
export const pieceOf = (h: string): string => `sign-${Buffer.from(h, "base64url").toString("hex").slice(0, 32)}`;
