import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CardHash, cardText } from "../../../kiosk/core/card.ts";
import type { DeskNews, EnrolRequest, WorkRequest } from "../../../kiosk/core/desk.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { blankMemory, withPeople } from "../../../kiosk/core/memory.ts";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import { defaultPolicy } from "../../../kiosk/core/policy.ts";
import type { Tap } from "../../../kiosk/core/ports/senses.ts";
import type { UplinkNews } from "../../../kiosk/core/ports/uplink.ts";
import type { AuditData, ConsentData } from "../../../kiosk/core/record.ts";
import type { Screenful } from "../../../kiosk/core/view.ts";
import { peopleAnswer, readersAnswer, uplinkAnswer } from "../../../kiosk/desk/messages.ts";
import { createClerk } from "../../../kiosk/office/clerk.ts";
import { createReaders } from "../../../kiosk/readers.ts";
import { createStation } from "../../../kiosk/run.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { openMemoryJournal } from "../../../kiosk/store/memory-journal.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { openTestConsents } from "../consent/parts.ts";
import { testHash } from "../store/card-hash.ts";
import { realClock as clock, identity, newKey } from "../uplink/parts.ts";
import { openSmallEngine, pictureOf } from "./small-engine.ts";

const key = newKey();
const { signer } = key;
/** An act, or somebody's word. */
type Said = Pick<AuditData, "sub" | "by"> & Partial<Pick<ConsentData, "paper" | "ref">> & { readonly act: string };

const blurred = pictureOf(Number.NaN);
const threeOf = (degrees: number) => [pictureOf(degrees - 1), pictureOf(degrees), pictureOf(degrees + 1)];

const wishFor = (displayName: string | null, more: Partial<EnrolRequest> = {}): EnrolRequest => ({
  person: null,
  displayName,
  badges: [],
  consent: "file 12",
  alsoLike: [],
  ...more,
});

/** Offline since it was switched on. */
const uplink = (): UplinkNews => ({
  online: false,
  waiting: 3,
  receipted: null,
  receiver: "payroll",
  trouble: new Fault("broker-unreachable", "No MQTT connection with broker:8883", "Check network and broker."),
});

const cardless = { hashCard: testHash, readers: createReaders({ hash: testHash, profiles: [] }) };

/** A clock as house.ts wires it, with the real station, store and clerk, a journal in memory, and an engine of angles. */
async function openClock() {
  const directory = await mkdtemp(join(tmpdir(), "lintel-clerk-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const journal = openMemoryJournal({ identity, signer, clock, firmware: "0.1.0", boot: 1 });
  const people = await openPeople({ hashCard: testHash, directory });
  const engine = openSmallEngine();
  const readers = createReaders({ hash: testHash, profiles: [] });
  const screens: Screenful[] = [];
  const station = createStation({
    memory: withPeople(blankMemory, people.all()),
    policy: defaultPolicy,
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    clock,
    journal,
    screen: { show: (screen) => screens.push(screen) },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    forget: () => {},
    enrolled: (session, outcome) => clerk.enrolled(session, outcome),
    observed: (event) => {
      if (event.kind === "sight" && event.sight.enrol !== null) clerk.saw(event.sight.enrol);
    },
  });
  const { post } = station;
  const changed = () =>
    post({ kind: "people", people: people.all(), enrolled: people.templates().length, at: clock.now() });
  const consents = openTestConsents({ key, journal, people });
  const clerk = createClerk({
    journal,
    people,
    consents,
    clock,
    spaceId: engine.spaceId,
    post,
    changed,
    uplink,
    hashCard: testHash,
    readers,
  });
  const stop = new AbortController();
  const running = station.run(stop.signal);
  post({ kind: "ready", at: clock.now() });
  for (const room of ["camera", "engine", "journal"] as const) {
    post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  }
  clerk.lend(engine);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  let number = 0;
  const world = {
    journal,
    people,
    consents,
    engine,
    clerk,
    readers,
    view: () => screens.at(-1)?.view,
    screens,
    ask: (request: WorkRequest, gone = new AbortController().signal, news: DeskNews[] = []) =>
      clerk.answer(request, (one) => news.push(one), gone),
    fromPhotos: (displayName: string | null, degrees: number, more: Partial<EnrolRequest> = {}) =>
      world.ask({ ask: "enrol-photographs", wish: wishFor(displayName, more), jpegs: threeOf(degrees) }),
    /** One frame, as the eyes would hand it over. */
    frame: async (jpeg: Uint8Array) => {
      const at = clock.now();
      number += 1;
      const sight = await engine.observe({ jpeg, number, at }, station.attention());
      post({ kind: "sight", sight, draw: 0.5, at });
      await new Promise((resolve) => setImmediate(resolve));
    },
    shows: (at: string) => expect.poll(() => screens.at(-1)?.view.at, { interval: 5 }).toBe(at),
    acts: () =>
      journal
        .read({ epoch: 0, seq: -1 }, 100)
        .map(({ jws }) => eventOf(jws))
        .filter(({ type }) => type === "dev.lintel.audit.v1" || type === "dev.lintel.consent.v1")
        .map(({ data }) => data as Said),
    names: () => people.all().map(({ displayName }) => displayName),
    find: (name: string) => {
      const person = people.all().find(({ displayName }) => displayName === name);
      if (person === undefined) throw new Error(`nobody is called ${name}`);
      return person;
    },
  };
  return world;
}

const wait = async (promise: Promise<unknown>) => {
  promise.catch(() => undefined);
  return promise;
};

test("a guided enrolment goes from the consent to the gallery, and screen and tool say the same", async () => {
  const { ask, frame, shows, engine, acts, people, view } = await openClock();
  await shows("idle");
  const news: DeskNews[] = [];
  const badge = cardText("card:0004711");
  const enrolling = wait(ask({ ask: "enrol", wish: wishFor("Ann Quartz", { badges: [badge] }) }, undefined, news));
  await shows("enrol");
  await frame(blurred);
  expect(view()).toMatchObject({ at: "enrol", accepted: 0, needed: 3, problem: "blurred" });
  for (const picture of threeOf(30)) await frame(picture);
  const enrolled = await enrolling;
  await shows("enrolled");
  expect(view()).toMatchObject({ name: "Ann Q.", isKept: true });
  expect(news[0]).toEqual({ state: "going", pose: "straight", accepted: 0, needed: 3, problem: "blurred" });
  expect(news.at(-1)).toMatchObject({ state: "done", accepted: 3 });
  const [ann] = people.all();
  expect(ann).toMatchObject({ displayName: "Ann Quartz", badges: [testHash(badge)] });
  expect(enrolled).toMatchObject({ person: ann?.id, again: false, frames: 3, quality: 80, lookAlikes: [] });
  expect(engine.whoIs(30)).toBe(ann?.id);
  expect(acts()).toMatchObject([
    { act: "given", purpose: "face", sub: ann?.id, by: "desk", paper: "file 12", sign: { how: "operator" } },
    {
      act: "enrol",
      sub: ann?.id,
      by: "desk",
      detail: expect.stringMatching(/^space plane-1, quality 80, frames 3, from camera/),
    },
  ]);
  const [template] = people.templates();
  expect(template?.consentId).toMatch(/^[0-9a-f-]{36}$/);
});

test("the side of the movement is drawn anew for every enrolment", async () => {
  const { ask, shows, engine } = await openClock();
  await shows("idle");
  for (let n = 0; n < 24; n += 1) {
    const stop = new AbortController();
    const enrolling = wait(ask({ ask: "enrol", wish: wishFor("Ann") }, stop.signal));
    await expect.poll(() => engine.plans.length, { interval: 1 }).toBe(n + 1);
    stop.abort();
    await expect(enrolling).rejects.toMatchObject({ code: "enrol-ended" });
  }
  expect(new Set(engine.plans.map(({ turn }) => turn)).size).toBe(2);
});

test("a face that is enrolled already is refused, naming who to the operator and to nobody else", async () => {
  const { fromPhotos, names, acts, engine, find, screens, journal } = await openClock();
  await fromPhotos("Canary Ann", 30);
  const refused = wait(fromPhotos("Bob", 33, { consent: "file 13" }));
  await expect(refused).rejects.toMatchObject({
    code: "enrol-duplicate",
    message: expect.stringContaining(`"Canary Ann" (${find("Canary Ann").id})`),
  });
  expect(names()).toEqual(["Canary Ann"]);
  expect(engine.whoIs(33)).toBe(find("Canary Ann").id);
  const [, , consent, ended] = acts();
  expect(consent).toMatchObject({ act: "given", paper: "file 13" });
  expect(ended).toMatchObject({ act: "ended", sub: consent?.sub, ref: expect.any(String) });
  const told = JSON.stringify([journal.read({ epoch: 0, seq: -1 }, 100).map(({ jws }) => eventOf(jws)), screens]);
  expect(told).not.toContain("Canary");
});

test("twins whom the operator vouches for, and people who are merely alike, need the badge with the face", async () => {
  const { fromPhotos, find } = await openClock();
  await fromPhotos("Ann", 30);
  const ann = find("Ann").id;
  expect(await fromPhotos("Twin", 33, { alsoLike: [ann] })).toMatchObject({
    lookAlikes: [{ person: ann, displayName: "Ann" }],
  });
  const twin = find("Twin").id;
  expect(find("Ann").lookAlikes).toEqual([twin]);
  expect(await fromPhotos("Cousin", 46)).toMatchObject({
    lookAlikes: [{ displayName: "Ann" }, { displayName: "Twin" }],
  });
  expect(find("Twin").lookAlikes).toHaveLength(2);
  // Once told apart they stay so: nobody has to vouch again.
  await fromPhotos(null, 32, { person: twin });
  expect(find("Twin").lookAlikes).toContain(ann);
});

test("enrolling again, by id or by badge, replaces the face and keeps name and badges", async () => {
  const { fromPhotos, find, engine, people } = await openClock();
  const badge = cardText("card:1");
  await fromPhotos("Ann", 30, { badges: [badge] });
  const { id } = find("Ann");
  expect(await fromPhotos(null, 90, { person: id, badges: [cardText("card:2")] })).toMatchObject({
    person: id,
    again: true,
  });
  expect(engine.whoIs(30)).toBeNull();
  expect(engine.whoIs(90)).toBe(id);
  await fromPhotos(null, 120, { badges: [badge] });
  expect(people.all()).toEqual([
    { id, displayName: "Ann", badges: [badge, cardText("card:2")].map(testHash), lookAlikes: [] },
  ]);
  expect(people.templates()).toHaveLength(1);
});

test("a wish that cannot be is refused before anything is recorded", async () => {
  const { fromPhotos, ask, find, acts } = await openClock();
  const badge = cardText("card:1");
  await fromPhotos("Ann", 30, { badges: [badge] });
  const nobody = personId("p_00000000000000000000");
  const before = acts().length;
  const refusals: readonly (readonly [string, string | null, Partial<EnrolRequest>])[] = [
    ["desk-refused", null, {}],
    ["desk-refused", "Bob Stone", { consent: "signed by bob" }],
    ["person-unknown", "Bob", { person: nobody }],
    ["person-unknown", "Bob", { alsoLike: [nobody] }],
    // A badge mistyped must not give Bob's face to Ann.
    ["enrol-duplicate", "Bob", { badges: [badge] }],
  ];
  for (const [code, name, more] of refusals)
    await expect(fromPhotos(name, 90, more), name ?? "").rejects.toMatchObject({ code });
  await fromPhotos("Cyd", 150);
  await expect(fromPhotos(null, 150, { person: find("Cyd").id, badges: [badge] })).rejects.toMatchObject({
    code: "enrol-duplicate",
  });
  await expect(ask({ ask: "remove", person: nobody })).rejects.toMatchObject({ code: "person-unknown" });
  expect(acts().length - before).toBe(2);
});

test("whatever fails on the way leaves nobody half enrolled, and the consent ends with a record", async () => {
  const { ask, fromPhotos, names, acts, journal, people, engine } = await openClock();
  const wish = wishFor("Ann");
  await expect(ask({ ask: "enrol-photographs", wish, jpegs: [blurred, pictureOf(1)] })).rejects.toMatchObject({
    code: "enrol-unusable",
  });
  expect(acts().map(({ act }) => act)).toEqual(["given", "ended"]);
  const full = new Fault("disk-full", "the disk is full", "Make room.");
  journal.failNext(full);
  await expect(fromPhotos("Ann", 30)).rejects.toMatchObject({ code: "disk-full" });
  expect(acts()).toHaveLength(2);
  // The disk takes the consent and nothing after it, not even the end of the consent.
  const enrolPhotographs = engine.enrolPhotographs;
  const fragile = {
    ...engine,
    enrolPhotographs: (...given: Parameters<typeof enrolPhotographs>) => {
      journal.failNext(full, 2);
      return enrolPhotographs(...given);
    },
  };
  const rooms = {
    journal,
    people,
    clock,
    spaceId: engine.spaceId,
    post: () => {},
    changed: () => {},
    uplink,
    ...cardless,
    consents: openTestConsents({ key, journal, people }),
  };
  const clerk = createClerk(rooms);
  clerk.lend(fragile);
  const request = { ask: "enrol-photographs", wish, jpegs: threeOf(30) } as const;
  await expect(clerk.answer(request, () => {}, new AbortController().signal)).rejects.toMatchObject({
    code: "disk-full",
  });
  expect(names()).toEqual([]);
  expect(people.templates()).toEqual([]);
  expect(engine.whoIs(30)).toBeNull();
});

test("a person whose file cannot be written is not enrolled, and the records say so", async () => {
  const { people, journal, engine, acts } = await openClock();
  const put = () => Promise.reject(new Fault("disk-full", "the disk is full", "Make room."));
  const rooms = {
    journal,
    people: { ...people, put },
    clock,
    spaceId: engine.spaceId,
    post: () => {},
    changed: () => {},
    uplink,
    ...cardless,
    consents: openTestConsents({ key, journal, people }),
  };
  const clerk = createClerk(rooms);
  clerk.lend(engine);
  const request = { ask: "enrol-photographs", wish: wishFor("Ann"), jpegs: threeOf(30) } as const;
  await expect(clerk.answer(request, () => {}, new AbortController().signal)).rejects.toMatchObject({
    code: "disk-full",
  });
  expect(engine.whoIs(30)).toBeNull();
  expect(acts().map(({ act }) => act)).toEqual(["given", "enrol", "ended"]);
});

test("the operator cancels or the engine dies: either ends the enrolment with its reason, and the list still works", async () => {
  const { ask, shows, engine, clerk, names, acts, view } = await openClock();
  await shows("idle");
  const begin = async () => {
    const stop = new AbortController();
    const enrolling = wait(ask({ ask: "enrol", wish: wishFor("Ann") }, stop.signal));
    await shows("enrol");
    return { enrolling, stop };
  };
  const cancelled = await begin();
  await expect(ask({ ask: "enrol", wish: wishFor("Bob") })).rejects.toMatchObject({ code: "desk-refused" });
  cancelled.stop.abort();
  await expect(cancelled.enrolling).rejects.toMatchObject({
    code: "enrol-ended",
    message: expect.stringContaining("cancelled"),
  });
  await shows("enrolled");
  expect(view()).toMatchObject({ isKept: false });
  const orphaned = await begin();
  engine.die();
  clerk.lend(null);
  await expect(orphaned.enrolling).rejects.toMatchObject({ code: "engine-lost" });
  await expect(ask({ ask: "enrol", wish: wishFor("Ann") })).rejects.toMatchObject({ code: "engine-lost" });
  expect(await ask({ ask: "people" })).toEqual({ spaceId: "plane-1", people: [] });
  expect(names()).toEqual([]);
  expect(acts().map(({ act }) => act)).toEqual(["given", "ended", "given", "ended"]);
});

test("somebody who hangs up while photographs are looked at has enrolled nobody", async () => {
  const { ask, names } = await openClock();
  const stop = new AbortController();
  const request = { ask: "enrol-photographs", wish: wishFor("Ann"), jpegs: threeOf(30) } as const;
  const enrolling = wait(ask(request, stop.signal));
  stop.abort();
  await expect(enrolling).rejects.toMatchObject({ code: "enrol-ended" });
  expect(names()).toEqual([]);
});

test("a face is forgotten at once and the badge stays; a person is forgotten with everything", async () => {
  const { ask, fromPhotos, find, engine, people, acts, journal } = await openClock();
  const badge = cardText("card:1");
  await fromPhotos("Ann", 30, { badges: [badge] });
  const { id } = find("Ann");
  expect(await ask({ ask: "withdraw", person: id })).toEqual({ person: id, forgotten: "face" });
  expect(engine.whoIs(30)).toBeNull();
  expect(people.templates()).toEqual([]);
  expect(people.all()).toMatchObject([{ id, badges: [testHash(badge)] }]);
  await fromPhotos(null, 30, { person: id });
  journal.failNext(new Fault("disk-full", "the disk is full", "Make room."));
  await expect(ask({ ask: "remove", person: id })).rejects.toMatchObject({
    code: "disk-full",
    message: expect.stringContaining("forgotten, but the record"),
  });
  expect(engine.whoIs(30)).toBeNull();
  expect(people.all()).toEqual([]);
  expect(acts().map(({ act }) => act)).toEqual(["given", "enrol", "withdrawn", "withdraw", "given", "enrol"]);
});

test("who goes while a new engine's gallery is being filled does not come back with it", async () => {
  const { ask, fromPhotos, find, people, clerk, consents } = await openClock();
  await fromPhotos("Ann", 30);
  const next = openSmallEngine();
  // As house.ts does: lent first, filled then.
  clerk.lend(next);
  const filling = next.setGallery(consents.gate(people.templates()));
  await ask({ ask: "remove", person: find("Ann").id });
  await filling;
  expect(next.whoIs(30)).toBeNull();
});

test("somebody who is being enrolled again cannot be removed in the middle of it", async () => {
  const { ask, fromPhotos, find, shows } = await openClock();
  await shows("idle");
  await fromPhotos("Ann", 30);
  const person: PersonId = find("Ann").id;
  const stop = new AbortController();
  const again = wait(ask({ ask: "enrol", wish: wishFor(null, { person }) }, stop.signal));
  await shows("enrol");
  await expect(ask({ ask: "remove", person })).rejects.toMatchObject({ code: "desk-refused" });
  stop.abort();
  await expect(again).rejects.toMatchObject({ code: "enrol-ended" });
  expect(await ask({ ask: "remove", person })).toMatchObject({ forgotten: "everything" });
});

test("somebody who is erased while they are enrolled again is not: the enrolment ends, keeps nothing, and its consent ends", async () => {
  const { ask, fromPhotos, find, shows, clerk, people, acts } = await openClock();
  await shows("idle");
  await fromPhotos("Ann", 30);
  const person: PersonId = find("Ann").id;
  const guided = wait(ask({ ask: "enrol", wish: wishFor(null, { person }) }));
  await shows("enrol");
  await people.put(find("Ann"), null);
  clerk.interrupt(person);
  await expect(guided).rejects.toMatchObject({
    code: "person-suppressed",
    message: expect.stringMatching(/nothing was kept/),
  });
  await shows("enrolled");
  const photographs = wait(fromPhotos(null, 30, { person }));
  clerk.interrupt(person);
  await expect(photographs).rejects.toMatchObject({ code: "person-suppressed" });
  expect(people.templates()).toEqual([]);
  expect(acts().filter(({ act }) => act === "enrol")).toHaveLength(1);
  // Whoever else is enrolled later is.
  await fromPhotos("Bea", 60);
  expect(people.templates()).toHaveLength(1);
});

test("after a model change the list says who must enrol again, and tells no badge's number", async () => {
  const { people, journal, fromPhotos, find } = await openClock();
  await fromPhotos("Ann", 30, { badges: [cardText("card:4711")] });
  const rooms = { journal, people, clock, spaceId: "plane-2", post: () => {}, changed: () => {}, uplink, ...cardless };
  const consents = openTestConsents({ key, journal, people });
  const listed = await createClerk({ ...rooms, consents }).answer(
    { ask: "people" },
    () => {},
    new AbortController().signal,
  );
  expect(listed).toMatchObject({
    spaceId: "plane-2",
    people: [
      {
        person: find("Ann").id,
        badges: 1,
        mustEnrolAgain: true,
        template: { spaceId: "plane-1", quality: 80, source: "photographs", frames: 3 },
      },
    ],
  });
  expect(JSON.stringify(listed)).not.toContain("4711");
});

test("a technician is told how the clock stands with its broker, in the words of the screen", async () => {
  const { ask } = await openClock();
  const answer = uplinkAnswer.parse(JSON.parse(JSON.stringify(await ask({ ask: "uplink" }))));
  expect(answer).toEqual({
    online: false,
    receiver: "payroll",
    waiting: 3,
    receipted: null,
    trouble: {
      code: "broker-unreachable",
      message: "No MQTT connection with broker:8883",
      remedy: "Check network and broker.",
    },
  });
});

describe("a badge", () => {
  const laid = (badge: CardHash): Tap => ({ badge, at: clock.now() });
  const [mine, other] = [cardText("card:1"), cardText("card:2")].map(testHash) as [CardHash, CardHash];

  test("is given by laying it down: that is no punch, and the record names no card", async () => {
    const { ask, fromPhotos, find, readers, acts } = await openClock();
    await fromPhotos("Ann", 30);
    const person = find("Ann").id;
    const news: DeskNews[] = [];
    const giving = ask({ ask: "badge", person, card: null }, undefined, news);
    await expect.poll(() => news).toEqual([{ waitingFor: "card" }]);
    expect(readers.claim(laid(mine))).toBe(true);
    expect(await giving).toEqual({ person, badges: 1, isNew: true });
    // Whoever lays it down from now on punches.
    expect(readers.claim(laid(mine))).toBe(false);
    expect(find("Ann").badges).toEqual([mine]);
    expect(acts().at(-1)).toEqual({ act: "badge", sub: person, by: "desk", detail: "badge given" });
    const again = ask({ ask: "badge", person, card: null }, undefined, news);
    await expect.poll(() => news).toHaveLength(2);
    expect(readers.claim(laid(mine))).toBe(true);
    expect(await again).toEqual({ person, badges: 1, isNew: false });
  });

  test("of somebody else who walks by meanwhile is their punch", async () => {
    const { ask, fromPhotos, find, readers } = await openClock();
    await fromPhotos("Ann", 30, { badges: [cardText("card:2")] });
    await fromPhotos("Bob", 90);
    const news: DeskNews[] = [];
    const giving = ask({ ask: "badge", person: find("Bob").id, card: null }, undefined, news);
    await expect.poll(() => news).toHaveLength(1);
    expect(readers.claim(laid(other))).toBe(false);
    expect(readers.claim(laid(mine))).toBe(true);
    expect(await giving).toMatchObject({ isNew: true });
  });

  test("is given by its number once, and to one person only", async () => {
    const { ask, fromPhotos, find } = await openClock();
    await fromPhotos("Ann", 30);
    await fromPhotos("Bob", 90);
    const card = cardText("card:1");
    await ask({ ask: "badge", person: find("Ann").id, card });
    await expect(ask({ ask: "badge", person: find("Bob").id, card })).rejects.toMatchObject({
      code: "enrol-duplicate",
      message: expect.not.stringContaining("card:1"),
    });
    expect(find("Bob").badges).toEqual([]);
  });

  test("keeps the face, and is taken again", async () => {
    const { ask, fromPhotos, find, people } = await openClock();
    await fromPhotos("Ann", 30, { badges: [cardText("card:1"), cardText("card:2")] });
    const person = find("Ann").id;
    expect(await ask({ ask: "badge-remove", person })).toEqual({ person, badges: 0, isNew: true });
    expect(await ask({ ask: "badge-remove", person })).toEqual({ person, badges: 0, isNew: false });
    expect(people.templates()).toHaveLength(1);
  });

  test("is waited for by one at a time, and no longer than whoever asked stays", async () => {
    const { ask, fromPhotos, find, readers } = await openClock();
    await fromPhotos("Ann", 30);
    const request = { ask: "badge", person: find("Ann").id, card: null } as const;
    const stop = new AbortController();
    const news: DeskNews[] = [];
    const first = wait(ask(request, stop.signal, news));
    await expect.poll(() => news).toHaveLength(1);
    await expect(ask(request)).rejects.toMatchObject({ code: "desk-refused" });
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: "desk-refused" });
    expect(readers.claim(laid(mine))).toBe(false);
  });

  test("that two people claim is shown with both", async () => {
    const { ask, fromPhotos, find, people } = await openClock();
    await fromPhotos("Ann", 30, { badges: [cardText("card:1")] });
    await fromPhotos("Bob", 90);
    await people.put({ ...find("Bob"), badges: [mine] }, null);
    const { people: cards } = peopleAnswer.parse(await ask({ ask: "people" }));
    expect(cards.map(({ sharedBadges }) => sharedBadges)).toEqual([1, 1]);
  });
});

test("that somebody looked at what readers say stands in a record, and nothing of what they saw", async () => {
  const { ask, acts } = await openClock();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const answer = await ask({ ask: "reader-test", forS: 60 }, stop.signal);
  expect(readersAnswer.parse(answer).counts.taps).toBe(0);
  expect(acts()).toEqual([{ act: "reader-test", sub: null, by: "desk", detail: "what readers say is shown for 60 s" }]);
});
