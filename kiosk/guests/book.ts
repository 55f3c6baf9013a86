import { randomBytes, randomInt } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { firstAt } from "../core/guests/hour.ts";
import {
  type GuestsAnswer,
  type GuestsPolicy,
  type GuestsWish,
  type Invite,
  usualGuests,
  type Visit,
} from "../core/guests/types.ts";
import type { Keepsakes } from "../core/keepsake.ts";
import type { OrderHandlers } from "../core/orders.ts";
import { type PersonId, personId } from "../core/person.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import { dayMs } from "../core/retention.ts";
import type { Vault } from "../core/vault.ts";
import { type KeptVisit, openVisits, type Visits } from "../store/visits.ts";
import { follow, takeBack } from "./acts.ts";
import { keepsakesOf } from "./keepsakes.ts";
import { guestOrders } from "./orders.ts";
import { catchUp } from "./recall.ts";

/**
 * Who visits: sealed here, one key per visit. The journal says what happened and the book who it was, so after a crash the
 * book follows the journal, and nobody is lost or here twice.
 */

export interface GuestBookOptions {
  readonly vault: Vault;
  readonly journal: Pick<Journal, "head" | "read">;
  readonly clock: Pick<Clock, "now">;
  readonly timeZone: string;
  /** Null: visitors are not received here (any more); what is kept of them goes all the same. */
  readonly policy: GuestsPolicy | null;
  /** For the holder of the tenant's key for visitors; null: nobody reads names but this clock. */
  readonly seal: ((content: string) => Promise<string>) | null;
  /** Tells the station, as event `counter`. */
  readonly told: (answer: GuestsAnswer) => void;
}

export interface GuestBook {
  readonly wish: (wish: GuestsWish) => Promise<GuestsAnswer>;
  readonly orders: OrderHandlers;
  readonly keepsakes: Keepsakes;
  /** Tells the station all that is not over; once, when it listens. */
  readonly begin: () => Promise<void>;
  /** Everybody of whom a visit or an invitation is kept. */
  readonly subjects: () => readonly PersonId[];
  /** Somebody was erased, or is to be: their key goes, and the wall forgets them. */
  readonly forget: (v: PersonId) => Promise<void>;
  /** Who is on site, by name: for an emergency. */
  readonly here: () => Promise<readonly { readonly name: string; readonly sinceUtcMs: number }[]>;
  /** Visits that did not open, as sentences for the log. */
  readonly faults: readonly Fault[];
}

/** More than come to one door; an attack on the disk ends here. */
const openMost = 500;

/** @throws Fault `disk-full`, `state-unwritable`. */
export async function openGuestBook(options: GuestBookOptions): Promise<GuestBook> {
  const { vault, journal, clock, timeZone, policy, seal, told } = options;
  const visits = await openVisits({ vault });
  const { days, autoOutAt } = policy ?? usualGuests;
  const times = (atUtcMs: number) => ({
    madeUtcMs: atUtcMs,
    dueUtcMs: firstAt(autoOutAt, atUtcMs, timeZone),
    expUtcMs: atUtcMs + days * dayMs,
  });
  const fresh = () => ({ number: freshNumber(visits), token: randomBytes(16).toString("base64url") });
  await catchUp({ visits, journal, blank: (v) => ({ ...blankVisit(v), ...times(clock.now().utcMs), ...fresh() }) });

  let last: Promise<unknown> = Promise.resolve();
  /** Two wishes about one visit must not overtake each other. */
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const invites = (): readonly Invite[] => visits.all().flatMap(inviteIn);
  const tellInvites = (): void => told({ of: "guests", is: "invites", invites: invites() });

  const open = async (wish: Extract<GuestsWish, { is: "open" }>): Promise<GuestsAnswer> => {
    if (policy === null) throw new Fault("not-here", "no visitors are received here", "Ask at the reception.");
    if (visits.all().filter(isOpen).length >= openMost) {
      throw new Fault(
        "visitors-full",
        `${openMost} visitors are here already`,
        "Ask the office to sign some of them out.",
      );
    }
    const { name, contact, host, invite, mustAsk, atUtcMs } = wish;
    const v = invite?.v ?? newVisitor();
    const expected = visits.of(v);
    const made: KeptVisit = {
      ...blankVisit(v),
      ...{ host, isInvited: invite !== null, stage: "new", window: expected?.window ?? null },
      ...times(atUtcMs),
      ...fresh(),
      after: positionOf(journal),
    };
    await visits.make(made, { name, contact });
    const said = { v, name, ...(contact !== "" && { contact }), host, at: new Date(atUtcMs).toISOString() };
    const pii = seal === null ? null : await seal(JSON.stringify(said));
    const visit = visitIn(made, name);
    return { of: "guests", is: "opened", visit, first: invite !== null && !mustAsk ? "in" : "asked", pii };
  };

  const forgetOpen = async (v: PersonId): Promise<void> => {
    const visit = visits.of(v);
    if (visit === null) return;
    if (visit.stage !== "new") return follow(visits, visit, "declined", clock.now().utcMs);
    await takeBack(visits, visit);
    tellInvites();
  };

  const grant = async (wish: GuestsWish): Promise<GuestsAnswer> => {
    switch (wish.is) {
      case "open":
        return open(wish);
      case "forget":
        await forgetOpen(wish.v);
        return { of: "guests", is: "noted", v: wish.v, act: "declined" };
      case "note": {
        const { v, act, atUtcMs } = wish;
        const known = visits.of(v);
        if (known !== null) await follow(visits, known, act, atUtcMs);
        return { of: "guests", is: "noted", v, act };
      }
    }
  };

  const forget = async (v: PersonId): Promise<void> => {
    const was = visits.of(v);
    await visits.destroy(v);
    if (was !== null) told({ of: "guests", is: "gone", v });
  };

  return {
    faults: visits.faults,
    wish: (wish) => oneByOne(() => grant(wish)),
    orders: guestOrders({ visits, told, tellInvites, oneByOne, isOn: policy !== null, clock }),
    keepsakes: keepsakesOf(visits, (v) => oneByOne(() => forget(v)), oneByOne),
    subjects: () => visits.all().map(({ v }) => v),
    forget: (v) => oneByOne(() => forget(v)),
    here: async () => {
      const inside = visits.all().filter(({ stage }) => stage === "here");
      const named = inside.map(async ({ v, inUtcMs, madeUtcMs }) => ({
        name: (await visits.callerOf(v)).name,
        sinceUtcMs: inUtcMs ?? madeUtcMs,
      }));
      return Promise.all(named);
    },
    begin: () =>
      oneByOne(async () => {
        const open = visits.all().filter(isOpen);
        const named: Visit[] = [];
        for (const visit of open) named.push(visitIn(visit, (await visits.callerOf(visit.v)).name));
        const used = visits.all().filter(({ isInvited, stage }) => isInvited && stage === "over");
        told({ of: "guests", is: "book", visits: named, invites: invites(), used: used.map(({ v }) => v) });
      }),
  };
}

const isOpen = ({ stage }: KeptVisit): boolean =>
  stage === "asked" || stage === "unanswered" || stage === "here" || stage === "new";

function inviteIn({ v, host, stage, window }: KeptVisit): readonly Invite[] {
  if (window === null || stage === "over") return [];
  const { fromUtcMs, untilUtcMs, code } = window;
  return [{ v, host, fromUtcMs, untilUtcMs, code }];
}

/** As the station knows it. */
function visitIn(visit: KeptVisit, name: string): Visit {
  const { v, host, number, token, stage, isInvited, madeUtcMs, inUtcMs, dueUtcMs, expUtcMs, reply } = visit;
  return {
    ...{ v, name, host, number, token, isInvited, dueUtcMs, expUtcMs, reply },
    stage: stage === "here" || stage === "unanswered" ? stage : "asked",
    isWritten: stage !== "new",
    sinceUtcMs: inUtcMs ?? madeUtcMs,
  };
}

const blankVisit = (v: PersonId): KeptVisit => ({
  ...{ v, host: null, stage: "over", isInvited: false, number: "", token: "" },
  ...{ madeUtcMs: 0, inUtcMs: null, outUtcMs: null, end: null, dueUtcMs: 0, expUtcMs: 0 },
  ...{ window: null, reply: null, after: { epoch: 0, seq: -1 } },
});

const positionOf = (journal: Pick<Journal, "head">) => {
  const { epoch, seq } = journal.head();
  return { epoch, seq };
};

/** Four digits that nobody else has now; no leading zero, which people leave out. */
function freshNumber(visits: Visits): string {
  const taken = new Set(
    visits
      .all()
      .filter(isOpen)
      .map(({ number }) => number),
  );
  for (;;) {
    const number = String(randomInt(1_000, 10_000));
    if (!taken.has(number)) return number;
  }
}

function newVisitor(): PersonId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return personId(`v_${Array.from(randomBytes(20), (byte) => alphabet.charAt(byte % 32)).join("")}`);
}
