import { admit } from "../core/admit.ts";
import type { DeskAnswer, DeskRequest } from "../core/desk.ts";
import { type Duty, duties, isOfGate } from "../core/duties.ts";
import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clerk, Worker } from "../core/ports/wall.ts";
import type { AuditData } from "../core/record.ts";
import { type Actor, actorIn } from "../core/roles.ts";
import type { OwnerProof } from "../store/owner-proof.ts";
import { actorOf, createFrontDesk, type FrontDeskRooms } from "./front-desk.ts";

export interface GateOptions extends Omit<FrontDeskRooms, "write" | "deny"> {
  readonly worker: Worker;
  readonly owner: OwnerProof;
  readonly journal: Pick<Journal, "append">;
  /** A demo's clock needs no operator until it has one. */
  readonly isDemo: boolean;
  /** The clock is locked: it takes in nobody, and gives out nothing of anybody. */
  readonly isLocked: () => boolean;
  /** What is kept of somebody, in counts and codes: for before and after. */
  readonly standing: (sub: PersonId) => string;
}

/** Refusals are records as well; a hostile program must not fill the journal with them. */
const denialsPerMinute = 6;

/**
 * The gate before the desk: who asks, may they, and a signed record of it before anything is shown or done. Where the
 * record cannot be written, nothing is shown and nothing is done.
 */
export function createGate(options: GateOptions): Clerk {
  const { worker, operators, sessions, owner, journal, clock, snapshots, standing } = options;
  let denials: readonly number[] = [];

  const write = async (data: AuditData) => (await journal.append({ type: "audit", data }, clock.now())).event;

  const deny = async (actor: Actor, detail: string, fault: Fault): Promise<never> => {
    const { monoMs } = clock.now();
    denials = denials.filter((atMs) => monoMs - atMs < 60_000);
    if (denials.length >= denialsPerMinute) {
      throw new Fault("operator-refused", "too much was refused here", "Wait a minute, then try once more.");
    }
    denials = [...denials, monoMs];
    await write({ act: "denied", sub: null, ...actorIn(actor), detail });
    throw fault;
  };

  const frontDesk = createFrontDesk({ ...options, write, deny });

  const subjectOf = (request: DeskRequest): PersonId | null => {
    if ("person" in request) return request.person;
    if (request.ask === "snapshot-open") {
      return snapshots?.list(null).find(({ snapshot }) => snapshot === request.snapshot)?.person ?? null;
    }
    if (request.ask === "hold-set") return request.hold.sub;
    return "wish" in request && "person" in request.wish ? request.wish.person : null;
  };

  /** Announces, has it done, and says how it came out. */
  const traced = async (
    request: DeskRequest,
    { trace, act }: Duty,
    actors: readonly [Actor, ...Actor[]],
    answer: () => Promise<DeskAnswer>,
  ): Promise<DeskAnswer> => {
    if (trace === "none") return answer();
    const sub = subjectOf(request);
    const before = trace === "change" && sub !== null ? { before: standing(sub) } : {};
    const detail = detailOf(request);
    let ref = "";
    for (const actor of actors) ref = (await write({ act, sub, ...actorIn(actor), detail, ...before })).id;
    if (trace === "look") return answer();
    const close = async (how: string, about: PersonId | null): Promise<void> => {
      const after = about === null ? {} : { after: standing(about) };
      const said = { act, sub: about, ...actorIn(actors[0]), detail: `${detail}: ${how}`, ref, ...before, ...after };
      await write(said).catch((error: unknown) => {
        // It was announced, and it is done or not: a journal that is ill says so by itself.
        if (!(error instanceof Fault)) throw error;
      });
    };
    try {
      const answered = await answer();
      await close("done", "person" in answered ? answered.person : sub);
      return answered;
    } catch (error) {
      if (error instanceof Fault) await close(error.code, sub);
      throw error;
    }
  };

  return async (request, tell, gone, shown) => {
    await frontDesk.noteEnds(sessions.sweep(clock.now()));
    const duty = duties[request.ask];
    const now = clock.now();
    const found = shown.sessions.map((token) => sessions.find(token, now)).filter((one) => one !== null);
    const held = operators.all().flatMap(({ role, x }) => (x === null ? [] : [role]));
    const admitted = admit(duty.need, request.ask === "operator-add", {
      sessions: found.map(actorOf),
      isOwner: owner.isShownBy(shown.owner),
      isDemo: options.isDemo && operators.all().length === 0,
      held,
    });
    if (admitted.is === "no") {
      const [first] = found;
      if (first === undefined) throw admitted.fault;
      return deny(actorOf(first), request.ask, admitted.fault);
    }
    const { actors } = admitted;
    const [actor] = actors;
    if (duty.restsWhenLocked && options.isLocked()) return deny(actor, request.ask, locked());
    if (actor.role === "demo") tell({ actedAs: "demo" });
    // Whoever still looks on when their time is over sees no more.
    const over = found.map(({ untilMonoMs }) => AbortSignal.timeout(Math.max(1, Math.ceil(untilMonoMs - now.monoMs))));
    const leave = AbortSignal.any([gone, ...over]);
    return traced(request, duty, actors, () =>
      isOfGate(request) ? frontDesk.answer(request, actors, shown.sessions) : worker(request, tell, leave, actor),
    );
  };
}

const locked = (): Fault =>
  new Fault(
    "clock-locked",
    "this clock is locked: it takes in nobody and gives out nothing of anybody",
    "Whoever locked it by order releases it by order; after its housing was opened, a supervisor looks at it and runs `lintel unlock`.",
  );

/** What a record says was asked for: codes, so that nobody's name comes into it. */
function detailOf(request: DeskRequest): string {
  if (request.ask === "snapshot-open") return `picture ${request.snapshot}`;
  if (request.ask !== "acceptance") return request.ask;
  const { wish } = request;
  return wish.of === "present" ? `present ${wish.species}` : wish.of;
}
