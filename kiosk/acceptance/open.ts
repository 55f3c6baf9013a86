import { createHash } from "node:crypto";
import type { AcceptanceAnswer, AcceptanceFacts, AcceptanceNews, AcceptanceWish } from "../core/acceptance.ts";
import type { Event } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { Policy } from "../core/policy.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { UplinkNews } from "../core/ports/uplink.ts";
import type { Identity } from "../core/record.ts";
import { type Actor, actorIn } from "../core/roles.ts";
import type { Attention } from "../core/sight.ts";
import { measureLight } from "./light.ts";
import { createLoan, type Loan } from "./loan.ts";
import { present } from "./present.ts";
import { createPunches } from "./punches.ts";

export interface AcceptanceRooms {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly policy: Policy;
  readonly journal: Pick<Journal, "append">;
  readonly station: { readonly post: (event: Event) => void; readonly attention: () => Attention };
  readonly forget: () => void;
  readonly uplink: () => UplinkNews;
  readonly random: () => number;
  /** The demo's cable; null where it is a real one. */
  readonly network: { readonly cut: () => void; readonly restore: () => void } | null;
  readonly identity: Identity;
  readonly kid: () => string;
  readonly release: string;
  readonly spaceId: string;
  readonly models: readonly { readonly kind: string; readonly file: string }[];
  readonly weight: (file: string) => Promise<Uint8Array>;
  readonly isSimulated: boolean;
}

/** What a clock lends to the acceptance of its site. Who may ask, and the record before each test, are the gate's. */
export interface Acceptance extends Pick<Loan, "attention" | "post" | "over"> {
  readonly observed: (event: Event) => void;
  readonly answer: (
    wish: AcceptanceWish,
    tell: (news: AcceptanceNews) => void,
    gone: AbortSignal,
    actor: Actor,
  ) => Promise<AcceptanceAnswer>;
}

export function createAcceptance(rooms: AcceptanceRooms): Acceptance {
  const { clock, policy, journal, network, random, uplink } = rooms;
  const loan = createLoan(rooms);
  const punches = createPunches({ clock, uplink });

  const facts = async (actor: Actor): Promise<AcceptanceFacts> => ({
    ...{ by: actor.by, ...rooms.identity, kid: rooms.kid(), place: policy.loc, release: rooms.release },
    ...{ node: process.version, spaceId: rooms.spaceId, ways: policy.ways, receiver: uplink().receiver },
    models: await Promise.all(
      rooms.models.map(async ({ kind, file }) => ({ kind, file, sha256: hashOf(await rooms.weight(file)) })),
    ),
    thresholds: {
      ...{ liveMin: policy.liveMin, liveSure: policy.liveSure, challengeShare: policy.challengeShare },
      ...{ lookMs: policy.lookMs, challengeMs: policy.challengeMs },
    },
    isSimulated: rooms.isSimulated,
    canCut: network !== null,
  });

  const sign = async ({ h, n }: Extract<AcceptanceWish, { of: "sign" }>, actor: Actor): Promise<AcceptanceAnswer> => {
    const data = { act: "acceptance", sub: null, ...actorIn(actor), detail: "report", out: { n, h } } as const;
    const { stored } = await journal.append({ type: "audit", data }, clock.now());
    return { of: "sign", jws: stored.jws, epoch: stored.epoch, seq: stored.seq };
  };

  /** The punch of a test stands in the journal as any other; the record behind it says that it is none of working time. */
  const watch = async (
    wish: Extract<AcceptanceWish, { of: "watch" }>,
    gone: AbortSignal,
    actor: Actor,
  ): Promise<AcceptanceAnswer> => {
    const { person, ...watched } = await punches.watch(wish, gone);
    const { punch } = watched;
    if (punch === null || person === null) return watched;
    const detail = `test punch ${punch.epoch}/${punch.seq}`;
    const data = { act: "acceptance", sub: person, ...actorIn(actor), detail } as const;
    await journal.append({ type: "audit", data }, clock.now());
    return watched;
  };

  const cable = (state: "cut" | "connected"): AcceptanceAnswer => {
    if (network === null) {
      throw new Fault("desk-refused", "this clock's cable is a real one", "Pull it by hand, or plug it in again.");
    }
    (state === "cut" ? network.cut : network.restore)();
    return { of: "network", state };
  };

  return {
    attention: loan.attention,
    post: loan.post,
    over: loan.over,
    observed: punches.observed,
    answer: async (wish, tell, gone, actor) => {
      switch (wish.of) {
        case "begin":
          return facts(actor);
        case "light":
          return measureLight({ loan, clock }, wish.forS, tell, gone);
        case "present":
          return present({ loan, clock, policy, random }, wish.species, tell, gone);
        case "watch":
          return watch(wish, gone, actor);
        case "receipts":
          return punches.receipts(wish.at, wish.forS, gone);
        case "network":
          return cable(wish.state);
        case "sign":
          return sign(wish, actor);
      }
    },
  };
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
