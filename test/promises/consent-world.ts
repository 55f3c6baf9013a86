import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { cardText } from "../../kiosk/core/card.ts";
import type { ConsentAct } from "../../kiosk/core/consent/view.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { type ConsentData, sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import type { Touch, View } from "../../kiosk/core/view.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openMembers } from "../../kiosk/members.ts";
import { createClerk } from "../../kiosk/office/clerk.ts";
import { openConsenting } from "../../kiosk/privacy/consenting.ts";
import { createReaders } from "../../kiosk/readers.ts";
import { createStation, type Station } from "../../kiosk/run.ts";
import { keyOfRing, readKeyring } from "../../kiosk/store/keyring.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import type { CloudKey } from "../../kiosk/uplink/contract/keys.ts";
import { openSmallEngine, pictureOf, type SmallEngine } from "../unit/desk/small-engine.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { newKey, type TestKey } from "../unit/uplink/parts.ts";
import { openOwnJournal } from "./own-journal.ts";
import { dayMs, person, startMs, sure } from "./time-machine.ts";

/** A clock with everything that decides about faces, put together as the house does it; only the eyes are small. */

export const ana = person("a");
export const bo = person("b");
const badgeOf: Readonly<Record<string, string>> = { [ana]: "card:1", [bo]: "card:2" };

export interface Employer {
  readonly key: TestKey;
  readonly cloud: CloudKey;
  readonly sign: (document: Readonly<Record<string, unknown>>) => string;
}

export function newEmployer(role = "cmd:dpo"): Employer {
  const key = newKey();
  const cloud = { kid: key.signer.kid, key: key.signer.publicKey, role, source: "urn:lintel:acme:cloud:dpo" };
  return { key, cloud, sign: (document) => signJws("lintel-pol+jws", JSON.stringify(document), key.signer).jws };
}

/** @param more over a policy that allows faces at this site. */
export const documentOf = (more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ v: 1, tenant: "acme", minor: false },
  published_at: utcText(startMs - 60 * dayMs),
  effective_at: utcText(startMs - 30 * dayMs),
  controller: { name: "Acme Works", contact: "privacy@acme.example" },
  dpo: "dpo@acme.example",
  authority: "Authority of Testland",
  purposes: ["work-day"],
  basis: { kind: "consent" },
  face_sites: ["blr-01"],
  term_days: 365,
  retention: {},
  pack: "default",
  min_age: 16,
  assessment: null,
  texts: 1,
  ...more,
});

/** As a name would be, drawn. */
export const drawing = [[100, 100, 300, 140, 500, 90, 620, 160]] as const;

export interface ConsentWorldOptions {
  readonly state: string;
  readonly nowUtcMs?: number;
  readonly employer?: Employer;
  /** Null: nobody brought one. */
  readonly policy?: string | null;
}

export async function openConsentWorld(options: ConsentWorldOptions) {
  const { state, nowUtcMs = startMs } = options;
  const employer = options.employer ?? newEmployer();
  const rooms = new AsyncDisposableStack();
  const clock = testClock(nowUtcMs, sure);
  const { identity, journal } = await openOwnJournal(state, clock, rooms);
  const directory = join(state, "people");
  await mkdir(directory, { recursive: true });
  const keyBox = await openFileKeyBox(join(directory, "device.seal"));
  const vault = rooms.use(await openVault({ directory, keyBox }));
  const people = rooms.use(await openPeople({ directory, keyBox, vault, hashCard: testHash }));
  for (const id of [ana, bo]) {
    if (people.all().some((one) => one.id === id)) continue;
    const badges = [testHash(cardText(badgeOf[id] ?? ""))];
    await people.put({ id, displayName: id === ana ? "Ana Morales" : "Bo Lind", badges, lookAlikes: [] }, null);
  }
  const engine: SmallEngine = openSmallEngine();
  const faults: unknown[] = [];
  const views: View[] = [];
  let members: Awaited<ReturnType<typeof openMembers>> | null = null;
  let post: Station["post"] = () => {};
  const appends = { fail: null as Error | null };
  const book = {
    append: async (...what: Parameters<typeof journal.append>) => {
      if (appends.fail !== null) throw appends.fail;
      return journal.append(...what);
    },
    probe: journal.probe,
  };
  const consenting = await openConsenting({
    config: { state, tenant: "acme", site: "blr-01", broker: "mqtts://broker.example", privacyPolicy: undefined },
    keys: [employer.cloud],
    keyOf: (kid) => keyOfRing(readKeyring(state))(kid),
    source: sourceOf(identity),
    ...{ vault, people, clock },
    journal: { append: book.append, consents: journal.consents },
    takeOut: (id) => engine.withdraw(id),
    members: () => members,
    enrol: (id, consentId) => clerk.enrolAgreed(id, consentId),
    told: (answer) => post({ kind: "counter", answer, at: clock.now() }),
    known: async () => {},
    note: (fault) => faults.push(fault),
  });
  const { consents, privacy } = consenting;
  const token = options.policy === undefined ? employer.sign(documentOf()) : options.policy;
  if (token !== null) await privacy.take(token);
  const tellPeople = (): void =>
    post({ kind: "people", people: people.all(), enrolled: people.templates().length, at: clock.now() });
  members = await openMembers({
    ...{ people, clock, spaceId: engine.spaceId, gate: consents.gate },
    roster: { items: async () => [], standing: () => ({ v: 0, root: "" }), wasTakenOff: () => false },
    isSuppressed: () => false,
    engine: () => engine,
    changed: tellPeople,
    adopt: async () => {},
    unreadable: () => {},
    note: (error) => {
      throw error;
    },
  });
  const station = createStation({
    memory: withPeople(blankMemory, people.all()),
    policy: { ...defaultPolicy, tenant: "acme", site: "blr-01", ways: ["badge", "pin", "face"], duplicateWindowMs: 0 },
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    ...{ clock, journal: book },
    screen: { show: (screen) => views.push(screen.view) },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    forget: () => {},
    enrolled: (session, outcome) => clerk.enrolled(session, outcome),
    checkPin: async ({ who, pin }) =>
      "person" in who && pin === "4711" ? { is: "good", person: who.person, isDuress: false } : { is: "wrong" },
    wish: async (wish) => {
      if (wish.of !== "consent") throw new RangeError("not wished here");
      return consenting.wish(wish);
    },
    observed: (event) => {
      if (event.kind === "sight" && event.sight.enrol !== null) clerk.saw(event.sight.enrol);
    },
  });
  post = station.post;
  const clerk = createClerk({
    ...{ journal: book, people, clock, spaceId: engine.spaceId, post, consents, hashCard: testHash },
    changed: () => void members?.refresh(),
    uplink: () => ({ online: false, waiting: 0, receipted: null, receiver: "payroll", trouble: null }),
    readers: createReaders({ hash: testHash, profiles: [] }),
  });
  clerk.lend(engine);
  const ending = new AbortController();
  await consents.load();
  await engine.setGallery(members.gallery());
  const running = [station.run(ending.signal), consenting.run(ending.signal)];
  post({ kind: "ready", at: clock.now() });
  for (const room of ["camera", "engine", "journal", "reader"] as const) {
    post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  }
  rooms.defer(async () => {
    ending.abort();
    await Promise.all(running);
  });

  let number = 0;
  const world = {
    ...{
      state,
      clock,
      journal,
      vault,
      people,
      engine,
      employer,
      consents,
      privacy,
      consenting,
      clerk,
      appends,
      faults,
    },
    members,
    view: () => views.at(-1),
    views,
    touch: (touch: Touch) => post({ kind: "touch", touch, at: clock.now() }),
    act: (act: ConsentAct) => post({ kind: "touch", touch: { touch: "consent", act }, at: clock.now() }),
    tap: (id: PersonId) =>
      post({ kind: "tap", tap: { badge: testHash(cardText(badgeOf[id] ?? "")), at: clock.now() }, at: clock.now() }),
    shows: async (at: View["at"], page?: string) => {
      const shown = () => {
        const view = views.at(-1);
        return view?.at === "consent" ? `consent ${view.page.is}` : view?.at;
      };
      await expect.poll(shown, { interval: 5, timeout: 8_000 }).toBe(page === undefined ? at : `${at} ${page}`);
    },
    /** Somebody says what they came for and shows their badge. */
    identify: async (id: PersonId) => {
      world.touch({ touch: "dismiss" });
      await world.shows("idle");
      world.touch({ touch: "errand", errand: "consent" });
      await world.shows("ways");
      world.tap(id);
      await expect.poll(() => views.at(-1)?.at, { interval: 5, timeout: 8_000 }).toBe("consent");
    },
    /** From the plain words to the receipt, with a drawn name. */
    agree: async (id: PersonId) => {
      await world.identify(id);
      await world.shows("consent", "why");
      world.act({ act: "read" });
      await world.shows("consent", "notice");
      world.act({ act: "page", page: 99 });
      world.act({ act: "agree" });
      await world.shows("consent", "age");
      world.act({ act: "age", isReached: true });
      await world.shows("consent", "sign");
      world.act({ act: "sign", strokes: drawing });
      await world.shows("consent", "given");
    },
    /** The clock gets to know the face, whose picture is an angle. */
    beSeen: async (degrees: number) => {
      world.act({ act: "enrol" });
      await world.shows("enrol");
      for (const jpeg of [degrees - 1, degrees, degrees + 1].map(pictureOf)) {
        const at = clock.now();
        number += 1;
        const sight = await engine.observe({ jpeg, number, at }, station.attention());
        post({ kind: "sight", sight, draw: 0.5, at });
        await new Promise((resolve) => setImmediate(resolve));
      }
      await world.shows("enrolled");
    },
    /** Agreed and known. */
    join: async (id: PersonId, degrees: number) => {
      await world.agree(id);
      await world.beSeen(degrees);
    },
    isKnown: async (degrees: number, id: PersonId | null) =>
      expect.poll(() => engine.whoIs(degrees), { interval: 5, timeout: 8_000 }).toBe(id),
    said: () =>
      journal
        .consents()
        .map(({ jws }) => eventOf(jws).data as ConsentData)
        .map((data) => data),
    [Symbol.asyncDispose]: () => rooms.disposeAsync(),
  };
  return world;
}
