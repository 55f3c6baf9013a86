import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HashCard } from "../core/card.ts";
import { Fault } from "../core/fault.ts";
import { isPersonId, type Person, type PersonId } from "../core/person.ts";
import type { People, Traces } from "../core/ports.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { type Decoded, decodePerson, encodePerson, type Kept } from "./person-file.ts";
import { type KeyBox, newDataKey, openFileKeyBox, seal, unseal } from "./seal.ts";

export interface PeopleOptions {
  /** Two files per person: `<id>.sealed` and `<id>.key`. */
  readonly directory: string;
  /** Default: a key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
  /** For files from before cards were hashed: they are written anew at opening, without the numbers. */
  readonly hashCard: HashCard;
  /** Who must not come back: not shown, and not kept. Default: nobody. */
  readonly isSuppressed?: (id: PersonId) => boolean;
}

export interface SealedPeople extends People {
  /** One `seal-broken` for everybody whose files do not open; they were set aside, the others are here. */
  readonly faults: readonly Fault[];
  readonly tracesOf: (id: PersonId) => Promise<Traces>;
}

/** @throws Fault `state-unwritable`, `disk-full`, `seal-broken` where the device's own sealing key is damaged. */
export async function openPeople({
  directory,
  keyBox: given,
  hashCard,
  isSuppressed = () => false,
}: PeopleOptions): Promise<SealedPeople> {
  await ensureStateFolder(directory);
  const keyBox = given ?? (await openOwnKeyBox(directory));
  const kept = new Map<PersonId, Kept>();
  const former: Kept[] = [];
  const faults: Fault[] = [];
  const names = await readdir(directory);
  for (const id of idsIn(names, ".sealed")) {
    try {
      const { isFormer, ...found } = await openSealed(directory, id, keyBox, hashCard);
      kept.set(id, found);
      if (isFormer) former.push(found);
    } catch (cause) {
      await setAside(directory, id);
      const remedy = "Enrol this person again; the damaged files are in the folder set-aside.";
      faults.push(new Fault("seal-broken", `the sealed file of ${id} does not open`, remedy, cause));
    }
  }
  for (const found of former) await writeSealed(directory, found, keyBox);
  // A removal that was cut short: the content is gone, so the key has no purpose any more.
  for (const id of idsIn(names, ".key")) if (!names.includes(`${id}.sealed`)) await destroyKey(directory, id);

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const shown = (): ReadonlyMap<PersonId, Kept> => new Map([...kept].filter(([id]) => !isSuppressed(id)));
  return {
    faults,
    all: () => withMutualLinks(shown()),
    templates: () => [...shown().values()].map(({ template }) => template).filter((template) => template !== null),
    tracesOf: async (id) => {
      const { person, template } = kept.get(id) ?? { person: null, template: null };
      const files = (await filesOf(directory, id)).length;
      const [name, card] = [person === null ? 0 : 1, person?.badges.length ?? 0];
      return { template: template === null ? 0 : 1, name, card, files };
    },
    put: (person, template) =>
      oneByOne(async () => {
        if (template !== null && template.person !== person.id)
          throw new RangeError("a template belongs to its person");
        if (isSuppressed(person.id)) throw suppressed();
        const own = { person: ownOf(person), template };
        await writeSealed(directory, own, keyBox);
        kept.set(person.id, own);
      }),
    remove: (id) =>
      oneByOne(async () => {
        kept.delete(id);
        // What was set aside as damaged, and what a crash left half written, is the same person's data.
        for (const file of await filesOf(directory, id)) await destroy(file);
        await syncDirectory(directory);
        for (const { person, template } of kept.values()) {
          if (!person.lookAlikes.includes(id)) continue;
          const left = {
            person: { ...person, lookAlikes: person.lookAlikes.filter((other) => other !== id) },
            template,
          };
          kept.set(person.id, left);
          await writeSealed(directory, left, keyBox);
        }
      }),
    [Symbol.asyncDispose]: async () => {
      await last;
      kept.clear();
    },
  };
}

/** What is this clock's to keep of somebody: what the roster says of them is the roster's, and ends with it. */
function ownOf({ id, displayName, badges, lookAlikes, rosterBadges = [] }: Person): Person {
  return { id, displayName, badges: badges.filter((badge) => !rosterBadges.includes(badge)), lookAlikes };
}

/**
 * Who looks like whom is written in one file of the two, so that it is kept at once or not at all, and holds for both.
 * It binds only while both faces are known.
 */
function withMutualLinks(kept: ReadonlyMap<PersonId, Kept>): readonly Person[] {
  const people = [...kept.values()].filter(({ template }) => template !== null).map(({ person }) => person);
  const links = new Map(people.map(({ id }) => [id, new Set<PersonId>()]));
  for (const { id, lookAlikes } of people) {
    for (const other of lookAlikes) {
      if (!links.has(other)) continue;
      links.get(id)?.add(other);
      links.get(other)?.add(id);
    }
  }
  return [...kept.values()].map(({ person }) => ({ ...person, lookAlikes: [...(links.get(person.id) ?? [])] }));
}

async function openOwnKeyBox(directory: string): Promise<KeyBox> {
  try {
    return await openFileKeyBox(join(directory, "device.seal"));
  } catch (cause) {
    const remedy =
      "Restore device.seal from the backup of this clock, or move the folder aside and enrol people again.";
    throw new Fault("seal-broken", "the key that seals people's files cannot be read", remedy, cause);
  }
}

const idsIn = (names: readonly string[], suffix: string): readonly PersonId[] =>
  names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter(isPersonId);

const binding = (id: PersonId): string => `lintel-person-1:${id}`;

async function openSealed(directory: string, id: PersonId, keyBox: KeyBox, hashCard: HashCard): Promise<Decoded> {
  const dataKey = await keyBox.unwrap(await readFile(join(directory, `${id}.key`)), binding(id));
  return decodePerson(id, unseal(dataKey, await readFile(join(directory, `${id}.sealed`)), binding(id)), hashCard);
}

async function writeSealed(directory: string, kept: Kept, keyBox: KeyBox): Promise<void> {
  const { id } = kept.person;
  const keyFile = join(directory, `${id}.key`);
  let dataKey: Uint8Array;
  try {
    dataKey = await keyBox.unwrap(await readFile(keyFile), binding(id));
  } catch {
    // The key first: content without its key could never be opened.
    dataKey = newDataKey();
    await writeAtomically(keyFile, await keyBox.wrap(dataKey, binding(id)));
  }
  await writeAtomically(join(directory, `${id}.sealed`), seal(dataKey, encodePerson(kept), binding(id)));
}

/** Overwritten before it is unlinked: the best a file system lets us do, and enough to make backups of the content mute. */
async function destroyKey(directory: string, id: PersonId): Promise<void> {
  await destroy(join(directory, `${id}.key`));
  await syncDirectory(directory);
}

async function destroy(path: string): Promise<void> {
  try {
    await using file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size));
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(path);
}

/** Every file of one person, the keys last: without its content a key is worth nothing, and a cut leaves what says so. */
async function filesOf(directory: string, id: PersonId): Promise<readonly string[]> {
  const folders = [directory, join(directory, "set-aside")].filter((folder) => existsSync(folder));
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => ({ name, file: join(folder, name) }))),
  );
  return names
    .flat()
    .filter(({ name }) => name.startsWith(`${id}.`))
    .sort((a, b) => Number(a.name.includes(".key")) - Number(b.name.includes(".key")))
    .map(({ file }) => file);
}

const suppressed = (): Fault =>
  new Fault(
    "person-suppressed",
    "this person was erased here and must not come back",
    "Who agreed anew is enrolled as a new person; a mistake is lifted by the data protection officer.",
  );

async function setAside(directory: string, id: PersonId): Promise<void> {
  const folder = join(directory, "set-aside");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of [`${id}.sealed`, `${id}.key`]) {
    await rename(join(directory, name), join(folder, name)).catch(() => undefined);
  }
  await syncDirectory(folder);
  await syncDirectory(directory);
}
