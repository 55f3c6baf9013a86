import { randomBytes } from "node:crypto";
import type { CardHash } from "../core/card.ts";
import type { Consented } from "../core/consent/gate.ts";
import type { Guardian } from "../core/consent/guardian.ts";
import type { ConsentId } from "../core/consent.ts";
import type { BadgeGiven, Enrolled, EnrolWish } from "../core/desk.ts";
import { Fault, isFault } from "../core/fault.ts";
import { type Person, type PersonId, personId } from "../core/person.ts";
import type { Engine, Enrolment, Template } from "../core/ports/engine.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { AuditData } from "../core/record.ts";

/** Who agreed, and whether a template may be looked for. */
export interface EnrolmentConsents {
  /** @throws Fault `faces-not-allowed` where the employer's policy does not allow it. */
  readonly give: (person: PersonId, giving: OperatorsWord) => Promise<{ readonly consentId: ConsentId }>;
  readonly end: (person: PersonId, consentId: ConsentId, by: string) => Promise<void>;
  readonly gate: (templates: readonly Template[]) => readonly Consented<Template>[];
}

/** An operator holds a paper on which somebody agreed, and has seen that they are old enough. */
export interface OperatorsWord {
  readonly text: null;
  readonly sign: { readonly how: "operator"; readonly h: null };
  readonly paper: string;
  readonly guardian?: Guardian;
  readonly by: string;
}

export interface EnrolmentRooms {
  readonly journal: Pick<Journal, "append">;
  readonly people: Pick<People, "all" | "put">;
  readonly clock: Pick<Clock, "now">;
  /** Who acts, for the record. */
  readonly by: string;
}

/** Makes the template: guided at the clock, or of photographs. */
export type TakeFace = (person: PersonId, consentId: ConsentId) => Promise<Enrolment>;

/** Whom a wish is about, as they will be kept. */
export interface Subject {
  readonly person: Person;
  /** True where they are known already. */
  readonly again: boolean;
  readonly wish: EnrolWish;
}

/**
 * Enrols one person: the consent as a signed record, then the face, then the question whether they are enrolled already,
 * and only then is anything kept. Whatever fails on the way leaves nobody half enrolled, and a consent that an operator
 * brought ends with a record that says so.
 *
 * @param agreed what they agreed to at the wall themselves; null: the operator's wish names the paper.
 * @param engine the gallery to admit them to, as it is when all is kept; null leaves it to the next opening.
 * @throws whatever `take`, journal and store throw, and Fault `enrol-duplicate`: the one with names in its message. It is
 *   for the operator's socket and for nowhere else.
 */
export async function enrol(
  { person: subject, again, wish }: Subject,
  take: TakeFace,
  rooms: EnrolmentRooms & { readonly consents: EnrolmentConsents },
  engine: () => Pick<Engine, "admit"> | null,
  agreed: ConsentId | null = null,
): Promise<Enrolled> {
  const { consents, by } = rooms;
  const record = async (act: AuditData["act"], detail: string) => {
    const data: AuditData = { act, sub: subject.id, by: rooms.by, detail };
    return (await rooms.journal.append({ type: "audit", data }, rooms.clock.now())).event;
  };
  const word: OperatorsWord = {
    text: null,
    sign: { how: "operator", h: null },
    paper: wish.consent,
    by,
    ...signedWith(wish),
  };
  const consentId = agreed ?? (await consents.give(subject.id, word)).consentId;
  try {
    const { template, alike } = await take(subject.id, consentId);
    const lookAlikes = lookAlikesOf(subject, wish, alike, rooms.people.all());
    await record("enrol", inWords(template));
    // The record first: a template that no record tells of is worse than a record of a template that did not last.
    await rooms.people.put({ ...subject, lookAlikes: lookAlikes.map(({ id }) => id) }, template);
    await admit(template, consents, engine);
    const { spaceId, quality } = template;
    const named = lookAlikes.map(({ id, displayName }) => ({ person: id, displayName }));
    return { person: subject.id, again, spaceId, quality, frames: framesOf(template), lookAlikes: named };
  } catch (error) {
    // What they said at the wall is theirs to take back; a paper for a face that was not taken is used up.
    if (agreed !== null) throw error;
    await consents.end(subject.id, consentId, by).catch((failed: unknown) => {
      // A journal that is ill says so by itself; what the operator needs to know is the first cause.
      if (!isFault(failed)) throw failed;
    });
    throw error;
  }
}

/**
 * Gives a card to somebody, with a record of it that says neither which nor whose.
 * @throws Fault `person-unknown`; `enrol-duplicate` where it is somebody else's; whatever journal and store throw.
 */
export async function giveBadge(
  id: PersonId,
  badge: CardHash,
  rooms: EnrolmentRooms & { readonly people: Pick<People, "templates"> },
): Promise<BadgeGiven> {
  const known = rooms.people.all();
  const person = knownPerson(id, known);
  const other = known.find((one) => one.id !== id && one.badges.includes(badge));
  if (other !== undefined) throw isTheirs(other);
  if (person.badges.includes(badge)) return { person: id, badges: person.badges.length, isNew: false };
  const badges = [...person.badges, badge];
  await keepBadges({ ...person, badges }, "badge given", rooms);
  return { person: id, badges: badges.length, isNew: true };
}

/** Takes all cards that somebody was given here. Those of the roster are the roster's. */
export async function takeBadges(
  id: PersonId,
  rooms: EnrolmentRooms & { readonly people: Pick<People, "templates"> },
): Promise<BadgeGiven> {
  const person = knownPerson(id, rooms.people.all());
  const { rosterBadges: badges = [] } = person;
  const isNew = badges.length < person.badges.length;
  if (isNew) await keepBadges({ ...person, badges }, "badges taken", rooms);
  return { person: id, badges: badges.length, isNew };
}

async function keepBadges(
  person: Person,
  detail: string,
  { journal, people, clock, by }: EnrolmentRooms & { readonly people: Pick<People, "templates"> },
): Promise<void> {
  const data: AuditData = { act: "badge", sub: person.id, by, detail };
  // The record first: a card that no record tells of is worse than a record of a card that did not last.
  await journal.append({ type: "audit", data }, clock.now());
  await people.put(person, people.templates().find((template) => template.person === person.id) ?? null);
}

const signedWith = ({ guardian = false }: EnrolWish): Pick<OperatorsWord, "guardian"> =>
  guardian ? { guardian: { how: "paper", h: null } } : {};

/** The vectors of a template are the mean of its frames, and its frames. */
export const framesOf = ({ vectors }: Template): number => Math.max(0, vectors.length - 1);

const inWords = (template: Template): string => {
  const { spaceId, quality, source, consentId } = template;
  const measured = quality === null ? "not measured" : Math.round(quality);
  return `space ${spaceId}, quality ${measured}, frames ${framesOf(template)}, from ${source}, consent ${consentId}`;
};

/** A dead engine is opened again with everybody whom the store knows. Who took it back meanwhile is not admitted. */
async function admit(
  template: Template,
  { gate }: EnrolmentConsents,
  engine: () => Pick<Engine, "admit"> | null,
): Promise<void> {
  const [proved] = gate([template]);
  if (proved === undefined) return;
  await engine()
    ?.admit(proved)
    .catch((error: unknown) => {
      if (!isFault(error, "engine-lost")) throw error;
    });
}

/** @throws Fault `person-unknown`; `desk-refused` and `enrol-duplicate` for a wish that cannot be. */
export function subjectOf(wish: EnrolWish, known: readonly Person[]): Subject {
  const owners = known.filter(({ badges }) => badges.some((badge) => wish.badges.includes(badge)));
  const before = wish.person === null ? owners[0] : knownPerson(wish.person, known);
  const other = owners.find(({ id }) => id !== before?.id);
  if (other !== undefined) throw isTheirs(other);
  for (const id of wish.alsoLike) knownPerson(id, known);
  const displayName = wish.displayName ?? before?.displayName;
  if (displayName === undefined) throw refusal("a new person needs a name", "Say how the clock shall greet them.");
  if (before !== undefined && wish.person === null && displayName !== before.displayName) {
    throw new Fault(
      "enrol-duplicate",
      `this badge belongs to ${named(before)}, which is another name than the one given`,
      "Check the badge; to enrol that person again, name them by their id.",
    );
  }
  refuseNames(wish.consent, displayName);
  const id = before?.id ?? newPersonId();
  if (!id.startsWith("p_")) throw refusal("visitors are never known by their faces", "Enrol those who work here.");
  const badges = [...new Set([...(before?.badges ?? []), ...wish.badges])];
  const lookAlikes = before?.lookAlikes ?? [];
  const ofRoster = before?.rosterBadges && { rosterBadges: before.rosterBadges };
  return { person: { id, displayName, badges, lookAlikes, ...ofRoster }, again: before !== undefined, wish };
}

/** @throws Fault `person-unknown` */
export function knownPerson(id: PersonId, known: readonly Person[]): Person {
  const person = known.find((candidate) => candidate.id === id);
  if (person !== undefined) return person;
  throw new Fault("person-unknown", `this clock knows nobody as ${id}`, "`lintel people list` shows whom it knows.");
}

/** What stands in a record stands there for ever, and is sent away. */
function refuseNames(reference: string, displayName: string): void {
  const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  const said = wordsOf(reference);
  if (!wordsOf(displayName).some((word) => said.includes(word))) return;
  throw refusal(
    "the reference of the consent holds the person's name, and it stands in the record for ever",
    "Name the paper by its file number.",
  );
}

/** @throws Fault `enrol-duplicate` for a face that is somebody else's, unless the operator said that it may be like theirs. */
function lookAlikesOf(
  subject: Person,
  { alsoLike }: EnrolWish,
  alike: Enrolment["alike"],
  known: readonly Person[],
): readonly Person[] {
  const allowed = new Set([...subject.lookAlikes, ...alsoLike]);
  const same = alike.filter(({ person, level }) => level === "same" && !allowed.has(person));
  const theirs = known.filter(({ id }) => same.some(({ person }) => person === id));
  if (theirs.length > 0) {
    throw new Fault(
      "enrol-duplicate",
      `this face is enrolled already, as ${theirs.map(named).join(" and ")}; nothing was kept`,
      "Enrol that person again by their id; if these are two people, such as twins, say so with --also-like.",
    );
  }
  const all = new Set([...allowed, ...alike.map(({ person }) => person)]);
  return known.filter(({ id }) => all.has(id) && id !== subject.id);
}

const named = ({ id, displayName }: Person): string => `"${displayName}" (${id})`;

const isTheirs = (other: Person): Fault =>
  new Fault(
    "enrol-duplicate",
    `this badge belongs to ${named(other)}`,
    "Give another badge, or take this one from them first.",
  );

const refusal = (message: string, remedy: string): Fault => new Fault("desk-refused", message, remedy);

/** 20 of [0-9a-z], 100 random bits; never derived from anything about the person. */
function newPersonId(): PersonId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return personId(`p_${Array.from(randomBytes(20), (byte) => alphabet.charAt(byte % 32)).join("")}`);
}
