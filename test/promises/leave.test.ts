import { expect, test } from "vitest";
import type { AbsencePage } from "../../kiosk/core/absence/view.ts";
import type { RosterItem } from "../../kiosk/core/ports/people.ts";
import { rollOf } from "../../kiosk/roll.ts";
import { absenceAct } from "../../kiosk/ui/acts/absence.ts";
import { ana, openWallWorld, type WallWorld } from "./wall-world.ts";

/** Leave at the wall. */

/** Somebody as the office's roster has them. */
function withItem(more: object) {
  const text = JSON.stringify({ st: "active", cards: [], dn: "Ana Morales", ...more });
  const item: RosterItem = { id: ana.id, v: 1, text };
  const [person] = rollOf({ local: [ana], items: [item], rosterV: 1, utcMs: Date.UTC(2026, 10, 23) }).people;
  if (person === undefined) throw new Error("nobody");
  return person;
}

async function atLeave(world: WallWorld): Promise<void> {
  world.touch({ touch: "errand", errand: "absence" });
  await world.at("ways");
  world.tap("4711");
  await world.at("absence");
}

const page = async <I extends AbsencePage["is"]>(world: WallWorld, is: I) =>
  world.until(is, () => {
    const now = world.view();
    return now?.at === "absence" && now.page.is === is ? (now.page as Extract<AbsencePage, { is: I }>) : null;
  });

async function ask(world: WallWorld, from: string, to: string): Promise<void> {
  const act = (act: Extract<Parameters<WallWorld["touch"]>[0], { touch: "absence" }>["act"]) =>
    world.touch({ touch: "absence", act });
  act({ act: "ask" });
  await page(world, "kind");
  act({ act: "kind", k: 1 });
  await page(world, "first");
  act({ act: "turn", by: 1 });
  act({ act: "day", day: from });
  await page(world, "last");
  act({ act: "day", day: to });
  await page(world, "confirm");
  act({ act: "confirm" });
}

test("H1 EC-5 a balance stands with the day on which it was so, in hundredths of a day, and nothing is guessed where the office said nothing", async () => {
  const bal = [{ k: 1, days: 1250, asof: "2026-11-20" }];
  const told = await openWallWorld({ people: [withItem({ bal })] });
  await atLeave(told);
  expect((await page(told, "list")).balances).toEqual([{ k: 1, days100: 1250, asOf: "2026-11-20" }]);
  const silent = await openWallWorld({ people: [withItem({})] });
  await atLeave(silent);
  expect((await page(silent, "list")).balances).toEqual([]);
});

test("H1 a balance of a day that no calendar has, or of a kind that nobody may ask for, is not shown", async () => {
  const bal = [
    { k: 1, days: 100, asof: "2026-02-30" },
    { k: 9, days: 100, asof: "2026-11-20" },
  ];
  const req = [{ ref: "elsewhere", st: "waiting", k: 1, f: "2026-13-01", t: "2026-13-02" }];
  const world = await openWallWorld({ people: [withItem({ bal, req })] });
  await atLeave(world);
  expect(await page(world, "list")).toMatchObject({ balances: [], asked: [] });
});

test("H2 EC-5 leave is asked for without any network: one record, still there after the power was cut, answered when the roster brings it", async () => {
  const world = await openWallWorld();
  await atLeave(world);
  await ask(world, "2026-12-21", "2026-12-31");
  expect(await page(world, "told")).toMatchObject({ what: "asked", from: "2026-12-21", to: "2026-12-31" });
  const [record] = world.records("leave");
  expect(record).toEqual({
    id: expect.any(String),
    sub: ana.id,
    act: "asked",
    k: 1,
    from: "2026-12-21",
    to: "2026-12-31",
  });
  await world.restart();
  await atLeave(world);
  const id = String(record?.id);
  expect((await page(world, "list")).asked).toMatchObject([{ id, state: "waiting" }]);
  world.roster([withItem({ req: [{ ref: id, st: "granted" }] })]);
  await world.until("the answer", () => {
    const now = world.view();
    return now?.at === "absence" && now.page.is === "list" && now.page.asked[0]?.state === "granted";
  });
});

test("H2 what nobody decided yet can be taken back with two touches; what was decided cannot, and neither can somebody else's", async () => {
  const world = await openWallWorld();
  await atLeave(world);
  await ask(world, "2026-12-21", "2026-12-22");
  await page(world, "told");
  world.touch({ touch: "absence", act: { act: "back" } });
  const [asked] = (await page(world, "list")).asked;
  world.touch({ touch: "absence", act: { act: "cancel", id: "somebody-else" } });
  world.touch({ touch: "absence", act: { act: "cancel", id: asked?.id ?? "" } });
  expect((await page(world, "cancel")).leave).toEqual(asked);
  world.touch({ touch: "absence", act: { act: "confirm" } });
  expect(await page(world, "told")).toMatchObject({ what: "cancelled" });
  expect(world.records("leave")).toMatchObject([{ act: "asked" }, { act: "cancelled", ref: asked?.id }]);
  await world.restart();
  await atLeave(world);
  expect((await page(world, "list")).asked).toEqual([]);
});

test("H2 days that are over, ends before beginnings and more than a year are not to be touched, and the same days twice are said", async () => {
  const world = await openWallWorld();
  await atLeave(world);
  world.touch({ touch: "absence", act: { act: "ask" } });
  world.touch({ touch: "absence", act: { act: "kind", k: 3 } });
  const { weeks } = await page(world, "first");
  expect(weeks.days.filter(({ isOpen }) => isOpen)[0]).toEqual({ day: "2026-11-23", isOpen: true });
  expect(weeks).toMatchObject({ canBefore: false, canAfter: true });
  for (const day of ["2026-11-22", "2026-02-30", "2028-01-01"])
    world.touch({ touch: "absence", act: { act: "day", day } });
  world.touch({ touch: "absence", act: { act: "day", day: "2026-11-25" } });
  expect(await page(world, "last")).toMatchObject({ from: "2026-11-25" });
  world.touch({ touch: "absence", act: { act: "day", day: "2026-11-24" } });
  world.touch({ touch: "absence", act: { act: "day", day: "2026-11-26" } });
  expect(await page(world, "confirm")).toMatchObject({ k: 3, days: 2, overlaps: false });
  world.touch({ touch: "absence", act: { act: "confirm" } });
  await page(world, "told");
  world.touch({ touch: "absence", act: { act: "back" } });
  world.touch({ touch: "absence", act: { act: "ask" } });
  world.touch({ touch: "absence", act: { act: "kind", k: 1 } });
  world.touch({ touch: "absence", act: { act: "day", day: "2026-11-26" } });
  world.touch({ touch: "absence", act: { act: "day", day: "2026-11-27" } });
  expect(await page(world, "confirm")).toMatchObject({ overlaps: true });
});

test("H2 where the disk takes nothing the person is told that nothing was asked for", async () => {
  const world = await openWallWorld();
  await atLeave(world);
  world.disk(true);
  await ask(world, "2026-12-21", "2026-12-22");
  await page(world, "not-saved");
  expect(world.records("leave")).toEqual([]);
});

test("H3 EC-5 whoever punches on leave is thanked, told so, and flagged: the punch is kept", async () => {
  const leave = [{ f: "2026-11-22T23:00:00Z", t: "2026-11-23T23:00:00Z", k: 1 }];
  const world = await openWallWorld({ people: [withItem({ leave })] });
  world.tap("4711");
  expect(await world.at("thanks")).toMatchObject({ saved: true, isOnLeave: true });
  expect(world.records("punch")).toMatchObject([{ sub: ana.id, dec: "flag", why: ["leave"] }]);
});

test("EC-5 a kind is one of three codes: no reason, and none of health, can be touched, typed or sent", async () => {
  const touched = (act: object) => absenceAct.safeParse(act).success;
  expect(touched({ act: "kind", k: 1 })).toBe(true);
  for (const k of [0, 4, 9, "ill"]) expect(touched({ act: "kind", k })).toBe(false);
  expect(touched({ act: "kind", k: 1, why: "ill" })).toBe(false);
  const world = await openWallWorld();
  await atLeave(world);
  await ask(world, "2026-12-21", "2026-12-22");
  await page(world, "told");
  expect(Object.keys(world.records("leave")[0] ?? {}).sort()).toEqual(["act", "from", "id", "k", "sub", "to"]);
});

test("H2 nobody comes to anybody's leave by a touch alone, and the wall is the next person's at once", async () => {
  const world = await openWallWorld();
  await world.at("idle");
  world.touch({ touch: "absence", act: { act: "ask" } });
  await atLeave(world);
  world.tap("4712");
  expect(await world.at("thanks")).toMatchObject({ name: "Sue V." });
});
