import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import { bulletinsFor, posted } from "../../kiosk/core/bulletin.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { readReceiptCode } from "../../kiosk/core/receipt.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { dueOf } from "../../kiosk/core/rights/due.ts";
import { noticeNow } from "../../kiosk/core/rights/notice.ts";
import { requestsOf } from "../../kiosk/core/rights/requests.ts";
import { measuredThresholds } from "../../kiosk/core/risk.ts";
import { langOf } from "../../kiosk/core/show.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { policyOf } from "../../kiosk/policy.ts";
import { openCopies, openCopy, sealCopy } from "../../kiosk/privacy/copies.ts";
import { erasedIn } from "../../kiosk/privacy/erasure.ts";
import { recordsAbout } from "../../kiosk/privacy/records-about.ts";
import { parseTouch } from "../../kiosk/ui/messages.ts";
import { actData } from "../../kiosk/uplink/contract/acts.ts";
import { takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { anyPolicy, keptPolicy } from "../consented.ts";
import { punch } from "../contract/journal.ts";
import { scratch } from "../scratch.ts";
import { everything, Wall } from "../unit/core/visit.ts";
import { at } from "../unit/core/wall.ts";
import { marked, others, turn } from "./household.ts";
import { openWorld, timeZone, type World } from "./rights-world.ts";
import { startMs } from "./time-machine.ts";

/** Her badge, PIN, face, agreement, roster item, times, messages, wishes, and what was done to her data. */
async function fillAll(world: World): Promise<void> {
  const { house, bulletins } = world;
  const { people, pins, roster, vault, journal, clock } = house;
  for (const one of [marked, ...others]) await people.put(one, null);
  await world.agree(marked);
  await pins.set(marked.id, { number: "4711", pin: "839156" });
  await turn(roster, [marked, ...others], []);
  await vault.put(marked.id, "choices", Buffer.from(JSON.stringify({ isNameless: false, isMuted: true, lang: "es" })));
  await vault.put(marked.id, "something-new", Buffer.from("a piece that this list has no word for"));
  await bulletins.announce({ id: "b1", text: "Your locker is 12", untilUtcMs: null, sub: marked.id });
  const body = punch();
  if (body.type !== "punch") throw new Error("no punch");
  for (const sub of [marked.id, marked.id, others[0]?.id ?? marked.id]) {
    await journal.append({ type: "punch", data: { ...body.data, sub } }, clock.now());
  }
  const audit = { act: "badge", sub: marked.id, by: "desk", detail: "a card was given" } as const;
  await journal.append({ type: "audit", data: audit }, clock.now());
  await journal.append({ type: "audit", data: { ...audit, sub: others[0]?.id ?? null } }, clock.now());
}

test("P8 SC-19 IC-2 L9 the screen equals the dump: what the wall lists is what the stores hold, and nothing is missing", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const { people, pins, roster, vault, journal } = world.house;
  const page = (await world.visit(marked)).page();
  if (page.is !== "list") throw new Error(page.is);
  const counts = Object.fromEntries(page.items.map(({ kind, count }) => [kind, count]));
  const about = await recordsAbout(marked.id, journal);
  const ofType = (...types: string[]): number =>
    about.filter(({ type }) => types.some((one) => type === `dev.lintel.${one}.v1`)).length;
  const person = people.all().find(({ id }) => id === marked.id);
  const inVault = vault.pieces(marked.id).filter((piece) => !["person", "consent", "choices"].includes(piece));
  // The dump: every place of the clock that can hold something of somebody, read raw.
  expect(counts).toEqual({
    name: person?.displayName === "" ? 0 : 1,
    badges: person?.badges.length,
    pin: pins.numbers().has(marked.id) ? 1 : 0,
    face: people.templates().filter((one) => one.person === marked.id).length,
    consents: ofType("consent"),
    times: ofType("punch", "correction"),
    looks: ofType("audit"),
    messages: world.bulletins.for(marked.id).length,
    office: (await roster.items()).filter(({ id }) => id === marked.id).length,
    choices: 1,
    other: inVault.length,
  });
  expect(ofType("consent", "punch", "correction", "audit", "request")).toBe(about.length);
  // Every record that names her anywhere, found the slow way.
  const slow = world.records().filter((event) => JSON.stringify(event).includes(marked.id));
  expect(about.map(({ id }) => id)).toEqual(slow.map(({ id }) => id));
});

test("L9 every item says until when, the face counts down its days and goes at once where its person says so", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const page = (await world.visit(marked)).page();
  if (page.is !== "list") throw new Error(page.is);
  const face = page.items.find(({ kind }) => kind === "face");
  const day = 24 * 3_600_000;
  expect(face).toMatchObject({ canNow: true, until: { is: "date", utcMs: startMs + 180 * day } });
  for (const { until } of page.items) expect(until.is).toMatch(/^(date|each|employment|you)$/);
});

test("SC-19 of a face the wall tells date, quality in a word, model and source, and never a number of it", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const visit = await world.visit(marked);
  const page = await visit.touch({ act: "item", kind: "face" });
  expect(page).toMatchObject({
    facts: [
      { label: "taken", value: { utcMs: startMs } },
      { label: "quality", value: { code: "good" } },
      { label: "source", value: { code: "camera" } },
      { label: "model", value: { text: "space-1" } },
      { label: "use", value: { code: "in-use" } },
      { label: "used", value: { utcMs: startMs } },
    ],
    deeds: ["freeze", "stop"],
  });
  const looks = await visit.touch({ act: "back" }, { act: "item", kind: "looks" });
  expect(looks).toMatchObject({ lines: [{ line: "look", role: "desk", why: "badge" }] });
});

test("nobody sees anybody else's: an answer that comes late is shown to nobody, and a finger alone opens nothing", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const answer = await world.rights.wish({ of: "rights", is: "read", person: marked.id });
  const wall = new Wall({ ...everything, timeZone }, []);
  wall.happen({ kind: "counter", answer, at: at(++wall.ms) });
  expect(wall.view().at).toBe("idle");
  wall.touch({ touch: "rights", act: { act: "deed", deed: "erase" } }, { touch: "rights", act: { act: "sure" } });
  expect(wall.view().at).toBe("idle");
  expect(wall.effects).toEqual([]);
  await expect(
    world.rights.wish({ of: "rights", is: "read", person: "p_00000000000000000zzz" as never }),
  ).rejects.toMatchObject({ code: "person-unknown" });
});

test("P9 SC-22 OH-11 a frozen face is kept and matched by nobody; the badge works; it can be used again", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const { consents, house } = world;
  expect(consents.gate(house.people.templates())).toHaveLength(1);
  const visit = await world.visit(marked);
  const done = await visit.touch({ act: "item", kind: "face" }, { act: "deed", deed: "freeze" });
  expect(done).toMatchObject({ is: "done", deed: "freeze" });
  expect(consents.gate(house.people.templates())).toHaveLength(0);
  expect(house.people.templates()).toHaveLength(1);
  // The same badge that brought her here is a punch as ever.
  visit.wall.touch({ touch: "rights", act: { act: "close" } }).tap("4711");
  expect(visit.wall.effects).toMatchObject([{ do: "save", draft: { draft: "punch", person: marked.id } }]);
  const again = await world.visit(marked);
  expect(await again.touch({ act: "item", kind: "face" })).toMatchObject({ deeds: ["release", "stop"] });
  await again.touch({ act: "deed", deed: "release" });
  expect(consents.gate(house.people.templates())).toHaveLength(1);
  expect(world.requests()).toMatchObject([
    { right: "restrict", about: "face", state: "done" },
    { right: "restrict", about: "face-again", state: "done" },
  ]);
});

test("P9 SC-23 two touches after somebody is known, and no manager: the face is forgotten", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const { people } = world.house;
  const visit = await world.visit(marked);
  const acts = [
    { act: "item", kind: "face" },
    { act: "deed", deed: "stop" },
  ] as const;
  const page = await visit.touch(...acts);
  expect(acts).toHaveLength(2);
  expect(page).toMatchObject({ is: "done", deed: "stop" });
  expect(people.templates()).toEqual([]);
  if (page.is !== "done" || page.certificate === null) throw new Error("no proof");
  expect(readReceiptCode(page.certificate)).not.toBeNull();
  expect(world.requests()).toMatchObject([{ right: "object", state: "done" }]);
  expect(await visit.touch({ act: "back" })).toMatchObject({ is: "list" });
  const kinds = visit.page();
  expect(kinds.is === "list" && kinds.items.some(({ kind }) => kind === "face")).toBe(false);
});

test("SC-20 a wrong name is asked to be corrected: sealed here, in no record, seen by the office alone, and theirs once it agrees", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  const visit = await world.visit(marked);
  const letters = [..."Zoé Lind"].map((letter) => ({ act: "letter", letter }) as const);
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "rename" }, ...letters, { act: "rub" });
  expect(visit.page()).toMatchObject({ is: "name", typed: "Zoé Lin", canSend: true });
  const page = await visit.touch({ act: "letter", letter: "d" }, { act: "send" });
  expect(page).toMatchObject({ is: "done", deed: "rename", dueUtcMs: dueOf(startMs, timeZone) });
  expect(JSON.stringify(world.records())).not.toContain("Zoé");
  for (const name of readdirSync(world.state, { recursive: true, encoding: "utf8" })) {
    const path = join(world.state, name);
    try {
      expect(readFileSync(path).includes("Zoé Lind"), name).toBe(false);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
    }
  }
  const [card] = await world.office.list();
  expect(card).toMatchObject({ sub: marked.id, right: "rectify", about: "name", state: "asked", wish: "Zoé Lind" });
  await world.office.answer(card?.id ?? "", "done");
  expect(world.house.people.all().find(({ id }) => id === marked.id)?.displayName).toBe("Zoé Lind");
  expect(world.house.vault.pieces(marked.id)).not.toContain("wished-name");
  expect(await world.office.list()).toMatchObject([{ state: "done", wish: null }]);
  await expect(world.office.answer(card?.id ?? "", "declined")).rejects.toMatchObject({ code: "request-unknown" });
  await expect(world.office.answer("nobody's", "done")).rejects.toMatchObject({ code: "request-unknown" });
});

test("SC-20 a name that the cloud's roster gives is corrected there, and the clock says so instead of pretending", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  await turn(world.house.roster, [marked], []);
  await world.rights.wish({ of: "rights", is: "rename", person: marked.id, name: "Zoé Lind" });
  const [card] = await world.office.list();
  await expect(world.office.answer(card?.id ?? "", "done")).rejects.toMatchObject({ code: "desk-refused" });
  expect(await world.office.list()).toMatchObject([{ state: "asked" }]);
  await turn(world.house.roster, [{ ...marked, displayName: "Zoé Lind" }], []);
  expect(await world.office.answer(card?.id ?? "", "done")).toMatchObject({ state: "done" });
});

test("SC-20 a wrong time is asked to be corrected from the same page, and the original stays", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const visit = await world.visit(marked);
  visit.wall.touch(
    ...[{ act: "item", kind: "times" } as const, { act: "deed", deed: "times" } as const].map(
      (act) => ({ touch: "rights", act }) as const,
    ),
  );
  expect(visit.wall.view()).toMatchObject({ at: "hours" });
});

test("SC-21 P7 erasing takes two touches more than reading, says before what goes and what stays, and ends with a proof", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const { people, vault, pins, roster, journal } = world.house;
  const visit = await world.visit(marked);
  const sure = await visit.touch({ act: "deeds" }, { act: "deed", deed: "erase" });
  expect(sure).toMatchObject({ is: "sure", stays: ["consents", "times", "looks"] });
  if (sure.is !== "sure") throw new Error(sure.is);
  expect(sure.goes).toEqual(expect.arrayContaining(["name", "badges", "pin", "face", "messages", "office", "choices"]));
  expect(people.templates()).toHaveLength(1);
  const page = await visit.touch({ act: "sure" });
  expect(page).toMatchObject({ is: "done", deed: "erase" });
  expect(people.all().some(({ id }) => id === marked.id)).toBe(false);
  expect(vault.pieces(marked.id)).toEqual([]);
  expect(pins.numbers().has(marked.id)).toBe(false);
  expect((await roster.items()).some(({ id }) => id === marked.id)).toBe(false);
  expect(world.bulletins.for(marked.id)).toEqual([]);
  expect(erasedIn(journal)).toEqual([marked.id]);
  if (page.is !== "done" || page.certificate === null) throw new Error("no proof");
  const clue = readReceiptCode(page.certificate);
  const proof = world.records("erasure")[0];
  expect(clue?.place.seq).toBe(proof?.seq);
  expect(world.requests()).toMatchObject([
    { right: "erase", state: "asked", about: "all" },
    { right: "erase", state: "done", about: "all" },
  ]);
  // Nothing is left to be read, and whoever shows a finger afterwards is told nothing.
  expect(await visit.touch({ act: "back" })).not.toMatchObject({ is: "list" });
  await expect(world.rights.wish({ of: "rights", is: "read", person: marked.id })).rejects.toMatchObject({
    code: "person-unknown",
  });
});

test("SC-21 open requests end with the data they were about", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  await world.rights.wish({ of: "rights", is: "rename", person: marked.id, name: "Zoé Lind" });
  await world.rights.wish({ of: "rights", is: "do", person: marked.id, deed: "erase" });
  expect((await world.office.list()).map(({ right, state }) => [right, state])).toEqual([
    ["rectify", "withdrawn"],
    ["erase", "done"],
  ]);
});

const validator = () => {
  const ajv = addFormats.default(new Ajv2020.default({ strict: false }));
  return ajv.compile(JSON.parse(readFileSync("docs/schemas/my-data-1.schema.json", "utf8")));
};

test("P10 SC-24 a copy on a stick opens with the code and nothing else, fits its published schema, and has everything the wall has", async () => {
  const folder = scratch();
  await using world = await openWorld({ folder });
  await fillAll(world);
  const visit = await world.visit(marked);
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "copy" });
  expect(visit.page()).toMatchObject({ is: "doors", doors: ["stick"] });
  const page = await visit.touch({ act: "door", door: "stick" });
  if (page.is !== "copied" || page.file === null) throw new Error(page.is);
  expect(readdirSync(folder)).toEqual([page.file]);
  const sealed = readFileSync(join(folder, page.file), "utf8");
  expect(`${sealed} ${page.file}`).not.toMatch(/Quintessa|p_m/);
  await expect(openCopy(sealed, "0000-0000-0000-0000-0000-0000")).rejects.toMatchObject({ code: "copy-failed" });
  await expect(openCopy(`${sealed.slice(0, -4)}AAAA`, page.code)).rejects.toMatchObject({ code: "copy-failed" });
  const files = await openCopy(sealed, page.code.toLowerCase().replaceAll("-", " "));
  const data = JSON.parse(files["my-data.json"] ?? "");
  const isValid = validator();
  expect(isValid(data), JSON.stringify(isValid.errors)).toBe(true);
  expect(data.person).toMatchObject({ id: marked.id, name: marked.displayName, badges: 1, pin: true });
  expect(data.records.map(({ id }: { id: string }) => id)).toEqual(
    (await recordsAbout(marked.id, world.house.journal)).slice(0, -1).map(({ id }) => id),
  );
  expect(data.face).toMatchObject({ model: "space-1", source: "camera" });
  expect(JSON.stringify(data)).not.toContain("vectors");
  // A spreadsheet: its mark, one line for each time, the columns of the first line.
  const csv = files["my-times.csv"] ?? "";
  expect(csv.startsWith("\uFEFFid,type,utc,local,")).toBe(true);
  expect(csv.trimEnd().split("\r\n")).toHaveLength(3);
  expect(world.requests()).toMatchObject([{ right: "copy", state: "done" }]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("P10 S11 a copy for a phone: nothing listens before, one file is fetched once at an address nobody guesses, nothing listens after", async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const isShut = () =>
    fetch(origin).then(
      () => false,
      () => true,
    );
  await using world = await openWorld({ lan: `127.0.0.1:${port}` });
  await fillAll(world);
  expect(await isShut()).toBe(true);
  const visit = await world.visit(marked);
  const page = await visit.touch({ act: "deeds" }, { act: "deed", deed: "copy" }, { act: "door", door: "lan" });
  if (page.is !== "copied" || page.url === null) throw new Error(page.is);
  expect(page.url).not.toContain(page.code.slice(0, 4));
  for (const path of ["/", "/x", "/../etc/passwd"]) expect((await fetch(`${origin}${path}`)).status).toBe(404);
  expect((await fetch(page.url, { method: "POST" })).status).toBe(404);
  const fetched = await fetch(page.url);
  expect(fetched.status).toBe(200);
  const files = await openCopy(await fetched.text(), page.code);
  expect(JSON.parse(files["my-data.json"] ?? "").person.name).toBe(marked.displayName);
  for (let tries = 0; !(await isShut()); tries += 1) {
    expect(tries, "the door is still open").toBeLessThan(100);
    await delay(100);
  }
});

test("P10 a door that nobody goes through shuts by itself, a second copy ends the first, and without a stick nothing is written", async () => {
  const port = await freePort();
  const lan = `127.0.0.1:${port}`;
  await using copies = openCopies({ folder: null, lan, nowUtcMs: () => 0, openMs: 1_500 });
  const first = await copies.give("lan", { a: "1" });
  const second = await copies.give("lan", { a: "2" });
  expect((await fetch(first.url ?? "")).status).toBe(404);
  expect(second.untilUtcMs).toBe(1_500);
  for (let tries = 0; ; tries += 1) {
    const isOpen = await fetch(`http://${lan}/`).then(
      () => true,
      () => false,
    );
    if (!isOpen) break;
    expect(tries).toBeLessThan(100);
    await delay(200);
  }
  const folder = scratch();
  await using dry = openCopies({ folder, lan: null, nowUtcMs: () => 0 });
  await expect(dry.give("stick", { a: "1" })).rejects.toMatchObject({ code: "copy-failed" });
  await expect(dry.give("lan", { a: "1" })).rejects.toMatchObject({ code: "copy-failed" });
  expect(readdirSync(folder)).toEqual([]);
});

test("P10 P11 where no copy can be made at the wall, the office is asked for one, and its month runs", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  const visit = await world.visit(marked);
  const page = await visit.touch({ act: "deeds" }, { act: "deed", deed: "copy" });
  expect(page).toMatchObject({ is: "done", deed: "copy", dueUtcMs: dueOf(startMs, timeZone) });
  // Asked twice is asked once.
  await visit.touch({ act: "back" }, { act: "deeds" }, { act: "deed", deed: "copy" });
  expect(world.requests()).toHaveLength(1);
});

const utc = (text: string): number => Date.parse(text);

test("P11 SC-25 a month is a month of the calendar, in the site's zone, over short months, leap years and both changes of the clock", () => {
  const cases = [
    ["2026-11-23T08:00:00Z", "Europe/Berlin", "2026-12-23T23:00:00Z"],
    // No 31st of February: its last day, in a leap year and in no leap year.
    ["2027-01-31T08:00:00Z", "Europe/Berlin", "2027-02-28T23:00:00Z"],
    ["2028-01-31T08:00:00Z", "Europe/Berlin", "2028-02-29T23:00:00Z"],
    // From winter to summer time and back.
    ["2027-03-01T08:00:00Z", "Europe/Berlin", "2027-04-01T22:00:00Z"],
    ["2026-10-05T08:00:00Z", "Europe/Berlin", "2026-11-05T23:00:00Z"],
    // It is tomorrow in Auckland already, and still yesterday in Honolulu.
    ["2026-11-23T12:00:00Z", "Pacific/Auckland", "2026-12-24T11:00:00Z"],
    ["2026-11-23T05:00:00Z", "Pacific/Honolulu", "2026-12-23T10:00:00Z"],
    ["2026-11-23T20:00:00Z", "Asia/Kolkata", "2026-12-24T18:30:00Z"],
    ["2026-12-31T23:30:00Z", "Etc/UTC", "2027-02-01T00:00:00Z"],
  ] as const;
  for (const [asked, zone, end] of cases) expect(new Date(dueOf(utc(asked), zone)), asked).toEqual(new Date(end));
});

test("P11 SC-25 the list of what is overdue is right to the second, whatever clock the answer was written at", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  await world.rights.wish({ of: "rights", is: "rename", person: marked.id, name: "Zoé Lind" });
  const end = dueOf(startMs, timeZone);
  world.house.clock.advance(end - startMs - 1_000);
  expect(await world.office.list()).toMatchObject([{ isOverdue: false }]);
  world.house.clock.advance(1);
  expect(await world.office.list()).toMatchObject([{ isOverdue: true }]);
  // Also from a receiver's records, in any order, with the answer of another clock.
  const asked = world.records("request")[0];
  if (asked === undefined) throw new Error("no request");
  expect(actData["dev.lintel.request.v1"].safeParse(asked.data).success).toBe(true);
  const answer = {
    ...asked,
    id: "00000000-0000-7000-8000-000000000099",
    source: sourceOf({ tenant: "acme", site: "blr-01", device: "k00000000000000000000" }),
    data: { ...(asked.data as object), state: "done", ref: asked.id },
  };
  expect(requestsOf([answer, asked], end + 1)).toMatchObject([{ state: "done", isOverdue: false }]);
  // Somebody else's answer answers nothing.
  const foreign = { ...answer, data: { ...answer.data, sub: others[0]?.id } };
  expect(requestsOf([asked, foreign], end + 1)[0]).toMatchObject({ state: "asked", isOverdue: true });
});

test("P16 IC-3 IC-14 AR-14 whoever mutes news is told what is essential and nothing else; everybody else is told both", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  const visit = await world.visit(marked);
  const news = { id: "n", text: "Cake at three", untilUtcMs: null, sub: marked.id, isNews: true };
  const board = posted(posted([], news, at(0)), { ...news, id: "e", text: "Gate 2 is shut", isNews: false }, at(1));
  expect(bulletinsFor(board, marked.id, false).map(({ id }) => id)).toEqual(["e"]);
  const onlyNews = posted([], news, at(0));
  expect(bulletinsFor(onlyNews, marked.id, false)).toHaveLength(1);
  expect(bulletinsFor(onlyNews, marked.id, true)).toHaveLength(0);
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "choose" }, { act: "choose", what: "messages" });
  expect(visit.page()).toMatchObject({ is: "choices", choices: { isMuted: true } });
  expect(visit.wall.memory.rights.choices.get(marked.id)).toMatchObject({ isMuted: true });
  // Kept sealed, and there again after a restart.
  expect((await world.rights.memory()).choices.get(marked.id)).toMatchObject({ isMuted: true });
});

test("P16 IC-3 IC-5 IC-15 each wish has an effect that can be seen: no name on the wall, another language, and back again", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  const visit = await world.visit(marked);
  const nameOnThanks = () => {
    const wall = new Wall({ ...everything, timeZone }, [{ ...marked, badges: ["4711" as never] }]);
    wall.memory = { ...wall.memory, rights: visit.wall.memory.rights };
    wall.tap("4711").save();
    const view = wall.view();
    return { name: "name" in view ? view.name : null, lang: langOf(wall.memory) };
  };
  expect(nameOnThanks()).toEqual({ name: "Quintessa M.", lang: null });
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "choose" }, { act: "choose", what: "name" });
  expect(nameOnThanks()).toEqual({ name: "", lang: null });
  await visit.touch({ act: "lang", lang: "ar" });
  expect(nameOnThanks()).toEqual({ name: "", lang: "ar" });
  await visit.touch({ act: "lang", lang: "xx" });
  expect(nameOnThanks()).toEqual({ name: "", lang: "ar" });
  await visit.touch({ act: "lang", lang: null }, { act: "choose", what: "name" });
  expect(nameOnThanks()).toEqual({ name: "Quintessa M.", lang: null });
  expect(world.house.vault.pieces(marked.id)).not.toContain("choices");
});

test("P14 EC-13 EC-14 IC-29 what is kept, for how long, by whom and whom to ask stands there for everybody, with this clock's own numbers", () => {
  const config = readConfig(
    ["--keep-days", "40", "--controller", "Acme", "--contact", "room 4", "--policy-url", "https://acme.example/clock"],
    {},
  );
  const { notice } = policyOf({ ...config, retention: { visitor: 12 } }, measuredThresholds);
  expect(notice).toMatchObject({ controller: "Acme", contact: "room 4", url: "https://acme.example/clock" });
  expect(Object.fromEntries(notice.keep.map(({ cls, days }) => [cls, days]))).toMatchObject({
    frame: 0,
    punch: 40,
    visitor: 12,
    template: 180,
  });
  // The employer's policy that is in force gives its own version and contact; a shorter time is the one that holds.
  const now = noticeNow(notice, { now: keptPolicy({ ...anyPolicy, v: 7, retention: { template: 90 } }) });
  expect(now).toMatchObject({ controller: "Acme", contact: "privacy@acme.example", version: "7 (1970-01-01)" });
  expect(now.keep.find(({ cls }) => cls === "template")).toMatchObject({ days: 90 });
  expect(now.keep.find(({ cls }) => cls === "visitor")).toMatchObject({ days: 12 });
});

test("SC-19 everything is at most two touches from an idle wall: my data is one, under what stands beside the badge", () => {
  const wall = new Wall({ ...everything, timeZone });
  expect(wall.view()).toMatchObject({ at: "idle" });
  wall.touch({ touch: "ways" });
  const view = wall.view();
  expect(view.at === "ways" && view.errands).toEqual(expect.arrayContaining(["me", "rights", "consent"]));
  wall.touch({ touch: "errand", errand: "rights" });
  expect(wall.view()).toMatchObject({ at: "ways", errand: "rights" });
  // Also where a site has switched everything off that it may switch off.
  const bare = new Wall({ ...defaultPolicy, ways: ["badge"], ownHours: false });
  bare.touch({ touch: "errand", errand: "rights" });
  expect(bare.view()).toMatchObject({ at: "ways", errand: "rights" });
});

test("what the disk does not take is not done by halves: the wall says that nothing changed, and asks again", async () => {
  await using dry = await openWorld({ folder: join(scratch(), "nowhere") });
  await dry.house.people.put(marked, null);
  const visit = await dry.visit(marked);
  const page = await visit.touch({ act: "deeds" }, { act: "deed", deed: "copy" }, { act: "door", door: "stick" });
  expect(page).toMatchObject({ is: "failed", code: "copy-failed" });
  expect(dry.requests()).toEqual([]);
  expect(await visit.touch({ act: "back" })).toMatchObject({ is: "list" });
});

test("a flipped byte in what somebody wishes costs them that wish and nothing else", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const path = join(world.state, "vault", `${marked.id}.choices.sealed`);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(path, bytes);
  const page = (await world.visit(marked)).page();
  expect(page.is === "list" && page.items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["name", "choices"]));
  expect((await world.rights.memory()).choices.has(marked.id)).toBe(false);
});

const run = promisify(execFile);
const cli = new URL("../../provisioning/cli.ts", import.meta.url).pathname;
interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
}
const lintel = (...args: readonly string[]): Promise<Ended> =>
  run(process.execPath, [cli, ...args]).catch((error: Ended) => error);

test("P11 SC-25 the office lists from a receiver's store what is late, and the exit code says so", async () => {
  const state = scratch();
  await using world = await openWorld({ state, nowUtcMs: Date.UTC(2026, 0, 31, 9) });
  await world.house.people.put(marked, null);
  await world.rights.wish({ of: "rights", is: "rename", person: marked.id, name: "Zoé Lind" });
  await world.rights.wish({ of: "rights", is: "do", person: marked.id, deed: "copy" });
  const keys = openKeyRegistry();
  const { device, kid, publicKey } = await openSigner(state);
  keys.add({ tenant: "acme", site: "blr-01", device }, kid, publicKey);
  const store = join(scratch(), "store.sqlite");
  const send = async (): Promise<void> => {
    await using sink = openSqliteSink(store);
    const all = world.house.journal.read({ epoch: 0, seq: -1 }, 1_000);
    await takeIn(
      sink,
      all.map(({ jws }) => verifyRecord(Buffer.from(jws), keys)),
    );
  };
  await send();
  const late = await lintel("requests", "--from", `sqlite:${store}`, "--json");
  expect(late.code).toBe(1);
  expect(JSON.parse(late.stdout)).toMatchObject([
    { sub: marked.id, right: "rectify", about: "name", isOverdue: true, due: "2026-02-28T22:59:59.000Z", wish: null },
    { right: "copy", isOverdue: true },
  ]);
  for (const { id } of await world.office.list()) await world.office.answer(id, "done");
  await send();
  const done = await lintel("requests", "--from", `sqlite:${store}`);
  expect(done.code).toBeUndefined();
  expect(done.stdout).toBe("Nobody waits for an answer.\n");
});

test("P10 SC-24 the copy is opened at home with the code, and with nothing else", async () => {
  const folder = scratch();
  const file = join(folder, "copy.jwe");
  writeFileSync(file, await sealCopy({ "my-data.json": "{}", "../out.csv": "a,b" }, "7K2M-Q9XT-4C1B-00S6-P8ZH-2N5D"));
  const out = join(folder, "mine");
  const wrong = await lintel("open-copy", file, "--code", "7K2M", "--out", out);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("copy-failed") });
  // As it was written down: small letters, an O for a nought.
  const right = await lintel("open-copy", file, "--code", "7k2m q9xt 4c1b oos6 p8zh 2n5d", "--out", out);
  expect(right.code).toBeUndefined();
  expect(readdirSync(out).toSorted()).toEqual(["my-data.json", "out.csv"]);
  expect(readdirSync(folder).toSorted()).toEqual(["copy.jwe", "mine"]);
});

test("fingers that touch twice do a thing once, and what is no letter is typed by nobody", async () => {
  await using world = await openWorld();
  await fillAll(world);
  const { wall, touch } = await world.visit(marked);
  await touch({ act: "item", kind: "face" });
  const stop = { touch: "rights", act: { act: "deed", deed: "stop" } } as const;
  wall.touch(stop, stop, { touch: "rights", act: { act: "deeds" } });
  expect(wall.effects.filter((effect) => effect.do === "wish")).toHaveLength(1);
  const typed = (letter: string) => parseTouch({ touch: "rights", act: { act: "letter", letter } });
  for (const letter of ["a", "É", "ज़", "ض", "’", " "]) expect(typed(letter), letter).not.toBeNull();
  for (const letter of ["", "\u202E", "\n", "7", "<b>", "abcde", "\u0000"]) expect(typed(letter), letter).toBeNull();
  expect(parseTouch({ touch: "rights", act: { act: "deed", deed: "everything" } })).toBeNull();
  expect(parseTouch({ touch: "rights", act: { act: "item", kind: "face", person: marked.id } })).toBeNull();
});
