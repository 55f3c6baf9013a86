import { Fault } from "../core/fault.ts";
import type { Person, PersonId } from "../core/person.ts";
import type { Pins } from "../core/pin.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { People, RosterStore } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import { longReceiptCode } from "../core/receipt.ts";
import type { AuditData, ConsentData, RecordEvent, RequestData } from "../core/record.ts";
import { choicesBytes, choicesIn, choicesPiece, isNoChoice, noChoices } from "../core/rights/choices.ts";
import { copyOf, timesCsv } from "../core/rights/copy.ts";
import {
  type Dossier,
  dossierOf,
  type HoldLine,
  type KeepDays,
  type LookLine,
  type MessageLine,
  type PictureStanding,
  type SaidLine,
  type SnapshotLine,
  type Sources,
  wishedNamePiece,
} from "../core/rights/dossier.ts";
import { dueOf, dueText } from "../core/rights/due.ts";
import { isOpen, requestsOf } from "../core/rights/requests.ts";
import type { PlainDeed, RightsAnswer, RightsMemory, RightsWish } from "../core/rights/types.ts";
import type { Choices, Deed, HeldView } from "../core/rights/view.ts";
import { type FaceTally, noLooks } from "../core/served.ts";
import type { Vault } from "../core/vault.ts";
import type { Copies } from "./copies.ts";
import type { Erasure } from "./erasure.ts";
import { recordsAbout } from "./records-about.ts";

/** What the rooms know of somebody's face, and what they do about it when its person says so. */
export interface FaceRights {
  readonly of: (sub: PersonId) => {
    readonly isFrozen: boolean;
    /** What they agreed to and took back, in any order. */
    readonly lines: readonly SaidLine[];
    /** When the agreement that holds ends by itself. */
    readonly untilUtcMs: number | null;
  };
  /**
   * Keeps and does not use it; uses it again; forgets it. The very next frame heeds it, and it stands signed.
   * @returns code of the record; null where none was written.
   */
  readonly act: (sub: PersonId, act: "freeze" | "release" | "withdraw") => Promise<string | null>;
}

/** Pictures of punches, and the word of whoever wants none of themselves. */
export interface PictureRights {
  readonly of: (sub: PersonId) => PictureStanding & { readonly lines: readonly SnapshotLine[] };
  /**
   * None with the next punch, and those that are kept go, but for what is held.
   * @returns code of the record, and what stays.
   */
  readonly refuse: (sub: PersonId) => Promise<{ readonly certificate: string; readonly held: HeldView | null }>;
  /** @returns code of the record. */
  readonly allow: (sub: PersonId) => Promise<string>;
}

export interface RightsRooms {
  readonly clock: Pick<Clock, "now">;
  /** Of the site: a month ends with its midnight. */
  readonly timeZone: string;
  /** Who this clock is in its records. */
  readonly source: string;
  readonly journal: Pick<Journal, "append" | "read" | "at">;
  /** Everybody this clock knows, its own and the roster's. */
  readonly members: () => readonly Person[];
  readonly people: Pick<People, "templates">;
  readonly pins: Pick<Pins, "numbers">;
  readonly roster: Pick<RosterStore, "items">;
  readonly vault: Pick<Vault, "subjects" | "pieces" | "get" | "put" | "drop">;
  readonly messages: (sub: PersonId) => readonly MessageLine[];
  readonly face: FaceRights;
  readonly erase: Erasure["erase"];
  readonly keep: KeepDays;
  readonly copies: Pick<Copies, "doors" | "give">;
  /** Who looked, also at everybody at once. What the journal says of this person alone is known without it. */
  readonly looks?: (sub: PersonId) => Promise<readonly LookLine[]>;
  /** What of theirs stays beyond its time, and why. Default: nothing. */
  readonly holds?: (sub: PersonId) => readonly HoldLine[];
  /** When their face last decided anything. Default: what the journal says. */
  readonly faceUsed?: (sub: PersonId) => number | null;
  /** How the camera served them. Default: nothing was counted. */
  readonly served?: (sub: PersonId) => FaceTally;
  /** Default: none are taken. */
  readonly pictures?: PictureRights;
}

/** What somebody may know and do about their own data, carried out. */
export interface Rights {
  /** @throws Fault what the rooms throw; `person-unknown` where they are not here any more. */
  readonly wish: (wish: RightsWish) => Promise<RightsAnswer>;
  /** What everybody wishes: for the memory that the station begins with. */
  readonly memory: () => Promise<RightsMemory>;
}

export function createRights(rooms: RightsRooms): Rights {
  const { clock, timeZone, source, journal, vault, face, copies } = rooms;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: what is read is what was done before. */
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  const read = async (sub: PersonId): Promise<Dossier> => dossierOf(await sourcesOf(rooms, sub));

  /** @returns until when it has to be answered; null where it is done with this. */
  const note = async (
    sub: PersonId,
    what: Pick<RequestData, "right" | "state" | "about"> & Pick<Partial<RequestData>, "ref">,
  ): Promise<{ readonly id: string; readonly dueUtcMs: number | null }> => {
    const at = clock.now();
    const dueUtcMs = dueOf(at.utcMs, timeZone);
    const { right, state, about, ref } = what;
    const data: RequestData = { sub, right, state, due: dueText(dueUtcMs), about, ...(ref !== undefined && { ref }) };
    const { stored } = await journal.append({ type: "request", data }, at);
    return { id: stored.id, dueUtcMs: state === "asked" ? dueUtcMs : null };
  };

  const done = async (
    person: PersonId,
    deed: Extract<RightsAnswer, { is: "done" }>["deed"],
    more: {
      readonly dueUtcMs?: number | null;
      readonly certificate?: string | null;
      readonly held?: HeldView | null;
    } = {},
  ): Promise<RightsAnswer> => {
    const { dueUtcMs = null, certificate = null, held = null } = more;
    const dossier = deed === "erase" ? null : await read(person);
    const stays = held === null ? {} : { held };
    return { of: "rights", is: "done", person, deed, dossier, dueUtcMs, certificate, ...stays };
  };

  /** Nobody is offered it where there are none. */
  const taking = (): PictureRights => {
    if (rooms.pictures !== undefined) return rooms.pictures;
    throw new RangeError("no pictures are taken here");
  };

  const carryOut = async (person: PersonId, deed: PlainDeed): Promise<RightsAnswer> => {
    switch (deed) {
      case "freeze":
      case "release":
      case "stop": {
        // The face first: what was written and not done would be worse than what was done and not written.
        const certificate = await face.act(person, deed === "stop" ? "withdraw" : deed);
        await note(person, { right: deed === "stop" ? "object" : "restrict", state: "done", about: aboutOf[deed] });
        return done(person, deed, { certificate });
      }
      case "no-pictures": {
        const { certificate, held } = await taking().refuse(person);
        await note(person, { right: "object", state: "done", about: "pictures" });
        return done(person, deed, { certificate, held });
      }
      case "pictures":
        return done(person, deed, { certificate: await taking().allow(person) });
      case "copy": {
        const open = (await openOf(rooms, person)).find(({ right }) => right === "copy");
        const { dueUtcMs } = open ?? (await note(person, { right: "copy", state: "asked", about: "copy" }));
        return done(person, deed, { dueUtcMs });
      }
      case "erase": {
        const asked = await note(person, { right: "erase", state: "asked", about: "all" });
        // Whatever they asked the office about their own data ends with the data.
        const open = (await openOf(rooms, person)).filter(({ id }) => id !== asked.id);
        const { at } = await rooms.erase(person, null);
        for (const { id, right, about } of open) await note(person, { right, state: "withdrawn", about, ref: id });
        await note(person, { right: "erase", state: "done", about: "all", ref: asked.id });
        const proof = journal.at(at);
        return done(person, deed, { certificate: proof === undefined ? null : longReceiptCode({ ...proof, source }) });
      }
    }
  };

  /** The name is sealed and the record does not have it. */
  const rename = async (person: PersonId, name: string): Promise<RightsAnswer> => {
    const before = (await openOf(rooms, person)).filter(({ about }) => about === "name");
    await vault.put(person, wishedNamePiece, Buffer.from(name.normalize("NFC")));
    for (const { id } of before) await note(person, { right: "rectify", state: "withdrawn", about: "name", ref: id });
    const { dueUtcMs } = await note(person, { right: "rectify", state: "asked", about: "name" });
    return done(person, "rename", { dueUtcMs });
  };

  const choose = async (person: PersonId, choices: Choices): Promise<RightsAnswer> => {
    if (isNoChoice(choices)) await vault.drop(person, choicesPiece);
    else await vault.put(person, choicesPiece, choicesBytes(choices));
    return done(person, "choose");
  };

  const copy = async (person: PersonId, door: Copies["doors"][number]): Promise<RightsAnswer> => {
    const sources = await sourcesOf(rooms, person);
    const text = JSON.stringify(copyOf(sources, source), null, 2);
    const given = await copies.give(door, { "my-data.json": text, "my-times.csv": timesCsv(sources.records) });
    await note(person, { right: "copy", state: "done", about: "copy" });
    return { of: "rights", is: "copied", person, copied: { door, ...given } };
  };

  return {
    wish: (wish) =>
      oneByOne(async (): Promise<RightsAnswer> => {
        const { person } = wish;
        switch (wish.is) {
          case "read":
            return { of: "rights", is: "read", person, dossier: await read(person) };
          case "do":
            return carryOut(person, wish.deed);
          case "rename":
            return rename(person, wish.name);
          case "choose":
            return choose(person, wish.choices);
          case "copy":
            return copy(person, wish.door);
        }
      }),
    memory: async () => {
      const choices = new Map<PersonId, Choices>();
      for (const sub of vault.subjects()) {
        if (!vault.pieces(sub).includes(choicesPiece)) continue;
        const wished = await wishesOf(vault, sub);
        if (!isNoChoice(wished)) choices.set(sub, wished);
      }
      return { choices };
    },
  };
}

const aboutOf: Readonly<Record<Extract<Deed, "freeze" | "release" | "stop">, string>> = {
  freeze: "face",
  release: "face-again",
  stop: "face",
};

/** A damaged wish is no wish; the vault says so itself. */
const wishesOf = (vault: Pick<Vault, "get">, sub: PersonId): Promise<Choices> =>
  vault.get(sub, choicesPiece).then(choicesIn, (error: unknown) => {
    if (error instanceof Fault) return noChoices;
    throw error;
  });

const openOf = async ({ clock, journal }: RightsRooms, sub: PersonId) =>
  requestsOf(await recordsAbout(sub, journal), clock.now().utcMs).filter((line) => line.sub === sub && isOpen(line));

/** @throws Fault `person-unknown` where they are not here any more; `seal-broken` where a piece of theirs does not open. */
async function sourcesOf(rooms: RightsRooms, sub: PersonId): Promise<Sources> {
  const { clock, journal, members, people, pins, roster, vault, face, copies, keep } = rooms;
  const person = members().find(({ id }) => id === sub);
  if (person === undefined) {
    throw new Fault("person-unknown", "this clock does not know the person any more", "Nothing is kept of them here.");
  }
  const records = await recordsAbout(sub, journal);
  const template = people.templates().find((one) => one.person === sub);
  const { isFrozen, lines, untilUtcMs } = face.of(sub);
  const { lines: snapshots, ...pictures } = rooms.pictures?.of(sub) ?? { isOn: false, isRefused: false, lines: [] };
  return {
    ...{ person, isFrozen, records, keep, snapshots, pictures },
    template: template ?? null,
    hasPin: pins.numbers().has(sub),
    pieces: vault.pieces(sub),
    roster: (await roster.items()).find(({ id }) => id === sub)?.text ?? null,
    consents: withThose(lines, records),
    consentEndUtcMs: untilUtcMs,
    looks: withLooks(looksIn(records, sub), (await rooms.looks?.(sub)) ?? []),
    messages: rooms.messages(sub),
    holds: rooms.holds?.(sub) ?? [],
    faceUsedUtcMs: rooms.faceUsed?.(sub) ?? null,
    served: rooms.served?.(sub) ?? noLooks,
    choices: await wishesOf(vault, sub),
    doors: copies.doors,
    nowUtcMs: clock.now().utcMs,
  };
}

/** What is remembered, and what the journal has beside it: each once. */
function withThose(lines: readonly SaidLine[], records: readonly RecordEvent[]): readonly SaidLine[] {
  const said = new Map(
    lines.map(({ id, utcMs, act, purpose, text, pol }) => [id, { id, utcMs, act, purpose, text, pol }]),
  );
  for (const { id, type, time, data } of records) {
    if (type !== "dev.lintel.consent.v1" || said.has(id)) continue;
    const { act, purpose, text, pol } = data as ConsentData;
    said.set(id, { id, utcMs: Date.parse(time), act, purpose, text, pol });
  }
  return [...said.values()].sort((a, b) => a.utcMs - b.utcMs);
}

/** Each once: what was about them alone is in both. */
function withLooks(own: readonly LookLine[], more: readonly LookLine[]): readonly LookLine[] {
  const known = new Set(own.map(({ utcMs }) => utcMs));
  return [...own, ...more.filter(({ utcMs }) => !known.has(utcMs))].sort((a, b) => a.utcMs - b.utcMs);
}

function looksIn(records: readonly RecordEvent[], sub: PersonId): readonly LookLine[] {
  return records.flatMap(({ type, time, data }) => {
    if (type !== "dev.lintel.audit.v1") return [];
    const { sub: about, by, role, reason, act } = data as AuditData;
    return about === sub ? [{ utcMs: Date.parse(time), role: role ?? by, why: reason ?? act }] : [];
  });
}
