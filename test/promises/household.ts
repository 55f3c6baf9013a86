import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cardText } from "../../kiosk/core/card.ts";
import type { ConsentId } from "../../kiosk/core/consent.ts";
import type { Person, PersonId } from "../../kiosk/core/person.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import type { Suppressed } from "../../kiosk/core/ports/forgetting.ts";
import type { Journal, JournalUpkeep } from "../../kiosk/core/ports/journal.ts";
import type { RosterStep, RosterStore } from "../../kiosk/core/ports/people.ts";
import { daysWith, type RetentionDays } from "../../kiosk/core/retention.ts";
import { utcText } from "../../kiosk/core/time.ts";
import type { Vault } from "../../kiosk/core/vault.ts";
import { type TestClock, testClock } from "../../kiosk/host/clock.ts";
import { openKnown } from "../../kiosk/known.ts";
import type { Elsewhere, Erasure } from "../../kiosk/privacy/erasure.ts";
import { type Keeping, openKeeping } from "../../kiosk/privacy/keeping.ts";
import { type OwnRetention, openOwnRetention, pinsForErasure } from "../../kiosk/privacy/own-retention.ts";
import type { SealedPeople } from "../../kiosk/store/people.ts";
import { openPins, type SealedPins } from "../../kiosk/store/pins.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { openOwnJournal } from "./own-journal.ts";
import { type Cupboard, openCupboard, person, startMs, sure } from "./time-machine.ts";

/** Everything of a clock that keeps something of people, put together as the house does it. */
export interface Household extends AsyncDisposable {
  readonly clock: TestClock;
  readonly journal: Journal & JournalUpkeep;
  readonly people: SealedPeople;
  readonly roster: RosterStore;
  readonly suppressed: Suppressed;
  readonly vault: Vault;
  readonly pins: SealedPins;
  readonly pictures: Cupboard;
  readonly erasure: Erasure;
  readonly keeping: Keeping;
  readonly retention: OwnRetention;
  /** Who was taken out of the gallery. */
  readonly withdrawn: PersonId[];
  readonly interrupted: PersonId[];
  readonly notes: readonly unknown[];
  /** Before the screen opens. */
  readonly sweep: () => Promise<unknown>;
}

export interface HouseholdOptions {
  readonly state: string;
  readonly nowUtcMs?: number;
  readonly days?: Partial<RetentionDays>;
  /** Told before each step of forgetting; throws where the power is cut. */
  readonly step?: (what: string) => void;
}

export async function openHousehold(options: HouseholdOptions): Promise<Household> {
  const { state, nowUtcMs = startMs, step = () => {} } = options;
  const rooms = new AsyncDisposableStack();
  const clock = testClock(nowUtcMs, sure);
  const { journal: opened } = await openOwnJournal(state, clock, rooms);
  const journal: typeof opened = {
    ...opened,
    append: async (body, at) => {
      step(`before ${body.type}`);
      const appended = await opened.append(body, at);
      step(`after ${body.type}`);
      return appended;
    },
  };
  const days = daysWith(options.days ?? {});
  const notes: unknown[] = [];
  const note = (error: unknown): void => void notes.push(error);
  const start = { isNewBoot: true, wasUnclean: false };
  const keeping = await openKeeping({ state, journal, clock, start, days, note });
  const pins = rooms.use(await openPins({ directory: join(state, "pins"), boot: 1, now: clock.now }));
  const pictures = await openCupboard(join(state, "pictures"), "snapshot");
  const withdrawn: PersonId[] = [];
  const interrupted: PersonId[] = [];
  const theirs = new Map<PersonId, number>();
  for (const sub of await pictures.left()) theirs.set(sub, (theirs.get(sub) ?? 0) + 1);
  const elsewhere: Elsewhere = {
    ...{ what: "snapshot", cls: "snapshot" },
    subjects: () => [...theirs.keys()],
    count: (sub) => theirs.get(sub) ?? 0,
    forget: async (sub) => {
      step("pictures");
      await pictures.forget(sub);
      theirs.delete(sub);
    },
  };
  const known = await openKnown(
    {
      hashCard: testHash,
      ...{ state, journal, clock, note },
      openVault: async (isSuppressed) => {
        await mkdir(join(state, "people"), { recursive: true });
        const keyBox = await openFileKeyBox(join(state, "people", "device.seal"));
        const vault = await openVault({ directory: join(state, "vault"), keyBox, isSuppressed });
        const destroy: Vault["destroy"] = async (sub) => {
          step("vault");
          return vault.destroy(sub);
        };
        return { ...vault, destroy };
      },
      forget: async (sub) => {
        step("gallery");
        withdrawn.push(sub);
        await keeping.lastSeen.forget(sub, "all");
      },
      changed: () => {},
      elsewhere: [pinsForErasure(pins), elsewhere],
      interrupt: (sub) => void interrupted.push(sub),
      isHeld: keeping.holds.isHeld,
      stays: keeping.stays,
      sealing: () => ({ assure: "software", rotated: utcText(startMs) }),
    },
    rooms,
  );
  const { people, roster, suppressed, vault, erasure } = known;
  if (vault === null) throw new Error("a vault was opened");
  const retention = openOwnRetention({
    ...{ keeping, journal, clock, days, people, erasure, note, others: [pictures] },
    departed: () => people.all().flatMap(({ id }) => (roster.wasTakenOff(id) ? [id] : [])),
    faceGone: async (gone) => void withdrawn.push(...gone.map(({ person: id }) => id)),
  });
  return {
    ...{ clock, journal, people, roster, suppressed, vault, pins, erasure, keeping, retention },
    ...{ withdrawn, interrupted, notes },
    pictures: {
      ...pictures,
      put: async (utcMs, sub) => {
        await pictures.put(utcMs, sub);
        theirs.set(sub, (theirs.get(sub) ?? 0) + 1);
      },
    },
    sweep: () => retention.sweep(AbortSignal.timeout(60_000)),
    [Symbol.asyncDispose]: () => rooms.disposeAsync(),
  };
}

const cardNumber = "w26:77-61234";
export const pin = "839156";

/** A name, cards, a face and a PIN that are nowhere else in the world. */
export const marked: Person = {
  id: person("m"),
  displayName: "Quintessa Marked-Zobrist",
  badges: [testHash(cardText(cardNumber))],
  lookAlikes: [],
};

export const others: readonly Person[] = ["a", "f", "t"].map((letter) => ({
  id: person(letter),
  displayName: `Other ${letter}`,
  badges: [testHash(cardText(`w26:1-${letter}`))],
  lookAlikes: letter === "f" ? [marked.id] : [],
}));

export function templateOf({ id }: Person, createdMs = startMs): Template {
  const vectors = [0.25, -0.5].map((value) =>
    Float32Array.from({ length: 512 }, (_, index) => value * Math.sin(index + id.charCodeAt(2))),
  );
  const consentId = "c_1" as ConsentId;
  return { person: id, spaceId: "space-1", vectors, consentId, createdMs, quality: 70, source: "camera" };
}

export const letterToHer = "a letter with the signature of Quintessa";

/** Everybody enrolled and on the roster; of the marked one also a PIN, a sealed paper and a picture. */
export async function fill({ people, roster, pins, vault, pictures, clock }: Household): Promise<void> {
  for (const one of [marked, ...others]) await people.put(one, templateOf(one));
  await pins.set(marked.id, { number: "4711", pin });
  await vault.put(marked.id, "signature", Buffer.from(letterToHer));
  await pictures.put(clock.now().utcMs, marked.id);
  await turn(roster, [marked, ...others], []);
}

/** The next version of the roster: these put, those taken off. */
export async function turn(roster: RosterStore, put: readonly Person[], gone: readonly Person[]): Promise<void> {
  const base = roster.standing().v;
  const v = base + 1;
  const ops: readonly RosterStep["ops"][number][] = [
    ...put.map(({ id, displayName }) => {
      const text = JSON.stringify({ st: "active", cards: ["bWFya2VkLWNhcmQtaGFzaA"], dn: displayName });
      return ["put", id, v, text] as const;
    }),
    ...gone.map(({ id }) => ["del", id, v] as const),
  ];
  const items = new Map((await roster.items()).map(({ id, v: of, text }) => [id as string, { v: of, text }]));
  for (const [what, id, of, text = ""] of ops) what === "put" ? items.set(id, { v: of, text }) : items.delete(id);
  await roster.turn({ base, to: v, ops, root: rosterRoot(items) }, { utcMs: startMs, monoMs: 0 }, null);
}

/** What must be nowhere in a state folder after she was forgotten. */
export const canaries: readonly (string | Uint8Array)[] = [
  ...["Quintessa", "Marked-Zobrist", cardNumber, "77-61234", pin, letterToHer, "picture of p_m"],
  testHash(cardText(cardNumber)),
  ...templateOf(marked).vectors.map(({ buffer }) => new Uint8Array(buffer)),
];
