import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { v7 } from "uuid";
import { noRecordHash } from "../../../kiosk/core/chain.ts";
import { type JwsTyp, type Signer, signJws } from "../../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../../kiosk/core/kid.ts";
import type { Journal, StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../../kiosk/core/ports/senses.ts";
import { type GenesisData, isBefore, type Position, type RecordBody, sourceOf } from "../../../kiosk/core/record.ts";
import { utcText } from "../../../kiosk/core/time.ts";
import { wrap } from "../../../kiosk/uplink/contract/envelope.ts";
import type { SignedEvent } from "../../../kiosk/uplink/contract/wire.ts";
import type { Pace } from "../../../kiosk/uplink/pace.ts";

/** What the uplink's tests share: a device, a journal that lives in memory, a clock, and patience with an end. */

export const identity = { tenant: "acme", site: "blr-01", device: "k7f3q9m2xw4t8v6p1r5s0" };

export interface TestKey {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  readonly privateKey: KeyObject;
}

function keyFrom(privateKey: KeyObject): TestKey {
  const publicKey = createPublicKey(privateKey);
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const kid = kidOf({ kty, crv, x });
  const signer: Signer = { kid, alg: "EdDSA", publicKey, sign: (input) => sign(null, Buffer.from(input), privateKey) };
  return { signer, jwk: { kty, crv, x }, privateKey };
}

export const newKey = (): TestKey => keyFrom(generateKeyPairSync("ed25519").privateKey);

export const keyFromSeed = (seedHex: string): TestKey =>
  keyFrom(
    createPrivateKey({
      key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seedHex, "hex")]),
      format: "der",
      type: "pkcs8",
    }),
  );

export const realClock: Clock = {
  now: () => ({ utcMs: Date.now(), monoMs: performance.now() }),
  quality: () => ({ source: "ntp", errorMs: 20, ageS: 60 }),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
};

const bootBody: RecordBody = { type: "boot", data: { boot: 1, fw: "0.1.0" } };

export interface SmallJournal extends Journal {
  readonly records: readonly StoredRecord[];
  /** Appends `count` records at once, without waiting. */
  readonly grow: (count: number) => void;
  /** A new epoch begins: its first record is number 0. With `data` it is a genesis, and what it declares lost is gone. */
  readonly newEpoch: (data?: Pick<GenesisData, "prev" | "lost">) => void;
}

/** Chained and signed like the real one, and forgotten with the process. */
export function smallJournal(key: TestKey, who = identity): SmallJournal {
  const records: StoredRecord[] = [];
  const cursors = new Map<string, Position>();
  let epoch = 1;
  const add = (body: RecordBody) => {
    const last = records.at(-1);
    const isFirst = last === undefined || last.epoch !== epoch;
    const event = {
      specversion: "1.0" as const,
      id: v7(),
      source: sourceOf(who),
      type: `dev.lintel.${body.type}.v1` as const,
      time: utcText(Date.now()),
      epoch,
      seq: isFirst ? 0 : last.seq + 1,
      prev: isFirst ? noRecordHash : last.rh,
      data: body.data,
    };
    const { jws, rh } = signJws("lintel-rec+jws", JSON.stringify(event), key.signer);
    const stored: StoredRecord = { epoch, seq: event.seq, rh, jws, type: event.type, id: event.id };
    records.push(stored);
    return { event, stored };
  };
  add(bootBody);
  const cursor = (receiver: string): Position => cursors.get(receiver) ?? { epoch: 0, seq: -1 };
  const after = (position: Position) => records.filter((record) => isBefore(position, record));
  return {
    records,
    notice: null,
    grow: (count) => {
      for (let n = 0; n < count; n += 1) add(bootBody);
    },
    newEpoch: (data) => {
      epoch += 1;
      if (data === undefined) {
        add(bootBody);
        return;
      }
      const keys = [{ kid: key.signer.kid, alg: "EdDSA", use: "rec" as const }];
      add({ type: "genesis", data: { reason: "truncated", ticket: null, fw: "0.1.0", keys, ...data } });
      const isLost = ({ epoch: of, seq }: Position) =>
        data.lost !== undefined && of === data.prev.epoch && data.lost[0] <= seq && seq <= data.lost[1];
      records.splice(0, records.length, ...records.filter((record) => !isLost(record)));
    },
    head: () => records.at(-1) as StoredRecord,
    append: async (body) => add(body),
    probe: async () => {},
    read: (position, limit) => after(position).slice(0, limit),
    at: ({ epoch, seq }) => records.find((record) => record.epoch === epoch && record.seq === seq),
    pressing: (position) => after(position).filter(({ type }) => type.includes("alert")),
    recall: () => [],
    cursor,
    moveCursor: (receiver, to) => {
      if (isBefore(cursor(receiver), to)) cursors.set(receiver, to);
    },
    waiting: (receiver) => after(cursor(receiver)).length,
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Everything the protocol waits for, in the time of a test. */
export const quick: Partial<Pace> = {
  backoff: { baseMs: 40, capMs: 200 },
  syncAgainMs: 400,
  drainAnywayMs: 1500,
  stallSyncMs: 700,
  rewindMs: 3000,
  missGraceMs: 150,
  tickMs: 25,
};

/** W of an event of ours, signed by `key`. */
export const signedWire = (typ: JwsTyp, event: SignedEvent, key: TestKey): Uint8Array =>
  wrap(signJws(typ, JSON.stringify(event), key.signer).jws, event);

/** Polls until it is true; says what did not happen if it never is. */
export async function until(what: string, isTrue: () => boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`never happened within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}
