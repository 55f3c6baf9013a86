import { randomBytes } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { type Hold, holdable, holdDaysMax, isAbout } from "../core/hold.ts";
import type { RetentionClass } from "../core/keepsake.ts";
import type { OrderHandler } from "../core/orders.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { HoldBook } from "../core/ports/forgetting.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { AuditData } from "../core/record.ts";
import { dayMs } from "../core/retention.ts";
import { utcText } from "../core/time.ts";
import { argsOf, readArgs } from "../uplink/orders/args.ts";
import type { Lateness } from "./lateness.ts";

export interface HoldRooms {
  readonly book: HoldBook;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now">;
  readonly lateness: Pick<Lateness, "now">;
}

/** A hold as somebody asks for it. */
export type HoldWish = Omit<Hold, "id">;

/** Legal holds: each has an owner, a reason and an end, and does not outlive it. */
export interface Holds {
  readonly isHeld: (cls: RetentionClass, sub: PersonId | null) => boolean;
  /** Not over, newest last. */
  readonly live: () => readonly Hold[];
  /** Not over, and about this person or everybody. */
  readonly over: (sub: PersonId) => readonly Hold[];
  /** What the journal may not forget: everything from this moment on. */
  readonly journalSinceUtcMs: () => number | null;
  /** @throws Fault `hold-refused` where it has no end, is over, or keeps what is not deleted here. */
  readonly set: (wish: HoldWish, by: string, id?: string) => Promise<Hold>;
  /** @throws Fault `hold-refused` where there is none of that id. */
  readonly lift: (id: string, by: string) => Promise<void>;
  /** Somebody says that no hold is missing. */
  readonly trust: (by: string) => Promise<void>;
  /** Ends those whose time is over. @returns whether any ended since the last time, also by somebody's word. */
  readonly expire: () => Promise<boolean>;
  /** `hold.set` and `hold.lift`. */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
}

export function openHolds({ book, journal, clock, lateness }: HoldRooms): Holds {
  const isOver = ({ untilUtcMs }: Hold): boolean => (lateness.now().utcMs ?? Number.NEGATIVE_INFINITY) >= untilUtcMs;
  const live = (): readonly Hold[] => book.all().filter((hold) => !isOver(hold));
  const record = async (act: AuditData["act"], { sub }: Pick<Hold, "sub">, by: string, detail: string) => {
    await journal.append({ type: "audit", data: { act, sub, by, detail } }, clock.now());
  };
  const known = (id: string): Hold => {
    const hold = book.all().find((one) => one.id === id);
    if (hold === undefined)
      throw refused("there is no hold of this id", "`lintel hold list` shows those that there are.");
    return hold;
  };
  let hasEnded = false;
  const holds: Holds = {
    live,
    isHeld: (cls, sub) => book.isDoubtful() || live().some((hold) => isAbout(hold, cls, sub)),
    over: (sub) => live().filter((hold) => hold.sub === null || hold.sub === sub),
    journalSinceUtcMs: () => {
      if (book.isDoubtful()) return Number.MIN_SAFE_INTEGER;
      const ours = live().filter(({ classes }) => classes.includes("punch") || classes.includes("audit"));
      if (ours.length === 0) return null;
      return Math.min(...ours.map(({ fromUtcMs }) => fromUtcMs ?? Number.MIN_SAFE_INTEGER));
    },
    set: async (wish, by, id = `h_${randomBytes(10).toString("hex")}`) => {
      check(wish, lateness.now().utcMs ?? clock.now().utcMs);
      const hold: Hold = { ...wish, id };
      // What it protects may be due this minute.
      await book.set(hold);
      await record("hold", hold, by, wordsOf(hold));
      return hold;
    },
    lift: async (id, by) => {
      const hold = known(id);
      await record("hold-end", hold, by, `lifted: ${id}`);
      await book.lift(id);
      hasEnded = true;
    },
    trust: async (by) => {
      if (!book.isDoubtful()) return;
      await record("hold", { sub: null }, by, "the holds of the damaged list were set anew, or there were none");
      await book.trust();
      hasEnded = true;
    },
    expire: async () => {
      const ended = book.all().filter(isOver);
      for (const hold of ended) {
        await record("hold-end", hold, "clock", `over: ${hold.id}`);
        await book.lift(hold.id);
      }
      const had = hasEnded || ended.length > 0;
      hasEnded = false;
      return had;
    },
    handlers: [
      [
        "hold.set",
        async (order) => {
          const { sub, classes, from, until, owner, reason } = readArgs(argsOf["hold.set"], order);
          const hold = await holds.set(
            {
              sub: sub !== undefined && isPersonId(sub) ? sub : null,
              classes: classes as readonly RetentionClass[],
              fromUtcMs: from === undefined ? null : Date.parse(from),
              untilUtcMs: Date.parse(until),
              ...{ owner, reason },
            },
            "order",
            order.id,
          );
          return { detail: `held until ${utcText(hold.untilUtcMs)}`, out: hold.id };
        },
      ],
      [
        "hold.lift",
        async (order) => {
          const { hold } = readArgs(argsOf["hold.lift"], order);
          // The same order again finds it lifted.
          if (book.all().some(({ id }) => id === hold)) await holds.lift(hold, "order");
          return {};
        },
      ],
    ],
  };
  return holds;
}

const wordsOf = ({ id, classes, untilUtcMs, owner, reason }: Hold): string =>
  `${id}: ${classes.join(" ")} until ${utcText(untilUtcMs)}, ${reason}, ${owner}`;

/** @throws Fault `hold-refused` */
function check({ classes, fromUtcMs, untilUtcMs, owner, reason }: HoldWish, nowUtcMs: number): void {
  if (!Number.isFinite(untilUtcMs)) throw refused("a hold without an end is none", "Say until when.");
  if (untilUtcMs <= nowUtcMs) throw refused("the end of this hold is over already", "Say a later day.");
  if (untilUtcMs > nowUtcMs + holdDaysMax * dayMs) {
    throw refused(
      `a hold of more than ${holdDaysMax} days`,
      "Say an earlier day, and set it anew if it is still needed.",
    );
  }
  if (owner === "" || reason === "") throw refused("nobody answers for this hold", "Name an owner and a reason.");
  if (fromUtcMs !== null && !Number.isFinite(fromUtcMs)) throw refused("from is no date", "Write it as 2026-11-22.");
  const stray = classes.find((cls) => !holdable.includes(cls));
  if (classes.length === 0 || stray !== undefined) {
    throw refused("this is not deleted here, so it cannot be held", `Name some of ${holdable.join(", ")}.`);
  }
}

const refused = (message: string, remedy: string): Fault => new Fault("hold-refused", message, remedy);
