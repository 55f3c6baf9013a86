import { createHash } from "node:crypto";
import {
  type AuditFound,
  type DeskAnswer,
  type DisclosedAtDesk,
  type GateRequest,
  type OperatorCard,
  type SessionBegun,
  sessionText,
} from "../core/desk.ts";
import { Fault } from "../core/fault.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { AuditData, RecordEvent } from "../core/record.ts";
import { type Actor, actorIn, nobody } from "../core/roles.ts";
import type { Operator, Operators } from "../store/operators.ts";
import type { Ended, Session, Sessions } from "../store/sessions.ts";
import type { Snapshots } from "../store/snapshots.ts";
import type { Disclosing } from "./disclosing.ts";
import type { Trail } from "./trail.ts";

/** What is asked about those who act here and of what they did. */

export interface FrontDeskRooms {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly trail: Pick<Trail, "find">;
  readonly disclosing: Disclosing;
  readonly clock: Pick<Clock, "now">;
  /** The clock's own name: what is signed for one clock is nothing to another. */
  readonly device: string;
  /** Null where no pictures are kept. */
  readonly snapshots: Pick<Snapshots, "list" | "sealed"> | null;
  readonly write: (data: AuditData) => Promise<RecordEvent>;
  /** Somebody showed what is not so: a record of it, then the fault. */
  readonly deny: (actor: Actor, detail: string, fault: Fault) => Promise<never>;
}

export interface FrontDesk {
  /** @param tokens of the sessions that came with it. */
  readonly answer: (
    request: GateRequest,
    actors: readonly [Actor, ...Actor[]],
    tokens: readonly string[],
  ) => Promise<DeskAnswer>;
  /** Ends that the journal does not take now are written with the next that it takes. */
  readonly noteEnds: (ended: readonly Ended[]) => Promise<void>;
}

/** Lines of one answer. */
const linesMax = 2_000;

type Asked<K extends GateRequest["ask"]> = Extract<GateRequest, { readonly ask: K }>;

export function createFrontDesk(rooms: FrontDeskRooms): FrontDesk {
  const { operators, sessions, trail, disclosing, clock, device, snapshots, write, deny } = rooms;

  const unwritten: Ended[] = [];
  const noteEnds = async (ended: readonly Ended[]): Promise<void> => {
    unwritten.push(...ended);
    for (let next = unwritten.shift(); next !== undefined; next = unwritten.shift()) {
      const { session, why } = next;
      try {
        await write({ act: "session-end", sub: null, ...actorIn(actorOf(session)), detail: endings[why] });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        // It has ended in any case; whoever asks for something next hears of the journal.
        unwritten.unshift(next);
        return;
      }
    }
  };

  const begin = async (asked: Asked<"session-begin">): Promise<SessionBegun> => {
    const now = clock.now();
    const isFresh = sessions.spend(asked.challenge, now);
    const text = sessionText({ challenge: asked.challenge, device }, asked);
    const operator = operators.signed(asked.operator, text, asked.sig);
    if (!isFresh || operator === null) return deny(nobody, "session-begin", notTheirs());
    const { reason, ticket, minutes } = asked;
    const session: Session = {
      ...{ operator: operator.id, role: operator.role, reason, ticket, begun: now },
      untilMonoMs: now.monoMs + minutes * 60_000,
    };
    // The record first: a session that no record tells of is worse than a record of one that did not begin.
    await write({ act: "session", sub: null, ...actorIn(actorOf(session)), detail: `${minutes} min` });
    const token = sessions.begin(session);
    if (token === null) throw refusal("too many sessions go on", "End those that are not needed.");
    return { token, role: operator.role, untilUtcMs: now.utcMs + minutes * 60_000 };
  };

  const add = async ({ role }: Asked<"operator-add">, actors: readonly Actor[]): Promise<DeskAnswer> => {
    const change = { before: "none", after: role, detail: "somebody may bring a key" };
    for (const actor of actors) await write({ act: "operator", sub: null, ...actorIn(actor), ...change });
    const { operator, secret } = await operators.add(role, clock.now().utcMs);
    return { operator: operator.id, role, secret };
  };

  const enrol = async (asked: Asked<"operator-enrol">): Promise<DeskAnswer> => {
    try {
      const { id, role } = await operators.enrol(asked, clock.now().utcMs);
      const change = { before: "no key", after: "key", detail: "brought a key" };
      await write({ act: "operator", sub: null, by: id, role, ...change });
      return { operator: id, role, is: "enrolled" };
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== "operator-refused") throw error;
      return deny(nobody, "operator-enrol", error);
    }
  };

  const end = async ({ operator }: Asked<"operator-end">, actors: readonly Actor[]): Promise<DeskAnswer> => {
    const before = operators.all().find(({ id }) => id === operator)?.role ?? "none";
    const change = { before, after: "none", detail: operator };
    for (const actor of actors) await write({ act: "operator-end", sub: null, ...actorIn(actor), ...change });
    const { id, role } = await operators.end(operator);
    await noteEnds(sessions.end((session) => session.operator === id, "operator-ended"));
    return { operator: id, role, is: "ended" };
  };

  const audit = async ({ wish, seal }: Asked<"audit">, actor: Actor): Promise<AuditFound> => {
    const about = { sub: wish.person, ...actorIn(actor), detail: "audit" };
    if (!seal) {
      await write({ act: "look", ...about });
      return { ...(await trail.find(wish, linesMax)), manifest: null };
    }
    const found = await trail.find(wish, linesMax);
    const out = { n: found.lines.length, h: manifestHash(found.lines.map(({ jws }) => jws)) };
    const { id, time } = await write({ act: "export", ...about, out });
    const since = { person: null, act: "export", by: null, sinceUtcMs: Date.parse(time) };
    const manifest = (await trail.find(since, linesMax)).lines.find((line) => line.id === id) ?? null;
    return { ...found, manifest };
  };

  const disclose = async ({ wish }: Asked<"disclose">, actor: Actor): Promise<DisclosedAtDesk> => {
    // A demo has no operators, so nobody there has a case either.
    if (actor.role !== "demo" && actor.ticket === null) return deny(actor, "disclose", noCase());
    const disclosed = await disclosing.collect(wish, actor, clock.now().utcMs);
    const detail = `punches ${wish.first} to ${wish.last}`;
    const out = { n: disclosed.records.length, h: manifestHash([...disclosed.records, disclosed.statement]) };
    const written = await write({ act: "export", sub: wish.person, ...actorIn(actor), detail, out });
    const signed = disclosing.tokenAt(written);
    if (signed === null) throw new Fault("desk-refused", "the clock signed no manifest", "Ask once more.");
    return { ...disclosed, signed };
  };

  const open = async (snapshot: string): Promise<DeskAnswer> => {
    const sealed = (await snapshots?.sealed(snapshot)) ?? null;
    if (sealed !== null) return sealed;
    const remedy = "`lintel snapshot list` shows which there are.";
    throw new Fault("snapshot-unusable", "there is no such picture here, or not any more", remedy);
  };

  return {
    noteEnds,
    answer: async (request, actors, tokens) => {
      switch (request.ask) {
        case "operators":
          return { operators: operators.all().map(cardOf) };
        case "operator-add":
          return add(request, actors);
        case "operator-enrol":
          return enrol(request);
        case "operator-end":
          return end(request, actors);
        case "session-challenge":
          return { challenge: sessions.challenge(clock.now()), device };
        case "session-begin":
          return begin(request);
        case "session-end": {
          const ended = tokens.map(sessions.endByToken).filter((one) => one !== null);
          await noteEnds(ended);
          return { ended: ended.length };
        }
        case "audit":
          return audit(request, actors[0]);
        case "disclose":
          return disclose(request, actors[0]);
        case "snapshots":
          return { snapshots: snapshots?.list(request.person) ?? [] };
        case "snapshot-open":
          return open(request.snapshot);
      }
    },
  };
}

/** SHA-256 of records in their order, each with a line's end, base64url. */
export const manifestHash = (records: readonly string[]): string =>
  createHash("sha256")
    .update(records.map((jws) => `${jws}\n`).join(""))
    .digest("base64url");

export const actorOf = ({ operator, role, reason, ticket }: Session): Actor => ({ by: operator, role, reason, ticket });

const endings: Readonly<Record<Ended["why"], string>> = {
  asked: "ended",
  time: "its time was over",
  clock: "the clock was set",
  "operator-ended": "the operator is none any more",
};

const cardOf = ({ id, role, x, sinceMs }: Operator): OperatorCard => ({
  ...{ operator: id, role, hasKey: x !== null, sinceMs },
});

const notTheirs = (): Fault =>
  refusal(
    "no session begins: this is no operator's signature over the question that this clock asked last",
    "Check the key file and its passphrase, and that this clock knows the operator.",
  );

const noCase = (): Fault =>
  refusal(
    "punches of somebody are handed out for a case, and this session names none",
    "Begin it with the number: `lintel session begin --key FILE --reason court-order --ticket CASE-4711`.",
  );

const refusal = (message: string, remedy: string): Fault => new Fault("operator-refused", message, remedy);
