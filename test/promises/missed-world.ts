import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { cardText } from "../../kiosk/core/card.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import type { Person, PersonId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import type { FaceSeen } from "../../kiosk/core/sight.ts";
import type { View } from "../../kiosk/core/view.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { type Members, openMembers } from "../../kiosk/members.ts";
import { createClerk } from "../../kiosk/office/clerk.ts";
import { createServing } from "../../kiosk/privacy/serving.ts";
import { createReaders } from "../../kiosk/readers.ts";
import { createStation } from "../../kiosk/run.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { openTestConsents } from "../unit/consent/parts.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { identity, newKey } from "../unit/uplink/parts.ts";
import { person, startMs, sure } from "./time-machine.ts";

/** A wall with the real reducer, the real people's store, the real consents and what counts between them. The eyes are told. */

export interface Somebody {
  readonly id: PersonId;
  readonly card: string;
}

/** @param letter one for each: id, name and card follow from it. */
export const somebody = (letter: string): Somebody => ({ id: person(letter), card: `card:${letter}` });

const badgeOf = ({ card }: Somebody) => testHash(cardText(card));
const spaceId = "space-1";

export async function openMissedWorld(everybody: readonly Somebody[], rules: Partial<Policy> = {}) {
  const state = await mkdtemp(join(tmpdir(), "lintel-missed-"));
  onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 10 }));
  const clock = testClock(startMs, sure);
  const key = newKey();
  const journal = openMemoryJournal({ identity, signer: key.signer, clock, firmware: "0", boot: 1 });
  const people = await openPeople({ directory: state, hashCard: testHash });
  const faults: unknown[] = [];
  const note = (error: unknown): void => void faults.push(error);
  let members: Members | null = null;
  const consents = openTestConsents({ key, journal, people, clock, changed: async () => members?.refresh() });
  await consents.load();
  const views: View[] = [];
  const all: readonly Person[] = everybody.map((one) => ({
    ...{ id: one.id, displayName: `Name ${one.card}`, badges: [badgeOf(one)], lookAlikes: [] },
  }));
  for (const one of all) await people.put(one, null);
  const serving = createServing({
    ...{ looks: people.looks, clock, note },
    isLookedFor: (id) => members?.isLookedFor(id) === true,
    isFrozen: (template) => consents.closed(template) === "frozen",
  });
  members = await openMembers({
    ...{ people, clock, spaceId, gate: consents.gate, engine: () => null },
    roster: { items: async () => [], standing: () => ({ v: 0, root: "" }), wasTakenOff: () => false },
    isSuppressed: () => false,
    changed: () => void serving.follow().catch(note),
    adopt: async () => {},
    unreadable: () => {},
    note,
  });
  const policy: Policy = { ...defaultPolicy, challengeShare: 0, duplicateWindowMs: 0, asksOpenShift: false, ...rules };
  const station = createStation({
    memory: withPeople(blankMemory, all),
    policy,
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    ...{ clock, journal },
    screen: { show: (screen) => views.push(screen.view) },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    forget: () => {},
    enrolled: () => {},
    served: serving.served,
    observed: () => {},
  });
  const clerk = createClerk({
    ...{ journal, people, clock, spaceId, post: station.post, consents, serving, hashCard: testHash },
    changed: () => {},
    uplink: () => ({ online: false, waiting: 0, receipted: null, receiver: "payroll", trouble: null }),
    readers: createReaders({ hash: testHash, profiles: [] }),
  });
  const ending = new AbortController();
  const running = [station.run(ending.signal), serving.keep(ending.signal)];
  const close = async (): Promise<void> => {
    ending.abort();
    await Promise.all(running);
    await people[Symbol.asyncDispose]();
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const post = async (event: Parameters<typeof station.post>[0]): Promise<void> => {
    station.post(event);
    await settle();
  };
  await post({ kind: "ready", at: clock.now() });
  for (const room of ["camera", "engine", "journal", "reader"] as const)
    await post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  let track = 0;
  const wait = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settle();
  };
  const see = async (face: FaceSeen | null): Promise<void> => {
    await wait(250);
    const at = clock.now();
    await post({
      kind: "sight",
      sight: { at, faces: face === null ? 0 : 1, face, codes: [], enrol: null },
      draw: 0.5,
      at,
    });
  };
  const face = (who: PersonId | null, more: Partial<FaceSeen> = {}): FaceSeen => ({
    ...{ track, box: { x: 0.3, y: 0.2, width: 0.3, height: 0.4 }, problem: null, progress: 1, live: 0.9 },
    ...{ repeats: false, company: false, able: { turn: true, blink: true }, challenge: null, claim: null },
    match: who === null ? null : { person: who, similarity: 0.9, margin: 0.5, agreeing: 4 },
    ...more,
  });
  const world = {
    clerk,
    ...{ state, clock, journal, people, consents, members, serving, faults, views, post, see, face, wait, close },
    tap: (who: Somebody) => post({ kind: "tap", tap: { badge: badgeOf(who), at: clock.now() }, at: clock.now() }),
    newcomer: (): void => {
      track += 1;
    },
    /** Until the wall is free again. */
    leave: async (): Promise<void> => {
      for (let n = 0; n < 8; n += 1) await see(null);
      await wait(20_000);
    },
    /** Stands before the camera, which knows them. */
    known: async (who: Somebody): Promise<void> => {
      world.newcomer();
      for (let n = 0; n < 2; n += 1) await see(face(who.id));
      await world.leave();
    },
    /** The camera sees a face and knows nobody; then they show their badge. */
    missed: async (who: Somebody, forMs = 5_000, more: Partial<FaceSeen> = {}): Promise<void> => {
      world.newcomer();
      for (let n = 0; n <= forMs / 250; n += 1) await see(face(null, more));
      await world.tap(who);
      await world.leave();
    },
    /** Walks up to the reader, and looks at the camera in passing. */
    badged: (who: Somebody): Promise<void> => world.missed(who, 1_000),
    enrol: async (who: Somebody): Promise<void> => {
      const paper = { text: null, sign: { how: "operator", h: null }, paper: "file 1", by: "desk" } as const;
      const { consentId } = await consents.give(who.id, paper);
      const known = people.all().find(({ id }) => id === who.id);
      if (known === undefined) throw new RangeError("nobody to enrol");
      const about = { person: who.id, spaceId, consentId, createdMs: clock.now().utcMs } as const;
      const template: Template = { ...about, vectors: [Float32Array.of(1, 0)], quality: 80, source: "camera" };
      await people.put(known, template);
      await world.members.refresh();
    },
    tallyOf: ({ id }: Somebody) => {
      const found = people.looks.all().find((one) => one.person.id === id);
      return found === undefined ? null : { known: found.known, missed: found.missed };
    },
    punches: () => journal.read({ epoch: 0, seq: -1 }, 10_000).filter(({ type }) => type === "punch").length,
  };
  return world;
}
