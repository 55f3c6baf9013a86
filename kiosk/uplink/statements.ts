import { randomUUID } from "node:crypto";
import { v7 } from "uuid";
import { type JwsTyp, type Signer, signJws } from "../core/jws.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import { type Identity, isBefore, type Position, sourceOf } from "../core/record.ts";
import { utcText } from "../core/time.ts";
import { eventOfOwn, wrap } from "./contract/envelope.ts";
import type { SignedEvent, StatusEvent, SyncEvent } from "./contract/wire.ts";

/** What the device says about itself in one session: not records, but signed like them. */
export interface Statements {
  readonly status: (state: StatusEvent["data"]["state"], receipts: Receipts) => Uint8Array;
  /** "Tell me how far you have got", and a nonce that only a fresh answer can carry. */
  readonly sync: () => { readonly bytes: Uint8Array; readonly n: string };
  /** Changes when something changed that is worth a status of its own. */
  readonly mark: (receipts: Receipts) => string;
}

/** `stalled`: the broker confirmed what the receiver has not receipted for long. */
export type Receipts = "ok" | "stalled";

export interface Speaker {
  readonly identity: Identity;
  readonly signer: Signer;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Software version. */
  readonly fw: string;
  /** What others in the house know and a status tells; asked whenever one is made, so it must be cheap. */
  readonly condition?: () => Condition;
}

/** Percent of the disk, thousandths of a degree, codes of camera, reader and lock, versions that hold. Never a name. */
export type Condition = Partial<
  Pick<StatusEvent["data"], "disk" | "temp" | "cam" | "lock" | "rdr" | "cfg" | "ros" | "tpl" | "trust">
>;

const beforeEverything: Position = { epoch: 0, seq: -1 };

/**
 * A new session: a death is only believed for the session of the last birth, so a late one cannot kill a newer birth.
 *
 * @param receivers names of all who receipt here.
 */
export function openStatements(speaker: Speaker, receivers: readonly string[], caps: readonly string[]): Statements {
  const { signer, journal, clock, fw, condition = () => ({}) } = speaker;
  const sess = randomUUID();
  const base = () => headOf(speaker);
  const signed = (typ: JwsTyp, event: SignedEvent): Uint8Array => signedBy(speaker, typ, event);
  const stand = () => {
    const { epoch, seq, rh } = journal.head();
    return { sess, ep: epoch, head: { seq, rh } };
  };
  return {
    status: (state, receipts) => {
      const { source: src, errorMs, ageS } = clock.quality();
      const cursors = receivers.map((name) => [name, journal.cursor(name)] as const);
      const event: StatusEvent = {
        ...base(),
        type: "dev.lintel.status.v1",
        data: {
          state,
          ...stand(),
          low: lowOf(journal),
          cur: Object.fromEntries(cursors.map(([name, { epoch, seq }]) => [name, [epoch, seq]])),
          backlog: Math.max(0, ...receivers.map(journal.waiting)),
          oldest: oldestOwed(
            journal,
            cursors.map(([, cursor]) => cursor),
          ),
          fw,
          kids: { rec: signer.kid },
          clock: { src, err: whole(errorMs), age: whole(ageS) },
          ...condition(),
          receipts,
          ...(process.versions.tz !== undefined && { tzdata: process.versions.tz }),
          nonce: randomUUID(),
          cap: [...caps],
        },
      };
      return signed("lintel-sta+jws", event);
    },
    sync: () => {
      const n = randomUUID();
      const event: SyncEvent = { ...base(), type: "dev.lintel.sync.v1", data: { ...stand(), n } };
      return { bytes: signed("lintel-req+jws", event), n };
    },
    mark: (receipts) => {
      const { disk = 0, temp: _, ...others }: Condition = condition();
      const { source } = clock.quality();
      // A disk fills all the time; every tenth of it is news.
      return JSON.stringify([receipts, signer.kid, source, journal.head().epoch, Math.floor(disk / 10), others]);
    },
  };
}

/** Something else that a device asks for: the type says what. */
export function requestOf(speaker: Voice, type: string, data: Readonly<Record<string, unknown>>): Uint8Array {
  return signedBy(speaker, "lintel-req+jws", { ...headOf(speaker), type, data });
}

/** As much of a speaker as a signature needs. */
type Voice = Pick<Speaker, "identity" | "signer" | "clock">;

const headOf = ({ identity, clock }: Voice) => ({
  specversion: "1.0" as const,
  id: v7(),
  source: sourceOf(identity),
  time: utcText(clock.now().utcMs),
});

const signedBy = ({ signer }: Voice, typ: JwsTyp, event: SignedEvent): Uint8Array =>
  wrap(signJws(typ, JSON.stringify(event), signer).jws, event);

/** The oldest number of the newest epoch that can still be sent, after its genesis: that one always stays. */
function lowOf(journal: Journal): number {
  const { epoch } = journal.head();
  const [, second] = journal.read({ epoch, seq: -1 }, 2);
  return second === undefined || second.seq === 1 ? 0 : second.seq;
}

/** When the oldest record was made that somebody has not receipted. */
function oldestOwed(journal: Journal, cursors: readonly Position[]): string | null {
  const [first = beforeEverything] = cursors.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
  const [record] = journal.read(first, 1);
  return record === undefined ? null : eventOfOwn(record.jws).time;
}

/** A clock that was never set claims no bound; signed bodies know integers only. */
const whole = (value: number): number => Math.ceil(Math.min(Math.max(value, 0), 2 ** 31 - 1));
