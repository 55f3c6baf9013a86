import { z } from "zod";
import { rosterItem } from "../../kiosk/uplink/contract/roster.ts";
import { type Roster, rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import type { Desired, DesiredShelf } from "../../kiosk/uplink/receiver/desired-shelf.ts";
import { emptyRoster } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import { linesOfFile } from "./lines.ts";

/**
 * A roster in a receiver's store: each change has the roster's next version, whoever was taken off stays as a tombstone,
 * and the root at each version is remembered, so that a clock is given the step from what it really has.
 */

const kind = "ros";
const rootKind = "ros-root";

const personLine = z.object({ id: z.string().regex(/^[pv]_[0-9a-z]{20}$/), item: rosterItem });

/** One person a line, `{"id": "p_…", "item": {"st": "active", …}}`. @throws Fault `config-invalid` with the line. */
export function readRosterFile(file: string): ReadonlyMap<string, string> {
  const form = '{"id": "p_…", "item": {"st": "active", "cards": []}}';
  return new Map(
    linesOfFile(file, form, (line) => personLine.parse(line)).map(({ id, item }) => [id, JSON.stringify(item)]),
  );
}

/**
 * Makes the store say what the file says.
 *
 * @returns whether that was news.
 */
export async function putRoster(
  shelf: DesiredShelf,
  people: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<boolean> {
  let isNews = false;
  await shelf.change(kind, (rows) => {
    const known = new Map(rows.map((row) => [row.name, row]));
    const v = nextVersion(rows, nowMs);
    const put = [...people]
      .filter(([id, text]) => known.get(id)?.text !== text)
      .map(([name, text]): Desired => ({ kind, name, v, text }));
    const gone = rows
      .filter(({ name, text }) => text !== null && !people.has(name))
      .map(({ name }): Desired => ({ kind, name, v, text: null }));
    const changes = [...put, ...gone];
    isNews = changes.length > 0;
    if (!isNews) return [];
    for (const row of changes) known.set(row.name, row);
    return [...changes, { kind: rootKind, name: String(v), v, text: rosterRoot(rosterOf([...known.values()]).items) }];
  });
  return isNews;
}

/** Above all that was, also of a store that was lost: a clock never takes an older version. */
export const nextVersion = (rows: readonly Desired[], nowMs: number): number =>
  rows.reduce((newest, { v }) => Math.max(newest, v), Math.floor(nowMs / 1000)) + 1;

export interface KeptRoster {
  readonly now: Roster;
  readonly roots: ReadonlyMap<number, string>;
}

export async function getRoster(shelf: DesiredShelf): Promise<KeptRoster> {
  const roots = await shelf.read(rootKind);
  return { now: rosterOf(await shelf.read(kind)), roots: new Map(roots.map(({ v, text }) => [v, text ?? ""])) };
}

/** What leads a clock on from what it has, or null where it has it: a step, or everything where we do not know what it has. */
export function stepFrom(
  have: { readonly v: number; readonly root: string },
  { now, roots }: KeptRoster,
): { readonly before: Roster; readonly after: Roster } | null {
  if (have.v >= now.v) return null;
  return { before: roots.get(have.v) === have.root ? rosterAt(have.v, now) : emptyRoster, after: now };
}

function rosterOf(rows: readonly Desired[]): Roster {
  return {
    v: rows.reduce((newest, { v }) => Math.max(newest, v), 0),
    items: new Map(rows.flatMap(({ name, v, text }) => (text === null ? [] : [[name, { v, text }] as const]))),
    gone: new Map(rows.filter(({ text }) => text === null).map(({ name, v }) => [name, v])),
  };
}

/** As much of an earlier roster as tells what changed since: who was taken off later may have been in it. */
function rosterAt(v: number, { items, gone }: Roster): Roster {
  const off = [...gone].filter(([, at]) => at > v).map(([id]) => [id, { v: 0, text: "" }] as const);
  return {
    v,
    items: new Map([...[...items].filter(([, item]) => item.v <= v), ...off]),
    gone: new Map([...gone].filter(([, at]) => at <= v)),
  };
}
