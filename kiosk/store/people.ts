import type { HashCard } from "../core/card.ts";
import { Fault, isFault } from "../core/fault.ts";
import type { Person, PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import type { Traces } from "../core/ports/forgetting.ts";
import type { FaceLooks, People } from "../core/ports/people.ts";
import { type FaceTally, noLooks, withLook } from "../core/served.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openFormerFiles } from "./former-files.ts";
import { decodePerson, encodePerson, type Kept } from "./person-file.ts";
import { type KeyBox, letGo, openOwnKeyBox } from "./seal.ts";
import { openVault, type SealedVault, suppressed } from "./vault.ts";

export interface PeopleOptions {
  /** Where the vault is, and where the files are from before there was one: they move into it at opening. */
  readonly directory: string;
  /** Default: a key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
  /** Holds the piece `person` of everybody. Default: one of its own in this folder, closed with the people. */
  readonly vault?: SealedVault;
  /** For files from before cards were hashed: they are written anew at opening, without the numbers. */
  readonly hashCard: HashCard;
  /** Who must not come back: not shown, and not kept. Default: nobody. */
  readonly isSuppressed?: (id: PersonId) => boolean;
}

export interface SealedPeople extends People {
  /** One `seal-broken` for everybody whose piece does not open; it stays until they are enrolled again or forgotten. */
  readonly faults: readonly Fault[];
  readonly tracesOf: (id: PersonId) => Promise<Traces>;
  /** Puts another template in the place of somebody's, where they still have one; null: it stays. */
  readonly replace: (id: PersonId, change: (template: Template) => Template | null) => Promise<void>;
  readonly looks: FaceLooks;
}

type Known = Omit<Kept, "looks">;

/** Name, cards, look-alikes and template: one piece, so that they are kept together or not at all. */
const piece = "person";

/** @throws Fault `state-unwritable`, `disk-full`, `seal-broken` where the device's own sealing key is damaged. */
export async function openPeople({
  directory,
  keyBox: given,
  vault: lent,
  hashCard,
  isSuppressed = () => false,
}: PeopleOptions): Promise<SealedPeople> {
  await ensureStateFolder(directory);
  const keyBox =
    given ??
    (await openOwnKeyBox(
      directory,
      "people's files",
      "Put device.seal back as it was, or move the folder aside and enrol people again.",
    ));
  const vault = lent ?? (await openVault({ directory, keyBox, isSuppressed }));
  const kept = new Map<PersonId, Known>();
  const looks = new Map<PersonId, FaceTally>();
  /** Whose looks were counted since their piece was written. */
  const unwritten = new Set<PersonId>();
  const looksOf = (id: PersonId): FaceTally => looks.get(id) ?? noLooks;
  const forgetLooks = (id: PersonId): void => {
    looks.delete(id);
    unwritten.delete(id);
  };
  const write = async (id: PersonId, own: Known): Promise<void> => {
    unwritten.delete(id);
    await vault.put(id, piece, encodePerson({ ...own, looks: looksOf(id) })).catch((error: unknown) => {
      unwritten.add(id);
      throw error;
    });
  };
  const faults: Fault[] = [];
  const unreadable = (id: PersonId, cause: unknown): void => {
    const remedy = "Enrol this person again; everybody else is known as before.";
    faults.push(new Fault("seal-broken", `the sealed file of ${id} does not open`, remedy, cause));
  };
  const former = await openFormerFiles(directory, keyBox);
  for (const id of former.ids()) {
    // Whoever must not come back is forgotten with a record, not here.
    if (isSuppressed(id)) continue;
    try {
      if (!vault.pieces(id).includes(piece)) await vault.put(id, piece, await former.read(id));
      await former.destroy(id);
    } catch (cause) {
      // A disk that is full says so now, and nothing was lost.
      if (cause instanceof Fault) throw cause;
      await former.setAside(id);
      unreadable(id, cause);
    }
  }
  for await (const { sub, bytes } of vault.readAll(piece)) {
    try {
      if (bytes instanceof Fault) throw bytes;
      const { isFormer, looks: counted, ...one } = decodePerson(sub, bytes, hashCard);
      letGo(bytes.fill(0));
      kept.set(sub, one);
      if (counted.known + counted.missed > 0) looks.set(sub, counted);
      if (isFormer && !isSuppressed(sub)) await vault.put(sub, piece, encodePerson({ ...one, looks: counted }));
    } catch (cause) {
      if (isFault(cause) && cause.code !== "seal-broken") throw cause;
      unreadable(sub, cause);
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const shown = (): readonly Known[] => [...kept.values()].filter(({ person }) => !isSuppressed(person.id));
  return {
    faults,
    all: () => withMutualLinks(shown()),
    templates: () =>
      shown()
        .map(({ template }) => template)
        .filter((template) => template !== null),
    tracesOf: async (id) => {
      const { person, template } = kept.get(id) ?? { person: null, template: null };
      const files = Number(vault.pieces(id).includes(piece)) + (await former.count(id));
      const [name, card] = [person === null ? 0 : 1, person?.badges.length ?? 0];
      return { template: template === null ? 0 : 1, name, card, files };
    },
    put: (person, template) =>
      oneByOne(async () => {
        if (template !== null && template.person !== person.id)
          throw new RangeError("a template belongs to its person");
        if (template !== null && !person.id.startsWith("p_")) throw new RangeError("visitors have no template");
        if (isSuppressed(person.id)) throw suppressed();
        const own = { person: ownOf(person), template };
        const isSame = isSameFace(kept.get(person.id)?.template ?? null, template);
        await vault.put(person.id, piece, encodePerson({ ...own, looks: isSame ? looksOf(person.id) : noLooks }));
        kept.set(person.id, own);
        // What was counted of a face ends with it, also what came during the write.
        if (!isSame) forgetLooks(person.id);
      }),
    replace: (id, change) =>
      oneByOne(async () => {
        const own = kept.get(id);
        const template = own?.template && !isSuppressed(id) ? change(own.template) : null;
        if (own === undefined || template === null) return;
        await vault.put(id, piece, encodePerson({ ...own, template, looks: looksOf(id) }));
        kept.set(id, { ...own, template });
      }),
    looks: {
      of: looksOf,
      all: () =>
        shown().flatMap(({ person, template }) =>
          template === null ? [] : [{ person, template, ...looksOf(person.id) }],
        ),
      note: (id, end) => {
        if (isSuppressed(id) || !kept.get(id)?.template) return;
        looks.set(id, withLook(looksOf(id), end));
        unwritten.add(id);
      },
      forget: (id) =>
        oneByOne(async () => {
          const own = kept.get(id);
          forgetLooks(id);
          if (own === undefined || isSuppressed(id)) return;
          // Until it is written the old numbers lie on the disk.
          unwritten.add(id);
          await write(id, own);
        }),
      save: async () => {
        for (const id of [...unwritten]) {
          await oneByOne(async () => {
            const own = kept.get(id);
            if (own === undefined || isSuppressed(id)) unwritten.delete(id);
            else if (unwritten.has(id)) await write(id, own);
          });
        }
      },
    },
    remove: (id) =>
      oneByOne(async () => {
        kept.delete(id);
        forgetLooks(id);
        // Their key goes with their last piece; whoever forgets all of somebody destroys it at once.
        await vault.drop(id, piece);
        // What was set aside as damaged is the same person's data.
        await former.destroy(id);
        for (const { person, template } of kept.values()) {
          if (!person.lookAlikes.includes(id)) continue;
          const left = {
            person: { ...person, lookAlikes: person.lookAlikes.filter((other) => other !== id) },
            template,
          };
          kept.set(person.id, left);
          await vault.put(person.id, piece, encodePerson({ ...left, looks: looksOf(person.id) }));
        }
      }),
    [Symbol.asyncDispose]: async () => {
      await last;
      kept.clear();
      if (lent === undefined) await vault[Symbol.asyncDispose]();
    },
  };
}

/** Made of the same pictures under the same agreement; a turn of its numbers keeps both. */
const isSameFace = (before: Template | null, after: Template | null): boolean =>
  before !== null && before.createdMs === after?.createdMs && before.consentId === after.consentId;

/** What is this clock's to keep of somebody: what the roster says of them is the roster's, and ends with it. */
function ownOf({ id, displayName, badges, lookAlikes, rosterBadges = [] }: Person): Person {
  return { id, displayName, badges: badges.filter((badge) => !rosterBadges.includes(badge)), lookAlikes };
}

/**
 * Who looks like whom is written in one file of the two, so that it is kept at once or not at all, and holds for both.
 * It binds only while both faces are known.
 */
function withMutualLinks(kept: readonly Known[]): readonly Person[] {
  const people = kept.filter(({ template }) => template !== null).map(({ person }) => person);
  const links = new Map(people.map(({ id }) => [id, new Set<PersonId>()]));
  for (const { id, lookAlikes } of people) {
    for (const other of lookAlikes) {
      if (!links.has(other)) continue;
      links.get(id)?.add(other);
      links.get(other)?.add(id);
    }
  }
  return kept.map(({ person }) => ({ ...person, lookAlikes: [...(links.get(person.id) ?? [])] }));
}
