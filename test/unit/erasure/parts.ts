import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cardText } from "../../../kiosk/core/card.ts";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { type Person, type PersonId, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import type { RosterStep, RosterStore } from "../../../kiosk/core/ports/people.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { type Erasure, type ErasureRooms, erasedIn, openErasure } from "../../../kiosk/privacy/erasure.ts";
import { openJournal } from "../../../kiosk/store/journal.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { openRoster } from "../../../kiosk/store/roster.ts";
import { openSuppressed } from "../../../kiosk/store/suppressed.ts";
import { rosterRoot } from "../../../kiosk/uplink/contract/turn-pages.ts";
import { at, startMs } from "../../contract/journal.ts";
import { testHash } from "../store/card-hash.ts";

export const idOf = (letter: string): PersonId => personId(`p_${letter.repeat(20)}`);

/** A name, a card and a face that are nowhere else in the world. */
export const marked: Person = {
  id: idOf("m"),
  displayName: "Quintessa Marked-Zobrist",
  badges: [testHash(cardText("w26:77-61234")), testHash(cardText("iso14443a:DEADBEEF0451"))],
  lookAlikes: [],
};

export const others: readonly Person[] = ["a", "f", "t"].map((letter) => ({
  id: idOf(letter),
  displayName: `Other ${letter}`,
  badges: [testHash(cardText(`w26:1-${letter}`))],
  lookAlikes: letter === "f" ? [marked.id] : [],
}));

export function templateOf({ id }: Person): Template {
  const vectors = [0.25, -0.5].map((value) =>
    Float32Array.from({ length: 512 }, (_, index) => value * Math.sin(index + id.charCodeAt(2))),
  );
  const consentId = "c_1" as ConsentId;
  return { person: id, spaceId: "space-1", vectors, consentId, createdMs: 1, quality: 70, source: "camera" };
}

export interface Wall extends AsyncDisposable {
  readonly journal: Awaited<ReturnType<typeof openJournal>>;
  readonly people: Awaited<ReturnType<typeof openPeople>>;
  readonly suppressed: Awaited<ReturnType<typeof openSuppressed>>;
  readonly roster: RosterStore;
  readonly erasure: Erasure;
  /** Who was taken out of the gallery. */
  readonly withdrawn: PersonId[];
}

/** The rooms of a clock that an erasure needs, all real. `change` gets between them. */
export async function openWall(
  state: string,
  change: (rooms: ErasureRooms) => ErasureRooms = (rooms) => rooms,
): Promise<Wall> {
  const clock = testClock(startMs);
  const ring = await openSigner(state);
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const journal = await openJournal({
    ...{ directory: state, identity, signer: ring, clock, firmware: "0.1.0", boot: 1, ballastBytes: 65_536 },
    isFirstStart: ring.fresh,
  });
  await ring.markUsed();
  const suppressed = await openSuppressed({ directory: state, remembered: () => erasedIn(journal) });
  const people = await openPeople({
    hashCard: testHash,
    directory: join(state, "people"),
    isSuppressed: suppressed.has,
  });
  const roster = await openRoster({ directory: join(state, "roster") });
  const withdrawn: PersonId[] = [];
  const rooms: ErasureRooms = {
    journal,
    people,
    suppressed,
    clock,
    withdraw: async (sub) => {
      withdrawn.push(sub);
    },
    roster: {
      count: async (sub) => (await roster.items()).filter(({ id }) => id === sub).length,
      forget: async (sub) => ((await roster.erase(sub, clock.now())) ? 1 : 0),
      root: () => roster.standing().root,
    },
    changed: () => {},
  };
  return {
    ...{ journal, people, suppressed, roster, withdrawn },
    erasure: openErasure(change(rooms)),
    [Symbol.asyncDispose]: async () => {
      await people[Symbol.asyncDispose]();
      await roster[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}

/** Everybody enrolled, and on the roster. */
export async function fill({ people, roster }: Pick<Wall, "people" | "roster">): Promise<void> {
  for (const person of [marked, ...others]) await people.put(person, templateOf(person));
  const ops = [marked, ...others].map(({ id, displayName }): RosterStep["ops"][number] => [
    "put",
    id,
    1,
    JSON.stringify({ st: "active", cards: ["bWFya2VkLWNhcmQtaGFzaA"], dn: displayName }),
  ]);
  const items = new Map(ops.map(([, id, v, text = ""]) => [id, { v, text }]));
  await roster.turn({ base: 0, to: 1, ops, root: rosterRoot(items) }, at(0), null);
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Files in which any of these bytes stand. */
export function findBytes(directory: string, needles: readonly (string | Uint8Array)[]): readonly string[] {
  const wanted = needles.map((needle) => Buffer.from(needle));
  return filesIn(directory).filter((file) => {
    const bytes = readFileSync(file);
    return wanted.some((needle) => bytes.includes(needle));
  });
}
