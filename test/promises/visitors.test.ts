import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { cardHash } from "../../kiosk/core/card.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import { matrix } from "../../kiosk/core/retention.ts";
import { subjectOf } from "../../kiosk/office/enrolment.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { openVisits } from "../../kiosk/store/visits.ts";
import { guestsAct } from "../../kiosk/ui/acts/guests.ts";
import { openVisitorWorld, people, visitorId } from "./visitor-world.ts";

/** What is promised about visitors (V1-V6, OH-1 to OH-22, L18), each by its name. */

const dayMs = 24 * 3_600_000;
const hourMs = 3_600_000;

test("V1 OH-1 AR-17 a walk-in says a name and a host, nothing else is asked", async () => {
  const world = await openVisitorWorld();
  await world.walkIn("Sam Okoro", "ana");
  expect(await world.at("check")).toMatchObject({ name: "Sam Okoro", host: "Ana M.", contact: "", days: 30 });
  world.touch({ act: "confirm" });
  await world.at("asking");
  expect(world.records()).toMatchObject([{ act: "asked", host: people.ana.id, purpose: "walk-in" }]);
});

test("OH-1 a contact is visibly optional, goes with one touch, and is not asked for where the site hides it", async () => {
  const world = await openVisitorWorld({ visitors: { contact: "optional" } });
  await world.walkIn("Sam", "office");
  expect(await world.at("type")).toMatchObject({ field: "contact", canSkip: true, canNext: false });
  world.touch({ act: "skip" });
  expect(await world.at("check")).toMatchObject({ contact: "" });
  world.touch({ act: "confirm" });
  await world.at("asking");
});

test("V2 OH-2 a host invites without any contact: the code is typed, nobody's name is in the order", async () => {
  const world = await openVisitorWorld();
  const v = visitorId("guest");
  const order = { v, host: people.ana.id, from: "2026-11-23T08:30:00Z", until: "2026-11-23T10:00:00Z", code: "480193" };
  await world.order("visitor.expect", order);
  world.touch({ act: "open" });
  world.touch({ act: "code" });
  await world.digits("480193");
  expect(await world.at("type")).toMatchObject({ field: "name" });
  await world.type("Kim");
  world.touch({ act: "next" });
  expect(await world.at("check")).toMatchObject({ host: "Ana M.", isInvited: true });
  world.touch({ act: "confirm" });
  expect(await world.at("told")).toMatchObject({ what: "welcome", host: "Ana M." });
  expect(world.records()).toEqual([expect.objectContaining({ v, act: "in", purpose: "invited" })]);
});

test("OH-3 an invitation has a window: early, late and over each have a sentence, and it is used once", async () => {
  const world = await openVisitorWorld();
  const invite = async (id: string, from: string, until: string, code: string) =>
    world.order("visitor.expect", { v: visitorId(id), host: people.ana.id, from, until, code });
  await invite("early", "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", "111111");
  await invite("late", "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z", "222222");
  await invite("over", "2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z", "333333");
  const show = async (code: string) => {
    world.touch({ act: "close" });
    world.touch({ act: "open" });
    world.touch({ act: "code" });
    await world.digits(code);
  };
  await show("111111");
  expect(await world.at("told")).toMatchObject({ what: "early", local: "2026-11-23T13:00:00.000+01:00", canAsk: true });
  await show("333333");
  expect(await world.at("told")).toMatchObject({ what: "expired", local: "2026-11-22T09:00:00.000+01:00" });
  // Late on the same day: the host knows whether they still have time.
  await show("222222");
  await world.type("Kim");
  world.touch({ act: "next" });
  expect(await world.at("check")).toMatchObject({ isInvited: false });
  world.touch({ act: "confirm" });
  await world.at("asking");
  await world.order("visitor.answer", { v: visitorId("late"), answer: "come" });
  const { number } = await world.at("told");
  world.touch({ act: "close" });
  world.touch({ act: "open" });
  world.touch({ act: "leave" });
  await world.digits(number);
  expect(await world.at("told")).toMatchObject({ what: "goodbye" });
  await show("222222");
  expect(await world.at("code")).toMatchObject({ problem: "unknown" });
  await world.restart();
  await show("222222");
  expect(await world.at("code")).toMatchObject({ problem: "unknown" });
});

test("OH-3 an invitation that nobody came with goes two days after its window", async () => {
  const world = await openVisitorWorld();
  const v = visitorId("absent");
  await world.order("visitor.expect", { v, host: null, from: "2026-11-23T08:00:00Z", until: "2026-11-23T09:00:00Z" });
  const sweep = (text: string) => {
    const nowUtcMs = Date.parse(text);
    const due = { nowUtcMs, beforeUtcMs: nowUtcMs - 30 * dayMs, isHeld: () => false, limit: 9 };
    return world.life().book.keepsakes.purge(due);
  };
  await sweep("2026-11-25T08:00:00Z");
  expect(world.life().vault.subjects()).toEqual([v]);
  await sweep("2026-11-25T10:00:00Z");
  expect(world.life().vault.subjects()).toEqual([]);
});

test("V3 OH-4 the host is asked over the uplink and the answer stands on the wall in words", async () => {
  const world = await openVisitorWorld();
  for (const [answer, what, acts] of [
    ["come", "welcome", ["asked", "in"]],
    ["wait", "soon", ["asked", "in"]],
    ["no", "declined", ["asked", "declined"]],
  ] as const) {
    const before = world.acts().length;
    await world.walkIn("Sam", "ana");
    world.touch({ act: "confirm" });
    await world.at("asking");
    const v = world.records().at(-1)?.v;
    await world.order("visitor.answer", { v, answer, note: "minutes-5" });
    expect(await world.at("told")).toMatchObject({ what, host: "Ana M.", note: "minutes-5" });
    // An order that comes again is done once.
    await world.order("visitor.answer", { v, answer }).catch((error: unknown) => expect(isFault(error)).toBe(true));
    await world.settle();
    expect(world.acts().slice(before)).toEqual(acts);
    world.touch({ act: "close" });
    await world.settle();
  }
});

test("OH-4 a host who never answers: after 60 s the visitor is told what to do, and signed in where the site says so", async () => {
  for (const [whenUnanswered, what, acts] of [
    ["sign-in", "in-unanswered", ["asked", "no-answer", "in"]],
    ["wait", "unanswered", ["asked", "no-answer"]],
  ] as const) {
    const world = await openVisitorWorld({ visitors: { whenUnanswered } });
    await world.walkIn("Sam", "ana");
    world.touch({ act: "confirm" });
    await world.at("asking");
    await world.wait(59_000, 1_000);
    expect(world.page()).toMatchObject({ is: "asking" });
    await world.wait(2_000, 1_000);
    expect(await world.at("told")).toMatchObject({ what });
    expect(world.acts()).toEqual(acts);
  }
});

test("OH-4 whoever answers too late signs nobody in who may have left; the visitor's number brings the answer", async () => {
  const world = await openVisitorWorld({ visitors: { whenUnanswered: "wait" } });
  await world.walkIn("Sam", "ana");
  world.touch({ act: "confirm" });
  await world.at("asking");
  const v = world.records().at(-1)?.v;
  await world.wait(61_000, 1_000);
  const { number } = await world.at("told");
  world.touch({ act: "close" });
  await world.settle();
  await world.order("visitor.answer", { v, answer: "come" });
  await world.settle();
  expect(world.acts()).toEqual(["asked", "no-answer"]);
  await world.restart();
  world.touch({ act: "open" });
  world.touch({ act: "code" });
  await world.digits(number);
  expect(await world.at("told")).toMatchObject({ what: "welcome" });
  expect(world.acts()).toEqual(["asked", "no-answer", "in"]);
});

test("OH-5 OH-6 nothing on the disk has a name or a contact in clear, and the wire has a pseudonym", async () => {
  const world = await openVisitorWorld({ visitors: { contact: "optional" } });
  await world.walkIn("Zebedee Canary", "office");
  await world.type("+49 170 5550199");
  world.touch({ act: "next" });
  world.touch({ act: "confirm" });
  await world.at("asking");
  await world.settle();
  const disk = await contentsOf(world.state);
  const wire = JSON.stringify(world.journal.read({ epoch: 0, seq: -1 }, 1_000).map(({ jws }) => decoded(jws)));
  for (const canary of ["Zebedee", "5550199"]) {
    expect(disk.includes(canary)).toBe(false);
    expect(wire.includes(canary)).toBe(false);
  }
  expect(wire).toMatch(/v_[0-9a-z]{20}/);
});

test("OH-5 OH-7 EC-12 names leave only sealed for the tenant's own visitor key; no key, no name", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ECDH-ES+A256KW", { crv: "X25519", extractable: true });
  const seal = (content: string) =>
    new CompactEncrypt(Buffer.from(content))
      .setProtectedHeader({ alg: "ECDH-ES+A256KW", enc: "A256GCM" })
      .encrypt(publicKey);
  expect((await exportJWK(publicKey)).crv).toBe("X25519");
  const world = await openVisitorWorld({ seal });
  const { v } = await world.signIn("Sam Okoro");
  const [first, second] = world.records();
  const { plaintext } = await compactDecrypt(first?.pii ?? "", privateKey);
  expect(JSON.parse(Buffer.from(plaintext).toString())).toMatchObject({ v, name: "Sam Okoro" });
  expect(second).not.toHaveProperty("pii");
  const silent = await openVisitorWorld();
  await silent.signIn("Sam Okoro");
  expect(silent.records().every((data) => !("pii" in data))).toBe(true);
});

test("V5 OH-8 a visit goes when its 30 days are over and not a minute before, and its record says when", async () => {
  const world = await openVisitorWorld();
  const madeMs = world.clock.now().utcMs;
  const { v } = await world.signIn("Sam");
  expect(world.records()[0]?.exp).toBe(new Date(madeMs + 30 * dayMs).toISOString());
  const due = (nowUtcMs: number) => ({ nowUtcMs, beforeUtcMs: nowUtcMs - 30 * dayMs, isHeld: () => false });
  const { keepsakes } = world.life().book;
  expect(await keepsakes.count(due(madeMs + 30 * dayMs - 60_000))).toEqual({ due: 0, held: 0 });
  expect(await keepsakes.purge({ ...due(madeMs + 30 * dayMs - 60_000), limit: 10 })).toMatchObject({ gone: 0 });
  expect(world.life().vault.subjects()).toContain(v);
  expect(await keepsakes.count(due(madeMs + 30 * dayMs + 60_000))).toEqual({ due: 1, held: 0 });
  expect(await keepsakes.purge({ ...due(madeMs + 30 * dayMs + 60_000), limit: 10 })).toMatchObject({ gone: 1 });
  expect(world.life().vault.subjects()).not.toContain(v);
});

test("OH-9 1 to 180 days and no more; a shorter time holds at once for what is there", async () => {
  expect(matrix.visitor).toMatchObject({ days: 30, min: 1, max: 180 });
  const world = await openVisitorWorld({ visitors: { days: 180 } });
  await world.signIn("Sam");
  const nowUtcMs = world.clock.now().utcMs + 2 * dayMs;
  const { keepsakes } = world.life().book;
  expect(
    await keepsakes.purge({ nowUtcMs, beforeUtcMs: nowUtcMs - dayMs, isHeld: () => false, limit: 9 }),
  ).toMatchObject({ gone: 1 });
});

test("OH-9 a visit under a legal hold stays and is counted, and a date from the future is counted from now on", async () => {
  const world = await openVisitorWorld();
  const { v } = await world.signIn("Sam");
  const { keepsakes } = world.life().book;
  const nowUtcMs = world.clock.now().utcMs + 60 * dayMs;
  const due = { nowUtcMs, beforeUtcMs: nowUtcMs - 30 * dayMs, limit: 9 };
  expect(await keepsakes.purge({ ...due, isHeld: (sub) => sub === v })).toEqual({ gone: 0, held: 1, isMore: false });
  const longAgo = world.clock.now().utcMs - 400 * dayMs;
  const wrong = { nowUtcMs: longAgo, beforeUtcMs: longAgo - 30 * dayMs, isHeld: () => false, limit: 9 };
  expect(await keepsakes.purge(wrong)).toMatchObject({ gone: 0 });
  const later = { nowUtcMs: longAgo + 31 * dayMs, beforeUtcMs: longAgo + dayMs, isHeld: () => false, limit: 9 };
  expect(await keepsakes.purge(later)).toMatchObject({ gone: 1 });
});

test("OH-10 L18 once a visit is gone, a backup of the clock cannot bring it back", async () => {
  const world = await openVisitorWorld();
  const { v } = await world.signIn("Zebedee Canary");
  const backup = join(world.state, "..", `${world.state.split("/").at(-1)}-backup`);
  await cp(join(world.state, "people"), backup, { recursive: true });
  const nowUtcMs = world.clock.now().utcMs + 31 * dayMs;
  const due = { nowUtcMs, beforeUtcMs: nowUtcMs - 30 * dayMs, isHeld: () => false, limit: 9 };
  await world.life().book.keepsakes.purge(due);
  const { keys } = world.life();
  expect(keys.isDue()).toBe(true);
  await keys.rotate();
  expect((await contentsOf(world.state)).includes("Zebedee")).toBe(false);
  const restored = await openVault({ directory: backup, keyBox: keys });
  try {
    expect(restored.subjects()).toContain(v);
    await expect(restored.get(v, "name")).rejects.toMatchObject({ code: "seal-broken" });
    const visits = await openVisits({ vault: restored });
    expect(visits.all()).toEqual([]);
    expect(visits.damaged).toEqual([v]);
  } finally {
    await restored[Symbol.asyncDispose]();
    await rm(backup, { recursive: true });
  }
});

test("V4 OH-22 whoever leaves is out by number or by the code on the wall, and whoever forgets is out at the hour, marked", async () => {
  const world = await openVisitorWorld();
  const [byNumber, forgot] = [await world.signIn("Sam"), await world.signIn("Kim")];
  world.touch({ act: "open" });
  world.touch({ act: "leave" });
  await world.digits(byNumber.number);
  expect(await world.at("told")).toMatchObject({ what: "goodbye" });
  world.touch({ act: "close" });
  // 18:00 in Berlin.
  await world.wait(8 * hourMs - 60_000, 600_000);
  expect(world.acts().filter((act) => act === "auto-out")).toEqual([]);
  await world.wait(120_000);
  expect(world.records().slice(-2)).toMatchObject([
    { v: byNumber.v, act: "out" },
    { v: forgot.v, act: "auto-out" },
  ]);
  await world.settle();
  expect(world.life().vault.subjects()).toContain(forgot.v);
});

test("V4 OH-22 the hour that passed without power still signs out, once, after however many starts", async () => {
  const world = await openVisitorWorld();
  const { v } = await world.signIn("Sam");
  await world.life().cut();
  world.clock.advance(30 * hourMs);
  await world.restart();
  await world.wait(120_000);
  await world.restart();
  await world.wait(120_000);
  expect(world.records().filter((data) => data.v === v && data.act === "auto-out")).toHaveLength(1);
});

test("V6 a visitor has no face here: no way leads from a visit to a template, and nobody is looked at meanwhile", async () => {
  const world = await openVisitorWorld();
  world.touch({ act: "open" });
  await world.at("start");
  expect(world.life().station.attention()).toMatchObject({ effort: "glance", claim: null });
  const { v } = await world.signIn("Sam");
  const pieces = world.life().vault.pieces(v);
  expect(pieces.every((piece) => ["name", "contact", "visit"].includes(piece))).toBe(true);
  // Whatever a roster or a technician says of a `v_`: neither the desk nor the store takes a face for it.
  const known = { id: v, displayName: "Sam Okoro", badges: [], lookAlikes: [] };
  const wish = { person: v, displayName: null, badges: [], consent: "paper 7", alsoLike: [] };
  expect(() => subjectOf(wish, [known])).toThrow("visitors are never known by their faces");
  const { vault } = world.life();
  const hashCard = () => cardHash("x");
  await using store = await openPeople({ directory: join(world.state, "people"), vault, hashCard });
  const template = { person: v, spaceId: "s", vectors: [new Float32Array([1])], consentId: "c", createdMs: 0 };
  const taken = store.put(known, { ...template, quality: null, source: "camera" } as unknown as Template);
  await expect(taken).rejects.toThrow("visitors have no template");
  expect(store.templates()).toEqual([]);
});

test("OH-14 a visitor who is here stands on the list for an evacuation, and not after they left", async () => {
  const world = await openVisitorWorld();
  const { number } = await world.signIn("Sam Okoro");
  const muster = async () => {
    world.life().station.post({ kind: "touch", touch: { touch: "errand", errand: "muster" }, at: world.clock.now() });
    const view = await world.until("muster", () => {
      const now = world.view();
      return now?.at === "muster" ? now : null;
    });
    world.life().station.post({ kind: "touch", touch: { touch: "dismiss" }, at: world.clock.now() });
    await world.settle();
    return view;
  };
  expect((await muster()).lines).toMatchObject([{ name: "Sam Okoro", isVisitor: true, standing: "in" }]);
  await world.restart();
  expect((await muster()).lines).toMatchObject([{ name: "Sam Okoro", isVisitor: true }]);
  world.touch({ act: "open" });
  world.touch({ act: "leave" });
  await world.digits(number);
  await world.at("told");
  world.touch({ act: "close" });
  expect((await muster()).lines).toEqual([]);
});

test("OH-15 OH-16 OH-17 no document, no picture and no list of contacts: a visit is text that somebody typed, and nothing else", async () => {
  const acts = guestsAct.options.map((option) => option.shape.act.value);
  expect(acts.toSorted()).toEqual([
    "arrive",
    "back",
    "close",
    "code",
    "confirm",
    "digit",
    "erase",
    "host",
    "key",
    "leave",
    "next",
    "open",
    "out",
    "skip",
  ]);
  const world = await openVisitorWorld();
  await world.signIn("Sam");
  const files = await readdir(world.state, { recursive: true });
  expect(files.filter((file) => /\.(jpe?g|png|pdf|mjpeg)$/i.test(file))).toEqual([]);
});

test("L18 a crash at any moment of a visit loses nothing and doubles nothing", async () => {
  const world = await openVisitorWorld();
  await world.walkIn("Sam", "ana");
  world.touch({ act: "confirm" });
  await world.at("asking");
  const v = world.records().at(-1)?.v;
  await world.restart();
  expect(world.acts()).toEqual(["asked"]);
  await world.order("visitor.answer", { v, answer: "come" });
  expect(await world.at("told")).toMatchObject({ what: "welcome" });
  await world.restart();
  await world.wait(60_000);
  expect(world.acts()).toEqual(["asked", "in"]);
  const [visit] = (await openVisits({ vault: world.life().vault })).all();
  expect(visit).toMatchObject({ v, stage: "here" });
});

/** All bytes of all files. One that is put in the place of another just then is looked for again. */
async function contentsOf(directory: string, tries = 20): Promise<string> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
    return contents.join("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === 0) throw error;
    return contentsOf(directory, tries - 1);
  }
}

const decoded = (jws: string): string => Buffer.from(jws.split(".")[1] ?? "", "base64url").toString();
