import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { RosterChanges, RosterItem, RosterStep, RosterStore } from "../core/ports/people.ts";
import type { Stamp } from "../core/time.ts";
import { ensureStateFolder, syncDirectory } from "./atomic.ts";
import { breathe } from "./breathe.ts";
import { type Change, merged } from "./roster-merge.ts";
import { openRosterRows, type RosterRows } from "./roster-rows.ts";
import { emptyTree, type RosterTree, regrown, rosterLeaf, treeRoot } from "./roster-tree.ts";
import { type KeyBox, newDataKey, openOwnKeyBox, seal, unseal } from "./seal.ts";
import { isDamage, isSqliteError, openFault, sqliteFault } from "./sqlite-error.ts";
import { readWrapped, rewrapped, writeWrapped } from "./wrapped-key.ts";

export interface RosterOptions {
  /** `roster.sqlite`, and the wrapped key of its texts, `roster.key`. */
  readonly directory: string;
  /** Default: a key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
}

/** Everybody, as it is in memory: who, at which places, and the tree over them. No texts. */
interface Standing {
  readonly v: number;
  readonly root: string;
  /** Sorted. */
  readonly ids: readonly string[];
  readonly tree: RosterTree;
}

const empty: Standing = { v: 0, root: treeRoot(emptyTree), ids: [], tree: emptyTree };

/** Rows that are written, read or hashed before others have their turn. */
const slice = 256;

/** @throws Fault `state-unwritable`, `disk-full`, and `seal-broken` where the device's own sealing key is damaged. */
export async function openRoster({ directory, keyBox: given }: RosterOptions): Promise<RosterStore> {
  await ensureStateFolder(directory);
  const keyBox =
    given ??
    (await openOwnKeyBox(
      directory,
      "the roster",
      "Move the roster's folder aside: the roster is then asked for again.",
    ));
  let notice: Fault | null = null;
  const opened = await openProved(directory, keyBox).catch(async (cause: unknown) => {
    if (cause instanceof Fault) throw cause;
    if (isSqliteError(cause) && !isDamage(cause)) throw openFault(cause, join(directory, "roster.sqlite"));
    await setAside(directory);
    const remedy = "Nothing needs doing: the roster is asked for again; people enrolled at this clock are not touched.";
    notice = new Fault("seal-broken", "the roster on this disk was damaged and set aside", remedy, cause);
    return openProved(directory, keyBox);
  });
  const { rows, key, versions, gone } = opened;
  let { standing } = opened;

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  /** All of it or nothing; others have their turns in between, and nobody else writes here. */
  const atomically = async (work: () => Promise<void>): Promise<void> => {
    try {
      rows.begin();
      await work();
      rows.commit();
    } catch (error) {
      rows.rollback();
      throw rosterFault(error);
    }
  };

  const turn = async (step: RosterStep, at: Stamp, forgetBeforeMs: number | null): Promise<RosterChanges> => {
    if (step.to <= standing.v) throw new LuError(4003, "the roster is not newer");
    const isSnapshot = step.base === 0;
    if (!isSnapshot && step.base !== standing.v) throw new LuError(4001, "the roster leads on from another version");
    const outcome = outcomeOf(step, isSnapshot ? new Map() : versions, gone);
    const wanted = await leavesOf(outcome, isSnapshot ? standing.ids.filter((id) => !outcome.has(id)) : []);
    const { ids, leaves, dirty, changed, left } = merged(standing.ids, standing.tree, wanted);
    const tree = await regrown(standing.tree, leaves, dirty);
    const root = treeRoot(tree);
    if (root !== step.root) throw new LuError(4002, "the items do not give the root");

    let written = 0;
    const forgotten: string[] = [];
    await atomically(async () => {
      for (const { id } of wanted) {
        const after = outcome.get(id);
        if (after?.text !== undefined) {
          // In a snapshot most people are as they were.
          if (changed.has(id)) rows.putItem(sealedRow(key, id, after.v, after.text));
          if (gone.has(id)) rows.deleteGone(id);
        } else {
          rows.deleteItem(id);
          if (after !== undefined) rows.putGone(id, after.v, at.utcMs);
        }
        if (++written % slice === 0) await breathe();
      }
      if (forgetBeforeMs !== null) forgotten.push(...rows.forgetGone(forgetBeforeMs));
      rows.setHead(step.to, root);
    });
    for (const { id } of wanted) {
      const after = outcome.get(id);
      if (after?.text === undefined) versions.delete(id);
      else versions.set(id, after.v);
      if (after?.text === undefined && after !== undefined) gone.set(id, after.v);
      else if (after !== undefined) gone.delete(id);
    }
    for (const id of forgotten) gone.delete(id);
    standing = { v: step.to, root, ids, tree };
    return { changed: [...changed].filter(isPersonId), gone: left.filter(isPersonId) };
  };

  const items = async (): Promise<readonly RosterItem[]> => {
    const found: RosterItem[] = [];
    for (const { id, v, sealed } of rows.items()) {
      if (isPersonId(id)) found.push({ id, v, text: textOf(key, id, v, sealed) });
      if (found.length % slice === 0) await breathe();
    }
    return found;
  };

  const erase = async (id: PersonId, at: Stamp): Promise<boolean> => {
    const v = versions.get(id);
    if (v === undefined) return false;
    const { ids, leaves, dirty } = merged(standing.ids, standing.tree, [{ id, leaf: null }]);
    const tree = await regrown(standing.tree, leaves, dirty);
    const root = treeRoot(tree);
    await atomically(async () => {
      rows.deleteItem(id);
      rows.putGone(id, v, at.utcMs);
      rows.setHead(standing.v, root);
    });
    rows.settle();
    versions.delete(id);
    gone.set(id, v);
    standing = { ...standing, root, ids, tree };
    return true;
  };

  const reset = async (): Promise<RosterChanges> => {
    await atomically(async () => rows.clear());
    rows.settle();
    const everybody = standing.ids.filter(isPersonId);
    versions.clear();
    gone.clear();
    standing = empty;
    return { changed: [], gone: everybody };
  };

  return {
    notice,
    standing: () => ({ v: standing.v, root: standing.root }),
    items: () => oneByOne(items),
    wasTakenOff: (id) => gone.has(id),
    turn: (...step) => oneByOne(() => turn(...step)),
    erase: (...one) => oneByOne(() => erase(...one)),
    reset: () => oneByOne(reset),
    [Symbol.asyncDispose]: async () => {
      await last;
      rows[Symbol.dispose]();
    },
  };
}

/** What is left of each person that a step names: a text, or that they are gone. */
type Outcome = ReadonlyMap<string, { readonly v: number; readonly text?: string }>;

/** @throws LuError 4003 where somebody's new version is not above the one that is there, or was taken off. */
function outcomeOf(
  { ops }: RosterStep,
  versions: ReadonlyMap<string, number>,
  gone: ReadonlyMap<string, number>,
): Outcome {
  const outcome = new Map<string, { readonly v: number; readonly text?: string }>();
  for (const [op, id, v, text = ""] of ops) {
    const known = outcome.get(id)?.v ?? Math.max(versions.get(id) ?? 0, gone.get(id) ?? 0);
    if (v <= known) throw new LuError(4003, "an item is not newer");
    outcome.set(id, op === "put" ? { v, text } : { v });
  }
  return outcome;
}

/** Sorted. @param others who is gone without having been named: a snapshot leaves out whom it does not want. */
async function leavesOf(outcome: Outcome, others: readonly string[]): Promise<readonly Change[]> {
  const changes: Change[] = others.map((id) => ({ id, leaf: null }));
  for (const [id, { v, text }] of outcome) {
    changes.push({ id, leaf: text === undefined ? null : rosterLeaf(id, v, text) });
    if (changes.length % slice === 0) await breathe();
  }
  return changes.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const binding = (id: string, v: number): string => `lintel-roster-1:${id}:${v}`;

const sealedRow = (key: Uint8Array, id: string, v: number, text: string) => ({
  ...{ id, v },
  sealed: seal(key, Buffer.from(text), binding(id, v)),
});

const textOf = (key: Uint8Array, id: string, v: number, sealed: Uint8Array): string =>
  Buffer.from(unseal(key, sealed, binding(id, v))).toString("utf8");

interface Proved {
  readonly rows: RosterRows;
  readonly key: Uint8Array;
  readonly versions: Map<string, number>;
  readonly gone: Map<string, number>;
  readonly standing: Standing;
}

/** Opens every text and compares the root: what is here is what the cloud meant, or it is not used. */
async function openProved(directory: string, keyBox: KeyBox): Promise<Proved> {
  const key = await dataKey(directory, keyBox);
  const rows = openRosterRows(join(directory, "roster.sqlite"));
  try {
    const versions = new Map<string, number>();
    const changes: Change[] = [];
    for (const { id, v, sealed } of rows.items()) {
      versions.set(id, v);
      changes.push({ id, leaf: rosterLeaf(id, v, textOf(key, id, v, sealed)) });
      if (changes.length % slice === 0) await breathe();
    }
    const gone = new Map([...rows.gone()].map(({ id, v }) => [id, v]));
    const { ids, leaves, dirty } = merged([], emptyTree, changes);
    const tree = await regrown(emptyTree, leaves, dirty);
    const root = treeRoot(tree);
    const head = rows.head() ?? empty;
    if (head.root !== root) throw new RangeError("the roster is not what was written");
    return { rows, key, versions, gone, standing: { v: head.v, root, ids, tree } };
  } catch (error) {
    rows[Symbol.dispose]();
    throw error;
  }
}

async function dataKey(directory: string, keyBox: KeyBox): Promise<Uint8Array> {
  const file = { path: join(directory, "roster.key"), keyBox, bindTo: "lintel-roster-1" };
  keyBox.holds?.("roster", rewrapped(file));
  const kept = await readWrapped(file);
  if (kept !== null) return kept;
  const key = newDataKey();
  await writeWrapped(file, key);
  return key;
}

async function setAside(directory: string): Promise<void> {
  const folder = join(directory, "set-aside");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of ["roster.sqlite", "roster.sqlite-wal", "roster.sqlite-shm", "roster.key"]) {
    await rename(join(directory, name), join(folder, name)).catch(() => undefined);
  }
  await syncDirectory(folder);
  await syncDirectory(directory);
}

/** As for the journal, in words of the roster. */
function rosterFault(error: unknown): unknown {
  const fault = sqliteFault(error);
  if (!(fault instanceof Fault) || fault.code !== "journal-write-failed") return fault;
  const remedy = "People punch on with the roster that is here; if it stays like this, replace the SD card or disk.";
  return new Fault("roster-write-failed", "the roster could not be written", remedy, error);
}
