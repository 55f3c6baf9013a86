import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RosterStep, RosterStore } from "../../kiosk/core/ports/people.ts";
import { openRoster } from "../../kiosk/store/roster.ts";
import { type Roster, rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import { bound, compare, type Row } from "../measure.ts";

const everybody = 50_000;
const some = 1_000;
const rounds = 11;

/** What a roster of 50,000 costs: a step of a thousand changes, a start, and how long a punch would wait for it. */
export async function measure(): Promise<readonly Row[]> {
  // Beside the checkout: /tmp may be memory, where nothing is durable and everything is fast.
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  try {
    const cloud = cloudOf(everybody);
    const store = await openRoster({ directory: join(directory, "roster") });
    const snapshot = cloud.snapshot();
    using wait = watchLoop();
    await turn(store, snapshot);
    const snapshotWaitMs = wait.worstMs();
    using plain = plainTable(join(directory, "plain.sqlite"));
    plain.upsert(cloud.rows(everybody));
    const steps = Array.from({ length: rounds + 1 }, () => cloud.changes(some));
    const rows = Array.from({ length: rounds + 1 }, () => cloud.rows(some));
    // Making the steps left garbage that is nobody's in this race.
    collectGarbage();
    const change = await compare({
      what: `${some} changes in a roster of ${everybody.toLocaleString("en")}: sealed, root compared, durable`,
      against: "SQLite upsert of the same rows in one durable transaction",
      reads: "cost",
      target: 2.5,
      ours: () => turn(store, steps.shift()),
      theirs: () => plain.upsert(rows.shift() ?? []),
      rounds,
      repeat: 1,
    });
    const moves = Array.from({ length: 5 }, () => cloud.moves(some));
    let movesMs = 0;
    for (const step of moves) {
      const startMs = performance.now();
      await turn(store, step);
      movesMs = Math.max(movesMs, performance.now() - startMs);
    }
    await store[Symbol.asyncDispose]();
    const startMs = performance.now();
    await using again = await openRoster({ directory: join(directory, "roster") });
    const openMs = performance.now() - startMs;
    if (again.standing().v !== cloud.v()) throw new Error("the roster was not all there");
    return [
      change,
      bound(`${some} who come or go among ${everybody.toLocaleString("en")}, slowest of 5`, movesMs, 2_000, "ms"),
      bound(`opening and proving ${everybody.toLocaleString("en")}`, openMs, 3_000, "ms"),
      bound(`longest anything waited while ${everybody.toLocaleString("en")} were taken`, snapshotWaitMs, 250, "ms"),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function turn(store: RosterStore, step: RosterStep | undefined): Promise<void> {
  if (step === undefined) throw new RangeError("no more steps");
  await store.turn(step, { utcMs: Date.now(), monoMs: performance.now() }, null);
}

/** A cloud's roster that goes on changing, with its roots made by the contract's own rule. */
function cloudOf(count: number) {
  const items = new Map<string, { v: number; text: string }>();
  let v = 0;
  let next = 0;
  const textOf = (n: number): string =>
    JSON.stringify({ st: "active", vf: null, cards: ["AAAAAAAAAAAAAAAAAAAAAA"], dn: `Person ${n}`, lang: "en" });
  const idOf = (n: number): string => `p_${((n * 2_654_435_761) % 2 ** 32).toString(36).padStart(20, "0")}`;
  const join = (): readonly ["put", string, number, string] => {
    next += 1;
    const item = { v: v + 1, text: textOf(next) };
    items.set(idOf(next), item);
    return ["put", idOf(next), item.v, item.text];
  };
  const stepOf = (base: number, ops: RosterStep["ops"]): RosterStep => {
    v += 1;
    return { base, to: v, ops, root: rosterRoot(items as Roster["items"]) };
  };
  const spread = (some: number): readonly string[] => {
    const ids = [...items.keys()];
    const from = Math.floor(Math.random() * ids.length);
    return Array.from({ length: some }, (_, n) => ids[(from + n * 47) % ids.length] ?? "");
  };
  return {
    v: () => v,
    snapshot: () => stepOf(0, Array.from({ length: count }, join)),
    changes: (some: number) => {
      const ops = spread(some).map((id) => {
        const item = { v: v + 1, text: `${items.get(id)?.text ?? ""} ` };
        items.set(id, item);
        return ["put", id, item.v, item.text] as const;
      });
      return stepOf(v, ops);
    },
    /** Half of them leave, and as many come. */
    moves: (some: number) => {
      const leaving = spread(some / 2).map((id) => ["del", id, v + 1] as const);
      for (const [, id] of leaving) items.delete(id);
      return stepOf(v, [...leaving, ...Array.from({ length: some / 2 }, join)]);
    },
    rows: (some: number) =>
      spread(some).map((id) => [id, v, Buffer.from(`${items.get(id)?.text ?? ""}${" ".repeat(28)}`)] as const),
  };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

function plainTable(file: string) {
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal; pragma synchronous = full");
  database.exec("create table item (id text primary key, v integer, text blob) without rowid");
  const put = database.prepare("insert or replace into item values (?, ?, ?)");
  return {
    upsert: (rows: readonly (readonly [string, number, Uint8Array])[]): void => {
      database.exec("begin");
      for (const row of rows) put.run(...row);
      database.exec("commit");
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function watchLoop() {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return { worstMs: () => delay.max / 1e6, [Symbol.dispose]: () => void delay.disable() };
}
