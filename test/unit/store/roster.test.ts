import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { LuError } from "../../../kiosk/core/jws.ts";
import type { RosterStep, RosterStore } from "../../../kiosk/core/ports/people.ts";
import { openRoster } from "../../../kiosk/store/roster.ts";
import { type Roster, rosterRoot, turnPages } from "../../../kiosk/uplink/contract/turn-pages.ts";

const at = { utcMs: Date.UTC(2026, 5, 1), monoMs: 0 };
const idOf = (n: number): string => `p_${n.toString(36).padStart(20, "0")}`;
const textOf = (n: number, name = "Ann Quartz"): string =>
  JSON.stringify({ st: "active", cards: [], dn: `${name} ${n}` });
const nobody: Roster = { v: 0, items: new Map(), gone: new Map() };

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-roster-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** The step that the contract's own rule takes, and what follows by it. */
function stepOf(have: Roster, base: number, to: number, ops: RosterStep["ops"]): { step: RosterStep; after: Roster } {
  const items = new Map(base === 0 ? [] : have.items);
  for (const [op, id, v, text = ""] of ops) op === "put" ? items.set(id, { v, text }) : items.delete(id);
  const root = rosterRoot(items);
  const page = { base, to, page: 0, pages: 1, ops: ops.map((op) => [...op]) as never, root };
  return { step: { base, to, ops, root }, after: turnPages(have, [page]) };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "taken",
    (error: unknown) => (error instanceof LuError ? error.code : error),
  );

const asMap = async (store: RosterStore): Promise<Roster["items"]> =>
  new Map((await store.items()).map(({ id, v, text }) => [id, { v, text }]));

test("whatever the cloud does, the store has what the contract's rule says, the root too, and after a restart as well", async () => {
  const op = fc.tuple(fc.constantFrom("put", "put", "del"), fc.nat(30), fc.nat(12));
  const moves = fc.array(fc.tuple(fc.boolean(), fc.array(op, { maxLength: 14 })), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(moves, async (steps) => {
      const directory = await mkdtemp(join(tmpdir(), "lintel-roster-"));
      let store = await openRoster({ directory });
      try {
        let have = nobody;
        for (const [isSnapshot, wanted] of steps) {
          const ops = wanted.map(([kind, n, v]): RosterStep["ops"][number] =>
            kind === "put" ? ["put", idOf(n), v, textOf(v)] : ["del", idOf(n), v],
          );
          const base = isSnapshot ? 0 : have.v;
          let expected: Roster | number;
          let root = "";
          try {
            const { step, after } = stepOf(have, base, have.v + 1, ops);
            expected = after;
            root = step.root;
          } catch (error) {
            if (!(error instanceof LuError)) throw error;
            expected = error.code;
          }
          const said = await codeOf(store.turn({ base, to: have.v + 1, ops, root }, at, null));
          expect(said).toBe(typeof expected === "number" ? expected : "taken");
          if (typeof expected !== "number") have = expected;
          expect(store.standing()).toEqual({ v: have.v, root: rosterRoot(have.items) });
        }
        await store[Symbol.asyncDispose]();
        store = await openRoster({ directory });
        expect(store.notice).toBeNull();
        expect(store.standing()).toEqual({ v: have.v, root: rosterRoot(have.items) });
        expect(await asMap(store)).toEqual(new Map([...have.items].sort()));
      } finally {
        await store[Symbol.asyncDispose]();
        await rm(directory, { recursive: true });
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("an older step, one that leads on from elsewhere, and one with another root change nothing", async () => {
  await using store = await openRoster({ directory: await folder() });
  const { step, after } = stepOf(nobody, 0, 5, [["put", idOf(1), 1, textOf(1)]]);
  expect(await store.turn(step, at, null)).toEqual({ changed: [idOf(1)], gone: [] });
  const standing = store.standing();
  expect(await codeOf(store.turn(step, at, null))).toBe(4003);
  expect(await codeOf(store.turn({ ...step, to: 4 }, at, null))).toBe(4003);
  expect(await codeOf(store.turn({ ...step, base: 4, to: 6 }, at, null))).toBe(4001);
  const more = stepOf(after, 5, 6, [["put", idOf(2), 1, textOf(2)]]).step;
  expect(await codeOf(store.turn({ ...more, root: step.root }, at, null))).toBe(4002);
  expect(store.standing()).toEqual(standing);
  expect(await asMap(store)).toEqual(after.items);
});

test("who was taken off is not brought back by an older page, until they are not remembered any longer", async () => {
  const directory = await folder();
  const first = stepOf(nobody, 0, 1, [["put", idOf(1), 1, textOf(1)]]);
  const second = stepOf(first.after, 1, 2, [["del", idOf(1), 9]]);
  const back = stepOf({ v: 2, items: new Map(), gone: new Map() }, 0, 3, [["put", idOf(1), 9, textOf(1)]]).step;
  {
    await using store = await openRoster({ directory });
    await store.turn(first.step, at, null);
    expect(await store.turn(second.step, at, null)).toEqual({ changed: [], gone: [idOf(1)] });
    expect(await codeOf(store.turn(back, at, null))).toBe(4003);
  }
  await using store = await openRoster({ directory });
  expect(await codeOf(store.turn(back, at, null))).toBe(4003);
  const quiet = stepOf(second.after, 2, 3, []).step;
  expect(await codeOf(store.turn(quiet, at, at.utcMs + 1))).toBe("taken");
  expect(await codeOf(store.turn({ ...back, to: 4 }, at, null))).toBe("taken");
});

test("a snapshot says who changed and who is left out, not everybody", async () => {
  await using store = await openRoster({ directory: await folder() });
  const first = stepOf(
    nobody,
    0,
    1,
    [1, 2, 3].map((n) => ["put", idOf(n), 1, textOf(n)] as const),
  );
  await store.turn(first.step, at, null);
  const { step } = stepOf(first.after, 0, 2, [
    ["put", idOf(1), 1, textOf(1)],
    ["put", idOf(3), 2, textOf(33)],
    ["put", idOf(4), 1, textOf(4)],
  ]);
  expect(await store.turn(step, at, null)).toEqual({ changed: [idOf(3), idOf(4)], gone: [idOf(2)] });
});

test("no name can be read in its files, and whoever is erased is in none of them any more", async () => {
  const directory = await folder();
  await using store = await openRoster({ directory });
  const { step } = stepOf(nobody, 0, 1, [
    ["put", idOf(1), 1, textOf(1, "Zephyrine")],
    ["put", idOf(2), 1, textOf(2)],
  ]);
  await store.turn(step, at, null);
  const bytesOf = () => readdirSync(directory).map((name) => readFileSync(join(directory, name)));
  for (const bytes of bytesOf()) expect(bytes.includes("Zephyrine")).toBe(false);
  const [item] = await store.items();
  if (item === undefined) throw new RangeError("somebody is there");
  expect(item.text).toContain("Zephyrine");
  expect(await store.erase(item.id, at)).toBe(true);
  expect(await store.erase(item.id, at)).toBe(false);
  expect(await store.items()).toHaveLength(1);
  expect(store.standing()).toEqual({ v: 1, root: rosterRoot(new Map([[idOf(2), { v: 1, text: textOf(2) }]])) });
  const again = stepOf(nobody, 0, 2, [["put", idOf(1), 1, textOf(1)]]).step;
  expect(await codeOf(store.turn(again, at, null))).toBe(4003);
});

test("forgets everything where it is told to, the version too", async () => {
  const directory = await folder();
  const { step } = stepOf(nobody, 0, 9, [["put", idOf(1), 7, textOf(1)]]);
  {
    await using store = await openRoster({ directory });
    await store.turn(step, at, null);
    expect(await store.reset()).toEqual({ changed: [], gone: [idOf(1)] });
    expect(store.standing()).toEqual({ v: 0, root: rosterRoot(new Map()) });
  }
  await using store = await openRoster({ directory });
  const { step: anew } = stepOf(nobody, 0, 1, [["put", idOf(1), 1, textOf(1)]]);
  expect(await codeOf(store.turn(anew, at, null))).toBe("taken");
});

test("a damaged file is set aside with words, and the roster is asked for anew instead of being trusted", async () => {
  for (const damage of ["item", "key", "file", "swap"] as const) {
    const directory = await folder();
    {
      await using store = await openRoster({ directory });
      const { step } = stepOf(nobody, 0, 1, [["put", idOf(1), 1, textOf(1)]]);
      await store.turn(step, at, null);
      copyFileSync(join(directory, "roster.sqlite"), join(directory, "copy"));
      const next = { ...step, base: 1, to: 2, ops: [["put", idOf(1), 2, textOf(2)]] as const };
      await store.turn({ ...next, root: rosterRoot(new Map([[idOf(1), { v: 2, text: textOf(2) }]])) }, at, null);
    }
    const file = join(directory, "roster.sqlite");
    if (damage === "key") writeFileSync(join(directory, "roster.key"), "not a key");
    if (damage === "file") writeFileSync(file, Buffer.alloc(9000, 7));
    if (damage === "item" || damage === "swap") {
      const { DatabaseSync } = await import("node:sqlite");
      using database = new DatabaseSync(file);
      database.exec(damage === "swap" ? "update head set root = 'x'" : "update item set sealed = zeroblob(99)");
    }
    await using store = await openRoster({ directory });
    expect(store.notice, damage).toMatchObject({ code: "seal-broken" });
    expect(store.standing().v).toBe(0);
    expect(readdirSync(join(directory, "set-aside"))).toContain("roster.sqlite");
  }
});
