import { randomInt } from "node:crypto";
import type { Acceptance } from "../acceptance/open.ts";
import type { Alarm } from "../alarm.ts";
import type { HashCard } from "../core/card.ts";
import type { ConsentId } from "../core/consent.ts";
import type {
  DeskNews,
  Enrolled,
  EnrolRequest,
  EnrolWish,
  Forgotten,
  InsideCard,
  InstallCard,
  MusterCard,
  PeopleCards,
  SelfcheckFound,
  UplinkCard,
  WallCard,
} from "../core/desk.ts";
import type { EvenWays } from "../core/even-ways.ts";
import type { EnrolOutcome, Event } from "../core/event.ts";
import { Fault, isFault } from "../core/fault.ts";
import { cardOwners, type Person, type PersonId } from "../core/person.ts";
import type { Engine, Enrolment, Template } from "../core/ports/engine.ts";
import type { People } from "../core/ports/people.ts";
import type { UplinkNews } from "../core/ports/uplink.ts";
import type { Worker } from "../core/ports/wall.ts";
import type { AuditData, Position } from "../core/record.ts";
import { type Actor, nobody } from "../core/roles.ts";
import type { EnrolSeen } from "../core/sight.ts";
import type { Lock } from "../lock.ts";
import type { Consents } from "../privacy/consents.ts";
import type { Erasure } from "../privacy/erasure.ts";
import type { Holds } from "../privacy/holds.ts";
import type { RequestOffice } from "../privacy/request-office.ts";
import type { Serving } from "../privacy/serving.ts";
import type { Technician } from "../technician/open.ts";
import { type BadgingRooms, createBadging } from "./badging.ts";
import {
  type EnrolmentConsents,
  type EnrolmentRooms,
  enrol,
  framesOf,
  knownPerson,
  subjectOf,
  type TakeFace,
} from "./enrolment.ts";

export interface ClerkOptions extends Omit<EnrolmentRooms, "people" | "by"> {
  readonly people: Omit<People, keyof AsyncDisposable>;
  /** The clock's own model space: known also while the engine is away. */
  readonly spaceId: string;
  /** Who agreed, and the gate before the matcher. */
  readonly consents: EnrolmentConsents & Pick<Consents, "withdraw" | "forget">;
  readonly post: (event: Event) => void;
  /** The people changed: whoever keeps a list of them needs a new one. */
  readonly changed: () => void;
  readonly uplink: () => UplinkNews;
  /** Numbers that a tool sends are hashed here, and forgotten. */
  readonly hashCard: HashCard;
  readonly readers: BadgingRooms["readers"];
  readonly pins?: BadgingRooms["pins"];
  /** Forgets somebody whole, with a proof. Without it only what is ours is forgotten. */
  readonly erase?: Erasure["erase"];
  /** Whom the camera misses. */
  readonly serving?: Pick<Serving, "worst" | "spread">;
  /** Everybody on site, as the station knows it. */
  readonly muster?: () => MusterCard["lines"];
  /** What only the clock can say of its promises. */
  readonly inside?: () => Promise<InsideCard>;
  /** How long each way in takes. */
  readonly ways?: () => EvenWays;
  /** Whether anybody stands there, and how the rooms are. */
  readonly wall?: () => WallCard;
  readonly alarm?: Pick<Alarm, "order">;
  /** What a technician sees of this clock. */
  readonly technician?: Pick<Technician, "condition" | "attend">;
  /** The tests with which a site is accepted. */
  readonly acceptance?: Pick<Acceptance, "answer">;
  /** The newest punch of the last hours. */
  readonly newestPunch?: () => Position | null;
  /** What people asked for about their own data. */
  readonly office?: RequestOffice;
  readonly lock?: Pick<Lock, "releaseHousing" | "switchCamera">;
  /** Turns all faces by a new key. */
  readonly renew?: () => Promise<void>;
  /** Without it nothing can be held here. */
  readonly holds?: Pick<Holds, "live" | "set" | "lift" | "trust">;
}

/** Does what the desk is asked for. Engine and station come and go: what they have to say enters here. */
export interface ClerkAtWork {
  readonly answer: Worker;
  /** The engine that works now, before its gallery is filled; null when it is gone. */
  readonly lend: (engine: Engine | null) => void;
  /** A guided enrolment of somebody who agreed at the wall, and stands there. */
  readonly enrolAgreed: (person: PersonId, consentId: ConsentId) => Promise<Enrolled>;
  /** How the station's enrolment came out. */
  readonly enrolled: (session: number, outcome: EnrolOutcome) => void;
  readonly saw: (seen: EnrolSeen) => void;
  /** They were erased: an enrolment of theirs ends, and nothing of it is kept. */
  readonly interrupt: (sub: PersonId) => void;
}

/** As many ids as a record has room for. */
const brokenNamed = 16;

/** The guided enrolment that goes on. */
interface Going {
  readonly session: number;
  readonly tell: (news: DeskNews) => void;
  readonly end: (outcome: EnrolOutcome | Fault) => void;
}

export function createClerk(options: ClerkOptions): ClerkAtWork {
  const { journal, people, clock, spaceId, post, changed, readers, hashCard, consents } = options;
  const rooms = { journal, people, clock };
  let engine: Engine | null = null;
  let going: Going | null = null;
  let isBusy = false;
  /** Who is being enrolled. */
  let subject: PersonId | null = null;
  let isErased = false;
  let lastSession = 0;

  const badging = createBadging({
    ...rooms,
    ...{ readers, hashCard, changed, pins: options.pins },
    isEnrolled: (id) => id === subject,
  });

  /** One enrolment at a time: there is one camera, and one who agreed to it. */
  const alone = async <T>(work: (engine: Engine) => Promise<T>): Promise<T> => {
    if (isBusy) throw new Fault("desk-refused", "somebody else is being enrolled", "Try again when they are done.");
    if (engine === null) throw engineAway();
    isBusy = true;
    try {
      return await work(engine);
    } finally {
      isBusy = false;
      subject = null;
      isErased = false;
    }
  };

  const keep = async (
    wish: EnrolWish,
    take: TakeFace,
    gone: AbortSignal,
    { by }: Pick<Actor, "by">,
    agreed: ConsentId | null = null,
  ): Promise<Enrolled> => {
    const about = subjectOf(wish, people.all());
    subject = about.person.id;
    const takeUnlessGone: TakeFace = async (person, consentId) => {
      const taken = await take(person, consentId);
      if (gone.aborted) throw endOf("cancelled");
      if (isErased) throw erasedMeanwhile();
      return taken;
    };
    const enrolled = await enrol(about, takeUnlessGone, { ...rooms, consents, by }, () => engine, agreed);
    changed();
    return enrolled;
  };

  const guided = (
    wish: EnrolWish,
    tell: Going["tell"],
    gone: AbortSignal,
    actor: Pick<Actor, "by">,
    agreed: ConsentId | null = null,
  ): Promise<Enrolled> =>
    alone(async (worker) => {
      lastSession += 1;
      const session = lastSession;
      let begun = false;
      let kept: PersonId | null = null;
      try {
        const enrolled = await keep(
          wish,
          async (person, consentId): Promise<Enrolment> => {
            await worker.beginEnrolment({ session, turn: randomInt(2) === 0 ? "turn-left" : "turn-right" });
            const outcome = outcomeOf(session, tell, gone);
            begun = true;
            post({ kind: "enrol-begin", session, at: clock.now() });
            const how = await outcome;
            if (how !== "ready") throw endOf(how);
            return worker.finishEnrolment(person, consentId, clock.now());
          },
          gone,
          actor,
          agreed,
        );
        kept = enrolled.person;
        return enrolled;
      } finally {
        if (begun) post({ kind: "enrol-end", session, person: kept, at: clock.now() });
      }
    });

  const outcomeOf = async (session: number, tell: Going["tell"], gone: AbortSignal): Promise<EnrolOutcome> => {
    const ended = Promise.withResolvers<EnrolOutcome>();
    const cancel = (): void => ended.resolve("cancelled");
    going = { session, tell, end: (how) => (how instanceof Fault ? ended.reject(how) : ended.resolve(how)) };
    gone.addEventListener("abort", cancel, { once: true });
    if (gone.aborted) cancel();
    try {
      return await ended.promise;
    } finally {
      gone.removeEventListener("abort", cancel);
      going = null;
    }
  };

  const photographs = (
    wish: EnrolWish,
    jpegs: readonly Uint8Array[],
    gone: AbortSignal,
    actor: Actor,
  ): Promise<Enrolled> =>
    alone((worker) =>
      keep(wish, (person, consentId) => worker.enrolPhotographs(person, consentId, jpegs, clock.now()), gone, actor),
    );

  const forget = async (id: PersonId, what: Forgotten["forgotten"], { by }: Actor): Promise<Forgotten> => {
    const person = knownPerson(id, people.all());
    if (id === subject) {
      throw new Fault("desk-refused", "this person is being enrolled", "Cancel that first: it would bring them back.");
    }
    if (what === "everything" && options.erase !== undefined) {
      // The record of who asked; the proof follows.
      const data: AuditData = { act: "erase", sub: id, by, detail: "asked at the desk" };
      await journal.append({ type: "audit", data }, clock.now());
      const { at, data: proof } = await options.erase(id, null);
      return { person: id, forgotten: what, proof: { ...at, kept: proof.kept ?? [] } };
    }
    if (what === "face") await consents.withdraw(id, by);
    else consents.forget(id);
    await takeOut(id);
    await (what === "face" ? people.put(person, null) : people.remove(id));
    if (what === "everything") await options.pins?.remove(id);
    // Once more, for a gallery that was being filled meanwhile.
    await takeOut(id);
    changed();
    const act: AuditData["act"] = what === "face" ? "withdraw" : "erase";
    const detail = what === "face" ? "face forgotten, badges kept" : "face, badges and name forgotten";
    try {
      await journal.append({ type: "audit", data: { act, sub: id, by, detail } }, clock.now());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `${detail}, but the record of it could not be written: ${error.message}`;
      throw new Fault(error.code, message, error.remedy, error);
    }
    return { person: id, forgotten: what };
  };

  const hashed = ({ badges, ...wish }: EnrolRequest): EnrolWish => ({ ...wish, badges: badges.map(hashCard) });

  /** What does not hold is an alarm of its own, so that nobody has to read a number to see it. */
  const noteSelfcheck = async ({ holds, unchecked, broken }: SelfcheckFound): Promise<void> => {
    const by = "selfcheck";
    const named = [...broken.slice(0, brokenNamed), ...(broken.length > brokenNamed ? ["and more"] : [])].join(" ");
    const detail = `${holds} hold, ${broken.length} do not, ${unchecked} cannot be checked here`;
    await journal.append({ type: "audit", data: { act: "selfcheck", sub: null, by, detail } }, clock.now());
    if (broken.length === 0) return;
    const alarm: AuditData = { act: "alarm", sub: null, by, detail: `promises that do not hold: ${named}` };
    await journal.append({ type: "audit", data: alarm }, clock.now());
  };

  /** What was seen before it may be called installed is for the set-up to say; here it is signed. */
  const noteInstall = async (ticket: string | null): Promise<InstallCard> => {
    const found = { punch: options.newestPunch?.() ?? null, receipted: options.uplink().receipted };
    if (ticket === null) return found;
    const detail = "set up from this ticket as far as a receipted punch";
    await journal.append(
      { type: "audit", data: { act: "install", sub: null, by: "provision", detail, ticket } },
      clock.now(),
    );
    return found;
  };

  const holds = (): NonNullable<ClerkOptions["holds"]> => {
    if (options.holds === undefined) throw new Fault("desk-refused", "this clock holds nothing", "Ask another one.");
    return options.holds;
  };

  const office = (): NonNullable<ClerkOptions["office"]> => {
    if (options.office === undefined)
      throw new Fault("desk-refused", "this clock takes no requests", "Ask another one.");
    return options.office;
  };

  /** A dead engine recognises nobody. */
  const takeOut = async (id: PersonId): Promise<void> => {
    await engine?.withdraw(id).catch((error: unknown) => {
      if (!isFault(error, "engine-lost")) throw error;
    });
  };

  return {
    answer: async (request, tell, gone, actor = nobody) => {
      switch (request.ask) {
        case "uplink":
          return uplinkCard(options.uplink());
        case "condition":
          return (options.technician?.condition ?? nowhere)();
        case "technician":
          return (options.technician?.attend ?? nowhere)(request.onWall, tell, gone);
        case "people":
          return cardsOf(people.all(), people.templates(), spaceId);
        case "worst-served":
          return { worst: (options.serving?.worst ?? nowhere)(), spread: (options.serving?.spread ?? nowhere)() };
        case "spread":
          return (options.serving?.spread ?? nowhere)();
        case "enrol":
          return guided(hashed(request.wish), tell, gone, actor);
        case "enrol-photographs":
          return photographs(hashed(request.wish), request.jpegs, gone, actor);
        case "badge":
          return badging.give(request.person, request.card, tell, gone, actor.by);
        case "badge-remove":
          return badging.takeBack(request.person, actor.by);
        case "pin":
          return badging.pin(request.person, request.wish);
        case "pin-remove":
          return badging.pin(request.person, null);
        case "readers":
          return readers.survey();
        case "reader-test":
          return badging.testReaders(request.forS, tell, gone, actor.by);
        case "withdraw":
          return forget(request.person, "face", actor);
        case "remove":
          return forget(request.person, "everything", actor);
        case "muster":
          return { lines: (options.muster ?? nowhere)() };
        case "alert":
          (options.alarm?.order ?? nowhere)(request.act);
          return { noted: "alert" };
        case "acceptance":
          return (options.acceptance?.answer ?? nowhere)(request.wish, tell, gone, actor);
        case "inside":
          return (options.inside ?? nowhere)();
        case "ways":
          return (options.ways ?? nowhere)();
        case "wall":
          return (options.wall ?? nowhere)();
        case "selfcheck":
          await noteSelfcheck(request.found);
          return { noted: "selfcheck" };
        case "install":
          return noteInstall(request.ticket);
        case "requests":
          return { requests: await office().list() };
        case "request-answer":
          return { requests: [await office().answer(request.request, request.state)] };
        case "holds":
          return { holds: holds().live() };
        case "hold-set":
          return { holds: [await holds().set(request.hold, actor.by)] };
        case "hold-lift":
          await holds().lift(request.hold, actor.by);
          return { holds: holds().live() };
        case "hold-trust":
          await holds().trust(actor.by);
          return { holds: holds().live() };
        case "unlock":
          await (options.lock?.releaseHousing ?? nowhere)();
          return { noted: "unlock" };
        case "camera":
          await (options.lock?.switchCamera ?? nowhere)(request.isOn);
          return { noted: "camera" };
        case "renew":
          await (options.renew ?? nowhere)();
          return { noted: "renewal" };
      }
    },
    enrolAgreed: (person, consentId) => {
      const wish: EnrolWish = { person, displayName: null, badges: [], consent: "", alsoLike: [] };
      return guided(wish, () => {}, new AbortController().signal, { by: "self" }, consentId);
    },
    lend: (lent) => {
      engine = lent;
      going?.end(engineAway());
    },
    enrolled: (session, outcome) => {
      if (going?.session === session) going.end(outcome);
    },
    saw: ({ session, state, pose, accepted, needed, problem }) => {
      if (going?.session === session) going.tell({ state, pose, accepted, needed, problem });
    },
    interrupt: (sub) => {
      if (sub !== subject) return;
      isErased = true;
      going?.end(erasedMeanwhile());
    },
  };
}

/** Templates of another model's space are compared with nothing: their people must be enrolled again. */
export const outdatedOf = (templates: readonly Template[], spaceId: string): readonly Template[] =>
  templates.filter((template) => template.spaceId !== spaceId);

function cardsOf(people: readonly Person[], templates: readonly Template[], spaceId: string): PeopleCards {
  const byPerson = new Map(templates.map((template) => [template.person, template]));
  const { shared } = cardOwners(people);
  const outdated = new Set(outdatedOf(templates, spaceId).map(({ person }) => person));
  const cards = people.map(({ id, displayName, badges, lookAlikes }) => {
    const template = byPerson.get(id);
    const { quality = null, source = "camera", createdMs = 0 } = template ?? {};
    return {
      person: id,
      displayName,
      badges: badges.length,
      sharedBadges: badges.filter((badge) => shared.has(badge)).length,
      template: template ? { spaceId: template.spaceId, quality, source, createdMs, frames: framesOf(template) } : null,
      mustEnrolAgain: outdated.has(id),
      lookAlikes,
    };
  });
  return { spaceId, people: cards };
}

function uplinkCard({ online, receiver, waiting, receipted, trouble }: UplinkNews): UplinkCard {
  const told = trouble && { code: trouble.code, message: trouble.message, remedy: trouble.remedy };
  return { online, receiver, waiting, receipted, trouble: told };
}

const nowhere = (): never => {
  throw new Fault("desk-refused", "this clock has no wall for that", "Ask another one.");
};

const erasedMeanwhile = (): Fault =>
  new Fault(
    "person-suppressed",
    "this person was erased while they were being enrolled; nothing was kept",
    "Who agreed anew is enrolled as a new person.",
  );

const engineAway = (): Fault =>
  new Fault(
    "engine-lost",
    "the clock's recognition is not running",
    "Its log says why; a clock without a camera cannot enrol.",
  );

function endOf(outcome: Exclude<EnrolOutcome, "ready">): Fault {
  const sentences = {
    failed: "the movement was not that of a living head, or another face came in between",
    cancelled: "the enrolment was cancelled",
    interrupted: "the clock could not go on with the enrolment",
    "timed-out": "the enrolment took too long",
  } as const;
  const remedy = "Nothing was kept. Begin anew with one person before the clock, close and in good light.";
  return new Fault("enrol-ended", sentences[outcome], remedy);
}
