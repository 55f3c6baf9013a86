import { Fault } from "../core/fault.ts";
import type { RetentionClass } from "../core/keepsake.ts";
import type { Order, OrderHandler } from "../core/orders.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { Erasing, Suppressed, Traces } from "../core/ports/forgetting.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { ErasureData, Position, Stays } from "../core/record.ts";
import { absenceOf, templateSetRoot } from "../core/template-set.ts";
import type { Vault } from "../core/vault.ts";

export interface ErasureRooms {
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly people: Pick<People, "templates" | "remove"> & { readonly tracesOf: (id: PersonId) => Promise<Traces> };
  readonly suppressed: Suppressed;
  /** Takes a person out of the gallery: unknown to the very next frame. Nothing where no engine runs. */
  readonly withdraw: (sub: PersonId) => Promise<void>;
  readonly roster: {
    /** How many items are about this person. */
    readonly count: (sub: PersonId) => Promise<number>;
    readonly forget: (sub: PersonId) => Promise<number>;
    /** Over all items, base64url. */
    readonly root: () => string;
  };
  /** The people changed: whoever keeps a list of them needs a new one. */
  readonly changed: () => void;
  readonly clock: Pick<Clock, "now">;
  /** Sealed pieces of everybody. Without it there are none. */
  readonly vault?: Pick<Vault, "pieces" | "destroy">;
  /** They are on the list now: an enrolment of theirs that goes on ends here, and keeps nothing. */
  readonly interrupt?: (sub: PersonId) => void;
  /** Pictures and whatever else is kept of people, in a place of its own. */
  readonly elsewhere?: readonly Elsewhere[];
  /**
   * A legal hold keeps things of this class until its end; then `resume` forgets those too. Sealed pieces are of class
   * `person`, a visitor's `visitor`. Default: none does.
   */
  readonly isHeld?: (cls: RetentionClass, sub: PersonId) => boolean;
  /** What stays of them all the same, for the certificate. */
  readonly stays?: (sub: PersonId) => readonly Stays[];
  /** Replaces the device's key: what a disk or a backup still has of their own key is noise before it is proved. */
  readonly rekey?: () => Promise<void>;
  /** What vouches for the device's key, and when it was changed last, RFC 3339. */
  readonly sealing?: () => { readonly assure: ErasureData["assure"]; readonly rotated: string | null };
}

/** A place that keeps things of people. */
export interface Elsewhere {
  /** How the certificate counts them: `snapshot`, `pin`. */
  readonly what: string;
  /** Null: no hold can keep it. */
  readonly cls: RetentionClass | null;
  /** Of whom there is something. */
  readonly subjects: () => readonly PersonId[];
  readonly count: (sub: PersonId) => number;
  /** Nothing to forget is no trouble. */
  readonly forget: (sub: PersonId) => Promise<unknown>;
}

export interface Erased {
  readonly data: ErasureData;
  /** Where the proof stands. */
  readonly at: Position;
}

export interface Erasure {
  /**
   * Forgets one person: their face, name, cards, roster item and the key of their files, for good, and proves it by a
   * signed record. Their punches stay: they are wages, and name nobody. Doing it again is the same as doing it once.
   *
   * @param order id of the order, which gets one record however often it comes; null where somebody asked at the clock.
   * @throws Fault what the stores throw: what was begun goes on at the next start, and they are unknown here already.
   */
  readonly erase: (sub: PersonId, order: string | null) => Promise<Erased>;
  /**
   * Ends what a crash cut short, and forgets anew whoever an older copy of the disk brought back. To be called once the
   * rooms are open, and when a hold has ended. @returns how many there were.
   */
  readonly resume: () => Promise<number>;
  /** `erase.subject` and `erase.visitor`. */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
}

/** Everything that a clock keeps of somebody. An order may name these, and must then name all that are kept here. */
const classes: readonly string[] = ["template", "frame", "roster", "card", "name"];
/** They may name these too. */
const more: readonly string[] = ["piece", "snapshot", "pin"];

export function openErasure(rooms: ErasureRooms): Erasure {
  const { journal, people, suppressed, withdraw, roster, changed, clock, vault } = rooms;
  const isHeld = (cls: RetentionClass, sub: PersonId): boolean => rooms.isHeld?.(cls, sub) ?? false;
  const arePiecesHeld = (sub: PersonId): boolean => isHeld(sub.startsWith("v_") ? "visitor" : "person", sub);
  const elsewhere = rooms.elsewhere ?? [];
  const goingElsewhere = (sub: PersonId): readonly Elsewhere[] =>
    elsewhere.filter(({ cls }) => cls === null || !isHeld(cls, sub));
  /** What is sealed of them besides their own file. */
  const piecesOf = (sub: PersonId): number => vault?.pieces(sub).filter((piece) => piece !== "person").length ?? 0;
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  const begin = async (sub: PersonId, cmd: string | null): Promise<Erasing> => {
    const { template, name, card, files } = await people.tracesOf(sub);
    const sealed = piecesOf(sub);
    const stay = arePiecesHeld(sub) ? sealed : 0;
    const counts = {
      ...{ template, roster: await roster.count(sub), card, name },
      ...(vault && { piece: sealed - stay }),
      ...Object.fromEntries(goingElsewhere(sub).map(({ what, count }) => [what, count(sub)])),
    };
    const { epoch, seq } = journal.head();
    const dek = stay === 0 && files + sealed > 0 ? "destroyed" : "none";
    return suppressed.begin({ sub, cmd, since: { epoch, seq }, counts, dek });
  };

  const forget = async (sub: PersonId): Promise<void> => {
    rooms.interrupt?.(sub);
    await withdraw(sub);
    // The key first: without it every copy of what it sealed is worthless, wherever that went.
    if (!arePiecesHeld(sub)) await vault?.destroy(sub);
    await people.remove(sub);
    for (const { forget } of goingElsewhere(sub)) await forget(sub);
    await roster.forget(sub);
    // Once more, for a gallery that was being filled meanwhile.
    await withdraw(sub);
    changed();
  };

  const prove = async ({ sub, cmd, counts, dek }: Erasing): Promise<Erased> => {
    const faces = people.templates().map(({ person }) => person);
    const { assure, rotated } = rooms.sealing?.() ?? { assure: "software", rotated: null };
    const data: ErasureData = {
      ...{ cmd, sub, counts, dek, assure },
      kek_rot: rotated,
      tpl_root: templateSetRoot(faces),
      ros_root: roster.root(),
      nonmember: absenceOf(faces, sub),
      sup_v: suppressed.version(),
      ...(rooms.stays && { kept: rooms.stays(sub) }),
    };
    const { stored } = await journal.append({ type: "erasure", data }, clock.now());
    return { data, at: { epoch: stored.epoch, seq: stored.seq } };
  };

  const carryOut = async (erasing: Erasing): Promise<Erased> => {
    await forget(erasing.sub);
    await rooms.rekey?.();
    const erased = proofOf(erasing, journal) ?? (await prove(erasing));
    await suppressed.finish(erasing, erased.at);
    return erased;
  };

  const erase: Erasure["erase"] = (sub, cmd) =>
    oneByOne(async () => {
      const at = cmd === null ? null : suppressed.done(sub, cmd);
      const before = at && proofOf({ sub, cmd, since: { ...at, seq: at.seq - 1 } }, journal);
      return before ?? carryOut(await begin(sub, cmd));
    });

  const ordered =
    (isVisitor: boolean): OrderHandler =>
    async (order) => {
      const { data, at } = await erase(subjectOf(order, isVisitor), order.id);
      const count = Object.values(data.counts).reduce((sum, one) => sum + one, 0);
      return { detail: `forgotten, ${count} items`, out: `${at.epoch}/${at.seq}` };
    };

  return {
    erase,
    resume: () =>
      oneByOne(async () => {
        const pending = suppressed.pending();
        for (const erasing of pending) await carryOut(erasing);
        let count = pending.length;
        const there = elsewhere.map(({ cls, subjects }) => ({ cls, subs: new Set(subjects()) }));
        for (const sub of suppressed.all()) {
          const sealed = arePiecesHeld(sub) ? 0 : piecesOf(sub);
          const isElsewhere = there.some(({ cls, subs }) => subs.has(sub) && (cls === null || !isHeld(cls, sub)));
          if (!isElsewhere && sealed === 0 && (await people.tracesOf(sub)).files === 0) continue;
          await carryOut(await begin(sub, null));
          count += 1;
        }
        return count;
      }),
    handlers: [
      ["erase.subject", ordered(false)],
      ["erase.visitor", ordered(true)],
    ],
  };
}

/** The record of an erasure that was begun, where a crash came after it. */
function proofOf(
  { sub, cmd, since }: Pick<Erasing, "sub" | "cmd" | "since">,
  journal: Pick<Journal, "read">,
): Erased | null {
  for (let from = since; ; ) {
    const records = journal.read(from, 256);
    for (const { type, jws, epoch, seq } of records) {
      const data = type === "erasure" ? erasureIn(jws) : null;
      if (data?.sub === sub && data.cmd === cmd) return { data, at: { epoch, seq } };
    }
    const end = records.at(-1);
    if (end === undefined) return null;
    from = { epoch: end.epoch, seq: end.seq };
  }
}

/** Everybody of whose erasure the journal tells: what a damaged list is made again of. */
export function erasedIn(journal: Pick<Journal, "read">): readonly PersonId[] {
  const found = new Set<PersonId>();
  for (let from: Position = { epoch: 0, seq: -1 }; ; ) {
    const records = journal.read(from, 256);
    for (const { type, jws } of records) if (type === "erasure") found.add(erasureIn(jws).sub);
    const end = records.at(-1);
    if (end === undefined) return [...found];
    from = { epoch: end.epoch, seq: end.seq };
  }
}

/** Of a record that we wrote ourselves. */
function erasureIn(jws: string): ErasureData {
  const [, payload = ""] = jws.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).data;
}

/** @throws Fault `order-refused` */
function subjectOf({ args }: Order, isVisitor: boolean): PersonId {
  const { sub, classes: named } = args;
  if (typeof sub !== "string" || !isPersonId(sub)) throw unusable("the order names nobody", "Name the person as sub.");
  if (isVisitor && !sub.startsWith("v_"))
    throw unusable("the order names no visitor", "Name a visitor, v_ and 20 more.");
  if (named === undefined) return sub;
  const isWhole = Array.isArray(named) && classes.every((one) => one === "frame" || named.includes(one));
  if (isWhole && named.every((one) => classes.includes(one) || more.includes(one))) return sub;
  const remedy = "Leave out classes, or name template, roster, card and name; a face alone is withdrawn at the clock.";
  throw unusable("this clock forgets a person whole or not at all", remedy);
}

const unusable = (message: string, remedy: string): Fault => new Fault("order-refused", message, remedy);
