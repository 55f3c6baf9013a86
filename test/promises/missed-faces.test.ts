import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { worstServedAnswer } from "../../kiosk/desk/messages.ts";
import { openCopy } from "../../kiosk/privacy/copies.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { scratch } from "../scratch.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { openDeskScene } from "./desk-parts.ts";
import { marked } from "./household.ts";
import { openMissedWorld, somebody } from "./missed-world.ts";
import { openWorld } from "./rights-world.ts";
import { holding } from "./time-machine.ts";

/** Nobody is the one whom the clock never knows: who is missed is counted, enrolled anew first, and named to nobody else. */

const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
const everybody = letters.map(somebody);
const [ana, bo] = everybody;
const mia = somebody("m");
const zed = somebody("z");
if (ana === undefined || bo === undefined) throw new Error("people wanted");

test("L10 whom the camera misses is listed first, and with a new enrolment the Gini coefficient of misses falls", async () => {
  const world = await openMissedWorld([...everybody, mia, zed]);
  for (const one of [...everybody, mia, zed]) await world.enrol(one);
  // A day in which everybody is missed now and then, mia nearly always, and zed shows the badge.
  for (let round = 0; round < 8; round += 1) {
    for (const [n, one] of everybody.entries()) await (round === n ? world.missed(one) : world.known(one));
    await (round % 4 === 0 ? world.known(mia) : world.missed(mia));
    await world.badged(zed);
  }
  for (let n = 0; n < 2; n += 1) await world.missed(bo);
  expect(world.tallyOf(mia)).toEqual({ known: 2, missed: 6 });
  expect(world.tallyOf(ana)).toEqual({ known: 7, missed: 1 });
  // Whoever uses the badge is served by it, and is nobody's miss.
  expect(world.tallyOf(zed)).toEqual({ known: 0, missed: 0 });
  expect(
    world.serving.worst().map(({ person, known, missed, isOften }) => ({ person, known, missed, isOften })),
  ).toEqual([
    { person: mia.id, known: 2, missed: 6, isOften: true },
    { person: bo.id, known: 7, missed: 3, isOften: false },
  ]);
  const before = world.serving.spread();

  await world.enrol(mia);
  expect(world.tallyOf(mia)).toEqual({ known: 0, missed: 0 });
  for (let round = 0; round < 8; round += 1) await (round === 0 ? world.missed(mia) : world.known(mia));
  const after = world.serving.spread();
  expect(world.serving.worst().map(({ person }) => person)).toEqual([bo.id]);
  expect([before.people, after.people]).toEqual([everybody.length + 1, everybody.length + 1]);
  expect(before.gini).toBeCloseTo(0.35, 2);
  expect(after.gini).toBeCloseTo(0.12, 2);
  expect(after.mean).toBeLessThan(before.mean ?? 0);
  // Nobody lost a punch to it.
  expect(world.punches()).toBe(8 * 10 + 2 + 8);
  expect(world.faults).toEqual([]);
  await world.close();
}, 60_000);

test("L10 what is counted is sealed with the face, comes back after a restart, and goes with the face, a freeze or the person", async () => {
  const world = await openMissedWorld([ana, bo, mia, zed]);
  for (const one of [ana, bo, mia, zed]) await world.enrol(one);
  for (let n = 0; n < 3; n += 1) for (const one of [ana, bo, mia, zed]) await world.missed(one);
  await world.enrol(zed);
  await world.consents.freeze(bo.id, "self");
  await expect.poll(() => world.tallyOf(bo)).toEqual({ known: 0, missed: 0 });
  await world.missed(bo);
  expect(world.tallyOf(bo)).toEqual({ known: 0, missed: 0 });
  await world.consents.withdraw(mia.id, "self");
  expect(world.tallyOf(mia)).toBeNull();
  await world.missed(mia);
  await world.close();

  await using people = await openPeople({ directory: world.state, hashCard: testHash });
  const looks = () => people.looks.all().map(({ person, known, missed }) => ({ id: person.id, known, missed }));
  expect(looks()).toEqual([
    { id: ana.id, known: 0, missed: 3 },
    { id: bo.id, known: 0, missed: 0 },
    { id: zed.id, known: 0, missed: 0 },
  ]);
  // The numbers lie in the sealed piece alone: no other file of the folder is about anybody, and this one is noise.
  const files = () => readdirSync(world.state).filter((name) => name.includes(ana.id));
  expect(files()).toEqual([`${ana.id}.person.sealed`]);
  const sealed = readFileSync(join(world.state, `${ana.id}.person.sealed`)).toString("latin1");
  expect(sealed).not.toMatch(/missed|known|looks/);
  expect(JSON.stringify(world.journal.read({ epoch: 0, seq: -1 }, 10_000))).not.toMatch(/missed/);
  await people.remove(ana.id);
  expect(files()).toEqual([]);
  expect(looks().map(({ id }) => id)).toEqual([bo.id, zed.id]);
}, 60_000);

test("L10 names and numbers are for whoever enrols, by a look that is written down; a privacy officer sees the spread alone", async () => {
  const world = await openMissedWorld([...everybody, mia]);
  for (const one of [...everybody, mia]) await world.enrol(one);
  for (let round = 0; round < 5; round += 1) {
    for (const one of everybody) await world.known(one);
    await world.missed(mia);
  }
  const desk = await openDeskScene({ worker: world.clerk.answer });
  const { tokens, supervisor } = await desk.three();
  const shown = await desk.ask({ ask: "worst-served" }, { sessions: [tokens.supervisor] });
  expect(worstServedAnswer.parse(shown)).toEqual({
    worst: [{ person: mia.id, displayName: "Name card:m", known: 0, missed: 5, isOften: true }],
    spread: { people: 9, mean: 1 / 9, gini: expect.closeTo(8 / 9) },
  });
  expect(desk.audits().at(-1)).toMatchObject({ act: "look", by: supervisor.operator, detail: "worst-served" });
  for (const role of ["technician", "privacy-officer"] as const)
    await expect(desk.ask({ ask: "worst-served" }, { sessions: [tokens[role]] })).rejects.toMatchObject({
      code: "role-refused",
    });
  const spread = await desk.ask({ ask: "spread" }, { sessions: [tokens["privacy-officer"]] });
  expect(spread).toEqual({ people: 9, mean: 1 / 9, gini: expect.closeTo(8 / 9) });
  expect(JSON.stringify(spread)).not.toMatch(/p_|Name/);
  await world.close();
}, 60_000);

test("L10 its person sees how often the camera knew them, reads that a new enrolment may help, and takes the numbers along", async () => {
  const folder = scratch();
  await using world = await openWorld({ folder });
  await world.house.people.put(marked, null);
  await world.agree(marked);
  const { looks } = world.house.people;
  const face = async () => (await world.visit(marked)).touch({ act: "item", kind: "face" });
  const before = await face();
  expect(JSON.stringify(before)).not.toMatch(/knew/);
  expect(await (await world.visit(marked)).touch({ act: "deeds" })).not.toHaveProperty("canKnowBetter");
  for (let n = 0; n < 10; n += 1) looks.note(marked.id, n < 5 ? "known" : "missed");
  const told = { label: "quality", value: { code: "good", knew: { n: 5, of: 10 } } };
  expect(await face()).toMatchObject({ facts: expect.arrayContaining([told]) });
  const visit = await world.visit(marked);
  // Not on the page that comes first and may be seen from behind.
  expect(JSON.stringify(visit.page())).not.toMatch(/canKnowBetter/);
  expect(await visit.touch({ act: "deeds" })).toMatchObject({ is: "deeds", canKnowBetter: true });
  await visit.touch({ act: "deed", deed: "copy" });
  const page = await visit.touch({ act: "door", door: "stick" });
  if (page.is !== "copied" || page.file === null) throw new Error(page.is);
  const { "my-data.json": text = "" } = await openCopy(readFileSync(join(folder, page.file), "utf8"), page.code);
  expect(JSON.parse(text).face.looks).toEqual({ known: 5, missed: 5 });
});

test("L10 an erasure leaves nothing of it, and a copy of the sealed piece from before opens no more", async () => {
  const state = scratch();
  const sealed = join(state, "vault", `${marked.id}.person.sealed`);
  let copy: Buffer;
  {
    await using world = await openWorld({ state });
    await world.house.people.put(marked, null);
    await world.agree(marked);
    for (let n = 0; n < 5; n += 1) world.house.people.looks.note(marked.id, "missed");
    await world.house.people.looks.save();
    copy = readFileSync(sealed);
    expect(world.house.people.looks.of(marked.id)).toEqual({ known: 0, missed: 5 });
    await world.rights.wish({ of: "rights", is: "do", person: marked.id, deed: "erase" });
    expect(world.house.people.looks.of(marked.id)).toEqual({ known: 0, missed: 0 });
    // What comes late for somebody who is gone is counted nowhere.
    world.house.people.looks.note(marked.id, "missed");
    await world.house.people.looks.save();
    expect(world.house.people.looks.of(marked.id)).toEqual({ known: 0, missed: 0 });
  }
  expect(existsSync(sealed)).toBe(false);
  expect(await holding(state, [marked.displayName, '"missed"'])).toEqual([]);
  writeFileSync(sealed, copy);
  await using people = await openPeople({ directory: join(state, "vault"), hashCard: testHash });
  expect(people.faults).toMatchObject([{ code: "seal-broken" }]);
  expect(people.looks.all().map(({ person }) => person.id)).not.toContain(marked.id);
});
