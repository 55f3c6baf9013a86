import type { CardHash, CardText, HashCard } from "../core/card.ts";
import type { BadgeGiven, DeskNews, PinKept, ReaderCards, ReaderSeen } from "../core/desk.ts";
import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Pins, PinWish } from "../core/pin.ts";
import type { People } from "../core/ports/people.ts";
import type { Tap } from "../core/ports/senses.ts";
import { type EnrolmentRooms, giveBadge, knownPerson, takeBadges } from "./enrolment.ts";

/** What the desk asks about badges, PINs and the readers: who gets one, who loses one, and what a reader says. */

/** What is asked of the badge readers. */
export interface BadgingReaders {
  readonly nextTap: (isFree: (badge: CardHash) => boolean, signal: AbortSignal) => Promise<Tap>;
  readonly watch: (hear: (seen: ReaderSeen) => void, signal: AbortSignal) => Promise<void>;
  readonly survey: () => Promise<ReaderCards>;
}

export interface BadgingRooms extends Omit<EnrolmentRooms, "by"> {
  readonly people: Pick<People, "all" | "put" | "templates">;
  readonly readers: BadgingReaders;
  /** Numbers that a tool sends are hashed here, and forgotten. */
  readonly hashCard: HashCard;
  /** Without it nobody comes by PIN here. */
  readonly pins: Pick<Pins, "set" | "remove"> | undefined;
  readonly changed: () => void;
  /** Is being enrolled now. */
  readonly isEnrolled: (id: PersonId) => boolean;
}

type Tell = (news: DeskNews) => void;

/** Whoever fetches their card has this long. */
const cardWaitMs = 60_000;

export interface Badging {
  /**
   * @param card null: the next free card that is laid on a reader.
   * @param by who acts, for the record.
   */
  readonly give: (
    id: PersonId,
    card: CardText | null,
    tell: Tell,
    gone: AbortSignal,
    by: string,
  ) => Promise<BadgeGiven>;
  readonly takeBack: (id: PersonId, by: string) => Promise<BadgeGiven>;
  readonly testReaders: (forS: number, tell: Tell, gone: AbortSignal, by: string) => Promise<ReaderCards>;
  /** @param wish null: it is removed. */
  readonly pin: (id: PersonId, wish: PinWish | null) => Promise<PinKept>;
}

export function createBadging(rooms: BadgingRooms): Badging {
  const { journal, people, clock, readers, hashCard, pins, changed, isEnrolled } = rooms;

  const give: Badging["give"] = async (id, card, tell, gone, by) => {
    knownPerson(id, people.all());
    const hash = card === null ? await nextCard(id, tell, gone) : hashCard(card);
    notInBetween(id);
    const given = await giveBadge(id, hash, { ...rooms, by });
    if (given.isNew) changed();
    return given;
  };

  /** Whoever punches meanwhile with a card of theirs does so. */
  const nextCard = async (id: PersonId, tell: Tell, gone: AbortSignal): Promise<CardHash> => {
    const isFree = (hash: CardHash): boolean =>
      !people.all().some((person) => person.id !== id && person.badges.includes(hash));
    const next = readers.nextTap(isFree, AbortSignal.any([gone, AbortSignal.timeout(cardWaitMs)]));
    tell({ waitingFor: "card" });
    return (await next).badge;
  };

  /** An enrolment keeps the person as they were when it began. */
  const notInBetween = (id: PersonId): void => {
    if (isEnrolled(id))
      throw new Fault("desk-refused", "this person is being enrolled", "Give the badge when that is done.");
  };

  const takeBack = async (id: PersonId, by: string): Promise<BadgeGiven> => {
    notInBetween(id);
    const taken = await takeBadges(id, { ...rooms, by });
    if (taken.isNew) changed();
    return taken;
  };

  /** Somebody looks at card numbers: that stands in a record, the numbers do not. */
  const testReaders: Badging["testReaders"] = async (forS, tell, gone, by) => {
    const detail = `what readers say is shown for ${forS} s`;
    await journal.append({ type: "audit", data: { act: "reader-test", sub: null, by, detail } }, clock.now());
    await readers.watch((said) => tell({ said }), AbortSignal.any([gone, AbortSignal.timeout(forS * 1_000)]));
    return readers.survey();
  };

  const pin = async (id: PersonId, wish: PinWish | null): Promise<PinKept> => {
    if (pins === undefined) {
      throw new Fault("desk-refused", "nobody comes by PIN at this clock", "Name pin among its ways in.");
    }
    knownPerson(id, people.all());
    await (wish === null ? pins.remove(id) : pins.set(id, wish));
    return { person: id, pin: wish === null ? "removed" : "set" };
  };

  return { give, takeBack, testReaders, pin };
}
