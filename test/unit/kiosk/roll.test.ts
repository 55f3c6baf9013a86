import { describe, expect, test } from "vitest";
import { cardHash } from "../../../kiosk/core/card.ts";
import { blankMemory } from "../../../kiosk/core/memory.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import type { RosterItem } from "../../../kiosk/core/ports/people.ts";
import { rollOf } from "../../../kiosk/roll.ts";
import { ana, bo, play, punches, ready, tap } from "../core/wall.ts";

const idOf = (n: number) => personId(`p_${String(n).padStart(20, "0")}`);
const ann: Person = { id: idOf(1), displayName: "Ann Local", badges: [cardHash("x:1")], lookAlikes: [idOf(2)] };
const item = (n: number, said: object): RosterItem => ({
  id: idOf(n),
  v: 1,
  text: JSON.stringify({ st: "active", cards: [], ...said }),
});
const noon = Date.UTC(2026, 5, 1, 12);
const roll = (local: readonly Person[], items: readonly RosterItem[], utcMs: number | null = noon) =>
  rollOf({ local, items, rosterV: 3, utcMs });

describe("everybody whom this clock knows", () => {
  test("is who was enrolled here where there is no roster: nobody is flagged", () => {
    expect(rollOf({ local: [ann], items: [], rosterV: 0, utcMs: noon })).toEqual({
      ...{ people: [ann], untilUtcMs: null, unreadable: 0 },
      ...{ gone: new Set(), verifiers: new Map() },
    });
  });

  test("has the roster's name, language and cards, and keeps the badges and look-alikes of here", () => {
    const card = "AAAAAAAAAAAAAAAAAAAAAA";
    const { people } = roll([ann], [item(1, { dn: "Ann Quartz", lang: "de", cards: [card] }), item(2, { dn: "Bob" })]);
    expect(people).toEqual([
      { ...ann, displayName: "Ann Quartz", lang: "de", badges: [...ann.badges, card], rosterBadges: [card] },
      { id: idOf(2), displayName: "Bob", badges: [], lookAlikes: [] },
    ]);
  });

  test("keeps the name of here where the roster says none", () => {
    expect(roll([ann], [item(1, {})]).people).toMatchObject([{ displayName: "Ann Local" }]);
  });

  test.each<[string, object]>([
    ["is suspended", { st: "suspended" }],
    ["is gone", { st: "gone" }],
    ["comes tomorrow", { vf: "2026-06-02T00:00:00Z" }],
    ["left yesterday", { vt: "2026-05-31T00:00:00Z" }],
    ["leaves in this moment", { vt: "2026-06-01T12:00:00Z" }],
  ])("whoever %s still punches, and it is flagged", (_, said) => {
    expect(roll([ann], [item(1, said)]).people).toMatchObject([{ ...ann, isOffRoster: true }]);
  });

  test("whoever the roster does not name, or names in words nobody can read, is kept and flagged", () => {
    expect(roll([ann], []).people).toMatchObject([{ ...ann, isOffRoster: true }]);
    const torn = { ...item(1, {}), text: "{" };
    expect(roll([ann], [torn, { ...item(2, {}), text: '{"st":"asleep"}' }])).toMatchObject({
      people: [{ ...ann, isOffRoster: true }],
      unreadable: 2,
    });
  });

  test("whoever is gone and was never enrolled here is nobody; a suspended one is somebody", () => {
    expect(roll([], [item(1, { st: "gone" }), item(2, { st: "suspended" })]).people).toMatchObject([
      { id: idOf(2), isOffRoster: true },
    ]);
  });

  test("a clock that does not know the time finds nobody too early or too late", () => {
    const late = item(1, { vt: "2020-01-01T00:00:00Z" });
    expect(roll([ann], [late], null)).toMatchObject({ people: [{ id: ann.id }], untilUtcMs: null });
    expect(roll([ann], [late], null).people[0]).not.toHaveProperty("isOffRoster");
  });

  test("changes by itself when the next one begins or ends", () => {
    const items = [
      item(1, { vf: "2026-01-01T00:00:00Z", vt: "2026-06-03T00:00:00Z" }),
      item(2, { vf: "2026-06-02T00:00:00Z" }),
      item(3, { st: "suspended", vt: "2026-06-01T13:00:00Z" }),
      item(4, { vf: "2026-02-30T00:00:00Z", vt: "2026-99-99T00:00:00Z" }),
    ];
    const first = roll([], items);
    expect(first.untilUtcMs).toBe(Date.UTC(2026, 5, 2));
    expect(roll([], items, first.untilUtcMs).untilUtcMs).toBe(Date.UTC(2026, 5, 3));
    expect(roll([], items, Date.UTC(2027, 0, 1)).untilUtcMs).toBeNull();
  });

  test("AR-12 faces of those whom the roster calls gone are looked for no more; whoever is suspended may still show theirs", () => {
    const one = { ...ann, id: idOf(1) };
    const two = { ...ann, id: idOf(2) };
    const { gone } = roll([one, two], [item(1, { st: "gone" }), item(2, { st: "suspended" })]);
    expect([...gone]).toEqual([one.id]);
  });

  test("L8 at the clock: the punch of somebody off the roster is taken and says so, everybody else's says nothing", () => {
    const { people } = roll([ana, bo], [{ ...item(0, {}), id: bo.id }]);
    const { effects } = play(ready(blankMemory, people), tap("4711", 1_000));
    expect(punches(effects)).toMatchObject([{ person: ana.id, flags: ["not-rostered"] }]);
    const other = play(ready(blankMemory, people), tap("4712", 1_000));
    expect(punches(other.effects)).toMatchObject([{ person: bo.id, flags: [] }]);
  });
});
