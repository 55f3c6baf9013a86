import { notesOf, type Reckoned, reckon } from "../core/consent/book.ts";
import { asksAgain, type Closed, type Consented, closedFor, isOver, newestOf, opened } from "../core/consent/gate.ts";
import { checkAges, type Guardian, guardianDays } from "../core/consent/guardian.ts";
import { packOf } from "../core/consent/packs.ts";
import { allowsFace, basisText, type PolicyKept, type PrivacyPolicy } from "../core/consent/privacy-policy.ts";
import { standingFrom } from "../core/consent/standing.ts";
import type { ConsentAnswer, ConsentStanding, PolicyStanding } from "../core/consent/types.ts";
import { type ConsentId, consentIn } from "../core/consent.ts";
import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import type { Appended, Journal, JournalConsents } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import { longReceiptCode } from "../core/receipt.ts";
import type { ConsentData } from "../core/record.ts";
import { utcText } from "../core/time.ts";
import { blankBook, type ConsentBook, createConsentShelf, noteOf, type ShelfRooms } from "./consent-shelf.ts";

const lookMs = 15_000;
const againMs = 5_000;

export interface ConsentRooms extends ShelfRooms {
  readonly journal: Pick<Journal, "append"> & JournalConsents;
  readonly site: string;
  readonly clock: Pick<Clock, "now" | "quality" | "sleep">;
  readonly policy: () => PolicyStanding;
  /** Lets a policy hold whose time has come. */
  readonly advance: () => Promise<void>;
  readonly people: Pick<People, "all" | "templates" | "put">;
  /** Unknown to the very next frame; nothing where no engine runs. */
  readonly takeOut: (person: PersonId) => Promise<void>;
  /** Whose face may be looked for has changed: the gallery follows. */
  readonly changed: () => Promise<void>;
  /** For the wall. */
  readonly told: (answer: Extract<ConsentAnswer, { is: "known" }>) => void;
  readonly note: (fault: Fault) => void;
}

/** What an agreement is given by. */
export interface Giving
  extends Pick<ConsentData, "text" | "sign" | "by">,
    Partial<Pick<ConsentData, "age" | "guardian" | "paper" | "pol">> {}

/** Everybody's agreements, each proved by its own signed record, and the gate that follows from them. */
export interface Consents {
  /** Reads what is kept. Until then the gate is closed to everybody; what is asked for waits. */
  readonly load: () => Promise<void>;
  /** The templates that both keys are there for, now. */
  readonly gate: (templates: readonly Template[]) => readonly Consented<Template>[];
  /** Why somebody's face is not looked for; null: it is. */
  readonly closed: (template: Pick<Template, "person" | "consentId">) => Closed | null;
  readonly standingOf: (person: PersonId) => ConsentStanding;
  /** @throws Fault `faces-not-allowed`, `consent-refused`, `guardian-missing`, `guardian-refused`; what journal and vault throw. */
  readonly give: (person: PersonId, giving: Giving) => Promise<Appended & { readonly consentId: ConsentId }>;
  /** The agreement that stands, to make a template under. @throws Fault `consent-refused`, `faces-not-allowed`. */
  readonly standing: (person: PersonId) => ConsentId;
  readonly decline: (person: PersonId, said: Pick<ConsentData, "text" | "pol" | "by">) => Promise<Appended>;
  /**
   * Unknown to the very next frame whatever the disk says; then the record, then the end of the template.
   * @returns null where the disk does not take the record now: it is tried again until it does.
   */
  readonly withdraw: (person: PersonId, by: string) => Promise<Appended | null>;
  /** Kept and not used; used again. */
  readonly freeze: (person: PersonId, by: string) => Promise<Appended>;
  readonly release: (person: PersonId, by: string) => Promise<Appended>;
  /** No picture of theirs with their punches from the next one on; and again. */
  readonly pictures: (person: PersonId, may: boolean, by: string) => Promise<Appended>;
  /** How it stands with pictures of them. Until what is kept was read nobody's may be taken. */
  readonly picturesOf: (person: PersonId) => { readonly isRefused: boolean; readonly may: boolean };
  /** An agreement that no template was made under. */
  readonly end: (person: PersonId, consentId: ConsentId, by: string) => Promise<void>;
  /** They were shown this version of the policy. */
  readonly tell: (person: PersonId, v: number) => Promise<void>;
  /** Nothing of them is remembered here; their piece goes with the vault's key. */
  readonly forget: (person: PersonId) => void;
  /** The policy may have changed, or somebody has a template now. */
  readonly refresh: () => Promise<void>;
  /** Ends what time ends, and writes what could not be written, until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** For the rights counter: what the record's code is. */
  readonly codeOf: (appended: Appended) => string;
}

export function createConsents(rooms: ConsentRooms): Consents {
  const { journal, source, site, clock, people, note } = rooms;
  const shelf = createConsentShelf(rooms);
  const books = new Map<PersonId, ConsentBook>();
  const reckoned = new Map<PersonId, Reckoned>();
  /** Who took it back a moment ago, whether it is written yet or not, and by what they did. */
  const leaving = new Map<PersonId, string>();
  let isLoaded = false;
  let last: Promise<unknown> = Promise.resolve();
  /** Whatever is asked for first waits for what is kept. */
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(() => (isLoaded ? undefined : load())).then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const bookOf = (person: PersonId): ConsentBook => books.get(person) ?? blankBook;
  const keep = (person: PersonId, book: ConsentBook): void => {
    const notes = notesOf(book.notes, person);
    books.set(person, { ...book, notes });
    reckoned.set(person, reckon(notes));
  };
  const nothingSaid = reckon([]);
  const saidBy = (person: PersonId): Reckoned =>
    leaving.has(person) ? { ...nothingSaid, face: "withdrawn" } : (reckoned.get(person) ?? nothingSaid);
  const grounds = () => ({ policy: rooms.policy().now, site, nowUtcMs: clock.now().utcMs });
  const closed: Consents["closed"] = (template) => closedFor(template, saidBy(template.person), grounds());

  const load = async (): Promise<void> => {
    for (const [person, book] of await shelf.load()) keep(person, book);
    isLoaded = true;
  };
  const noteFault = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    note(error);
  };
  const put = (person: PersonId): Promise<void> => shelf.put(person, bookOf(person));

  /** The record first; what it says holds from then on, and the piece follows. */
  const write = async (data: ConsentData): Promise<Appended> => {
    const appended = await journal.append({ type: "consent", data }, clock.now());
    const { event, stored } = appended;
    const book = bookOf(data.sub);
    keep(data.sub, {
      ...book,
      notes: [...book.notes, noteOf(event)],
      jws: new Map([...book.jws, [event.id, stored.jws]]),
    });
    // The journal has it: the next start makes the piece whole.
    await put(data.sub).catch(noteFault);
    return appended;
  };
  const spread = async (person: PersonId | null): Promise<void> => {
    const concerned = person === null ? new Set([...books.keys(), ...templatesByPerson().keys()]) : [person];
    const templates = templatesByPerson();
    const standings = new Map([...concerned].map((one) => [one, standingWith(one, templates.get(one) ?? null)]));
    rooms.told({ of: "consent", is: "known", policy: rooms.policy(), standings, isAll: person === null });
    await rooms.changed();
  };
  const templatesByPerson = () => new Map(people.templates().map((template) => [template.person, template]));

  const standingWith = (person: PersonId, template: Template | null): ConsentStanding => {
    const said = saidBy(person);
    const { notes, toldV } = bookOf(person);
    const held = template === null || leaving.has(person) ? "none" : closed(template) === null ? "used" : "kept";
    return standingFrom({ said, notes, toldV }, held, grounds());
  };

  const allowing = (): PolicyKept => {
    const { now } = rooms.policy();
    if (now !== null && allowsFace(now, site)) return now;
    throw new Fault(
      "faces-not-allowed",
      now === null
        ? "there is no privacy policy of the employer here"
        : "the employer's policy has no faces at this site",
      "The employer signs a policy that allows it (lintel policy sign); badge and PIN count the same.",
    );
  };

  /** In anybody's record that is kept here. */
  const wasDrawn = (h: string): boolean =>
    [...books.values()].some(({ notes }) => notes.some(({ data }) => data.sign.h === h || data.guardian?.h === h));

  const give: Consents["give"] = (person, giving) =>
    oneByOne(async () => {
      const { policy, h } = allowing();
      const { text, sign, by, paper, guardian, pol = { v: policy.v, h } } = giving;
      const age = giving.age ?? vouchedAge(guardian, policy);
      if (pol?.h !== h) throw refused("the policy changed while it was read", "Let them read what holds now.");
      checkAges({ age, guardian, sign }, policy, wasDrawn);
      if (packOf(policy.pack).wantsRelease && sign.how === "card+pin") {
        throw refused("the law of this place wants a signature drawn by hand", "Let them draw their name.");
      }
      if (leaving.has(person)) throw refused("they have just taken it back", "Begin anew in a moment.");
      const { utcMs } = clock.now();
      const terms = [policy.termDays, guardian === undefined ? null : guardianDays].filter((days) => days !== null);
      const until = terms.length === 0 ? {} : { until: utcText(utcMs + Math.min(...terms) * dayMs) };
      const data: ConsentData = {
        ...{ sub: person, act: "given", purpose: "face", text, pol, sign },
        basis: basisText(policy.basis),
        ...until,
        ...(age !== undefined && { age }),
        ...(guardian !== undefined && { guardian }),
        by,
        ...(paper !== undefined && { paper }),
      };
      const appended = await write(data);
      await spread(person);
      return { ...appended, consentId: consentIn(appended.event, person) };
    });

  const plain = (
    person: PersonId,
    act: ConsentData["act"],
    more: Pick<ConsentData, "by"> & Partial<ConsentData>,
  ): ConsentData => ({
    ...{ sub: person, act, purpose: "face", text: null, pol: null },
    basis: "consent",
    sign: { how: more.by.startsWith("self") ? "tap" : "operator", h: null },
    ...more,
  });
  const refTo = (person: PersonId): Partial<Pick<ConsentData, "ref">> => {
    const newest = newestOf(reckoned.get(person)?.live ?? new Map());
    return newest === null ? {} : { ref: newest.id };
  };

  /** The record, then the template, then the word that they are leaving: in this order no crash lets a face back in. */
  const finish = async (person: PersonId): Promise<Appended | null> => {
    const by = leaving.get(person);
    if (by === undefined) return null;
    const appended = await write(plain(person, "withdrawn", { by, ...refTo(person) }));
    await destroy(person);
    leaving.delete(person);
    await spread(person);
    return appended;
  };
  const destroy = async (person: PersonId): Promise<void> => {
    const known = people.all().find(({ id }) => id === person);
    const has = people.templates().some((template) => template.person === person);
    if (known !== undefined && has) await people.put(known, null);
  };
  const said = (person: PersonId, act: ConsentData["act"], more: Parameters<typeof plain>[2]): Promise<Appended> =>
    oneByOne(async () => {
      const appended = await write(plain(person, act, more));
      await spread(person);
      return appended;
    });

  const withdraw: Consents["withdraw"] = async (person, by) => {
    leaving.set(person, by);
    // Not behind what waits: this one does not.
    await rooms.takeOut(person);
    await spread(person);
    return oneByOne(() => finish(person)).catch((error: unknown) => {
      noteFault(error);
      return null;
    });
  };

  /** Faces whose agreement is over for good are not kept either. */
  const tidy = async (): Promise<void> => {
    const { source: timeFrom } = clock.quality();
    // By a date that nobody vouches for a face is not used any more, and not destroyed either.
    const isSure = timeFrom !== "none" && timeFrom !== "rtc";
    for (const template of people.templates()) {
      const why = closed(template);
      const { person } = template;
      if (leaving.has(person) || !(why === "withdrawn" || (why === "expired" && isSure))) continue;
      await rooms.takeOut(person);
      if (why === "expired") await write(plain(person, "ended", { by: "clock" }));
      await destroy(person);
      await spread(person);
    }
  };
  /** What only time changes: which policy holds, and whose agreement is over. */
  const openNow = (): string => {
    const { now, coming } = rooms.policy();
    const open = people.templates().filter((template) => closed(template) === null).length;
    return `${now?.h} ${coming?.h} ${open}`;
  };

  let before = "";
  return {
    load: () => oneByOne(() => spread(null)),
    gate: (templates) => (isLoaded ? opened(templates, saidBy, grounds()) : []),
    closed,
    standingOf: (person) => standingWith(person, templatesByPerson().get(person) ?? null),
    give,
    standing: (person) => {
      const policy = allowing();
      const { live, isFrozen } = saidBy(person);
      const newest = newestOf(live);
      if (newest === null || isFrozen || isOver(newest, clock.now().utcMs) || asksAgain(newest, policy)) {
        throw refused("there is no agreement that holds now", "Let them read and agree first.");
      }
      return newest.id as ConsentId;
    },
    decline: (person, more) => said(person, "declined", { ...more, ...refTo(person) }),
    withdraw,
    freeze: (person, by) => {
      const done = said(person, "restricted", { by, ...refTo(person) });
      return done;
    },
    release: (person, by) => said(person, "released", { by, ...refTo(person) }),
    pictures: (person, may, by) => said(person, may ? "released" : "declined", { by, purpose: "snapshot" }),
    picturesOf: (person) => {
      const { noPictures, isFrozen } = reckoned.get(person) ?? nothingSaid;
      return { isRefused: noPictures, may: isLoaded && !noPictures && !isFrozen };
    },
    end: async (person, consentId, by) => {
      await said(person, "ended", { by, ref: consentId });
      // Somebody new who was not enrolled in the end is nobody here.
      if (!people.all().some(({ id }) => id === person)) await shelf.drop(person).catch(noteFault);
    },
    tell: (person, v) =>
      oneByOne(async () => {
        const book = bookOf(person);
        if (v <= book.toldV) return;
        keep(person, { ...book, toldV: v });
        await spread(person);
        await put(person);
      }),
    forget: (person) => {
      books.delete(person);
      reckoned.delete(person);
      leaving.delete(person);
    },
    refresh: () => oneByOne(() => spread(null)),
    run: async (signal) => {
      while (!signal.aborted) {
        await rooms.advance().catch(noteFault);
        await oneByOne(async () => {
          for (const person of [...leaving.keys()]) await finish(person);
          if (isLoaded) await tidy();
          const now = openNow();
          if (now !== before) await spread(null);
          before = now;
        }).catch(noteFault);
        await clock.sleep(leaving.size > 0 ? againMs : lookMs, signal);
      }
    },
    codeOf: ({ stored }) => longReceiptCode({ ...stored, source }),
  };
}

/** With a paper the operator has seen that they are old enough; at the wall whoever comes with a guardian says so. */
function vouchedAge(guardian: Guardian | undefined, { minAge, guardianAge }: PrivacyPolicy): number | undefined {
  if (guardian === undefined) return minAge;
  return guardian.how === "paper" ? (guardianAge ?? undefined) : undefined;
}

const dayMs = 24 * 3_600_000;

const refused = (why: string, remedy: string): Fault => new Fault("consent-refused", `no consent: ${why}`, remedy);
