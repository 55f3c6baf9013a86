import { randomUUID } from "node:crypto";
import { v7 } from "uuid";
import { type JwsTyp, type Signer, signJws } from "../core/jws.ts";
import type { Clock, Journal } from "../core/ports.ts";
import { type Identity, sourceOf } from "../core/record.ts";
import { utcText } from "../core/time.ts";
import { wrap } from "./contract/envelope.ts";
import type { SignedEvent, StatusEvent, SyncEvent } from "./contract/wire.ts";

/** What the device says about itself in one session: not records, but signed like them. */
export interface Statements {
  readonly status: (state: StatusEvent["data"]["state"]) => Uint8Array;
  readonly sync: () => Uint8Array;
}

export interface Speaker {
  readonly identity: Identity;
  readonly signer: Signer;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Software version. */
  readonly fw: string;
}

/** A new session: a death is only believed for the session of the last birth, so a late one cannot kill a newer birth. */
export function openStatements({ identity, signer, journal, clock, fw }: Speaker, receiver: string): Statements {
  const sess = randomUUID();
  const base = () => ({
    specversion: "1.0" as const,
    id: v7(),
    source: sourceOf(identity),
    time: utcText(clock.now().utcMs),
  });
  const signed = (typ: JwsTyp, event: SignedEvent): Uint8Array =>
    wrap(signJws(typ, JSON.stringify(event), signer).jws, event);
  const stand = () => {
    const { epoch, seq, rh } = journal.head();
    return { sess, ep: epoch, head: { seq, rh } };
  };
  return {
    status: (state) => {
      const { source: src, errorMs, ageS } = clock.quality();
      const cursor = journal.cursor(receiver);
      const event: StatusEvent = {
        ...base(),
        type: "dev.lintel.status.v1",
        data: {
          state,
          ...stand(),
          cur: { [receiver]: [cursor.epoch, cursor.seq] },
          backlog: journal.waiting(receiver),
          fw,
          clock: { src, err: whole(errorMs), age: whole(ageS) },
          cap: ["rec", "sync"],
        },
      };
      return signed("lintel-sta+jws", event);
    },
    sync: () => {
      const event: SyncEvent = { ...base(), type: "dev.lintel.sync.v1", data: stand() };
      return signed("lintel-req+jws", event);
    },
  };
}

/** A clock that was never set claims no bound; signed bodies know integers only. */
const whole = (value: number): number => Math.ceil(Math.min(Math.max(value, 0), 2 ** 31 - 1));
