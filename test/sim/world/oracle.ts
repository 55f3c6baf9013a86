import { gunzipSync } from "node:zlib";
import { longReceiptCode } from "../../../kiosk/core/receipt.ts";
import type { CheckpointData, CmdlogData, GenesisData, Position } from "../../../kiosk/core/record.ts";
import { isBefore } from "../../../kiosk/core/record.ts";

/**
 * What must never be, written a second time and from the outside: it knows only what came through the ports. The names of
 * the invariants are those of docs/uplink.md's promises, I1 to I6, and what follows from them.
 */
export type Invariant =
  /** Thanked and not on the disk, or accepted and gone without a signed word. */
  | "I1 accepted is durable"
  /** The receipt cursor stands where no receiver ever signed. */
  | "I1 only receipts end the duty"
  | "I2 one place, one record"
  | "I2 durable before published"
  | "I3 nothing unreceipted is forgotten"
  | "I4 committed before receipted"
  | "I5 only forward"
  | "I6 no name, no card"
  | "once each in the store"
  | "an order is done once"
  /** Healed, and yet not complete within the time that is promised. */
  | "complete after healing"
  | "a clock stops when asked"
  | "who leaves says so"
  | "no bug";

export interface Violation {
  readonly invariant: Invariant;
  readonly sentence: string;
}

export interface Seen extends Position {
  readonly rh: string;
  readonly jws: string;
  readonly type: string;
}

export interface Store {
  /** What is durable there now. */
  readonly committed: Map<string, string>;
  /** The furthest place of each epoch that was ever receipted. */
  readonly signed: Map<number, number>;
  lost: readonly Range[];
}

export interface Range {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /** Of every epoch before it too, all but the genesis. */
  readonly isForgotten?: true;
}

export interface Oracle {
  readonly violation: () => Violation | null;
  readonly broke: (invariant: Invariant, sentence: string) => void;
  /** It is on the disk. */
  readonly durable: (record: Seen) => void;
  /** A journal was opened: what it holds of what was durable before. */
  readonly opened: (at: (place: Position) => string | undefined) => void;
  /** A person read this code from the screen. */
  readonly thanked: (code: string) => void;
  readonly published: (isRecord: boolean, bytes: Uint8Array) => void;
  readonly cursor: (receiver: string, to: Position) => void;
  /** The disk went back in time, and the cursors with it. */
  readonly diskWentBack: () => void;
  /** The journal dropped what it may forget. */
  readonly pruned: (at: (place: Position) => string | undefined, receivers: readonly string[]) => void;
  readonly committed: (receiver: string, place: Position, jws: string) => void;
  /** The receiver was told that this one is new, and acted on it. */
  readonly acted: (receiver: string, place: Position) => void;
  readonly receipted: (receiver: string, bytes: Uint8Array) => void;
  /** A receiver's store was set back to this. */
  readonly setBack: (receiver: string, records: readonly { readonly place: Position; readonly jws: string }[]) => void;
  /** What a receiver must have and does not; empty where it is complete. */
  readonly lacking: (receiver: string) => readonly string[];
  readonly ordered: (id: string) => void;
  /** The clock carries it out, now. */
  readonly ran: (id: string) => void;
  /** No record ever said what became of it. */
  readonly isOpen: (id: string) => boolean;
  readonly openOrders: () => readonly string[];
  readonly counts: () => {
    readonly accepted: number;
    readonly lost: number;
    readonly records: number;
    readonly forgotten: number;
  };
}

const keyOf = ({ epoch, seq }: Position): string => `${epoch}:${seq}`;

/** @param secrets what must never leave the house or stand in a record. */
export function openOracle(secrets: readonly string[], receivers: readonly string[]): Oracle {
  let violation: Violation | null = null;
  const broke = (invariant: Invariant, sentence: string): void => {
    violation ??= { invariant, sentence };
  };
  /** Every text that was ever seen for a place, wherever. */
  const texts = new Map<string, string>();
  const durable = new Map<string, Seen>();
  const forgotten = new Set<string>();
  /** Punches and corrections, by the code that a person takes home. */
  const codes = new Map<string, string>();
  const accepted = new Set<string>();
  const lost: Range[] = [];
  const cursors = new Map<string, Position>();
  const clean = new Set<string>();
  const stores = new Map(
    receivers.map((name): [string, Store] => [name, { committed: new Map(), signed: new Map(), lost: [] }]),
  );
  const actedOn = new Map(receivers.map((name) => [name, new Set<string>()]));
  const storeOf = (receiver: string): Store => {
    const store = stores.get(receiver);
    if (store === undefined) throw new Error(`no receiver ${receiver}`);
    return store;
  };
  const noteText = (place: Position, jws: string): void => {
    const key = keyOf(place);
    const before = texts.get(key);
    if (before === undefined) texts.set(key, jws);
    else if (before !== jws) broke("I2 one place, one record", `${key} stands for two records`);
  };
  const scan = (jws: string): void => {
    if (clean.has(jws)) return;
    const text = payloadOf(jws);
    for (const secret of secrets) if (text.includes(secret)) broke("I6 no name, no card", `"${secret}" in ${text}`);
    clean.add(jws);
  };
  const isLost = (ranges: readonly Range[], { epoch, seq }: Position): boolean =>
    ranges.some((range) =>
      range.epoch === epoch
        ? range.from <= seq && seq <= range.to
        : range.isForgotten && epoch < range.epoch && seq > 0,
    );
  /** Where it stands what became of an order. */
  const ends = new Map<string, string>();
  const open = new Set<string>();
  const orderEnded = (record: Seen): void => {
    const { cmd, state } = (JSON.parse(payloadOf(record.jws)) as { readonly data: CmdlogData }).data;
    if (state === "accepted") return;
    const before = ends.get(cmd);
    if (before !== undefined && before !== keyOf(record)) {
      broke("an order is done once", `order ${cmd} ended at ${before} and at ${keyOf(record)}`);
    }
    ends.set(cmd, keyOf(record));
    open.delete(cmd);
  };
  return {
    violation: () => violation,
    broke,
    durable: (record) => {
      noteText(record, record.jws);
      scan(record.jws);
      durable.set(keyOf(record), record);
      if (record.type === "punch" || record.type === "correction") {
        const { source } = JSON.parse(payloadOf(record.jws)) as { readonly source: string };
        codes.set(longReceiptCode({ ...record, source }), keyOf(record));
      }
      lost.push(...lossesIn(record.jws));
      if (record.type === "cmdlog") orderEnded(record);
    },
    opened: (at) => {
      for (const [key, record] of durable) {
        const jws = at(record);
        if (jws !== undefined) noteText(record, jws);
        else if (isLost(lost, record)) {
          durable.delete(key);
          // What became of an order is not known any more, so it may be carried out again.
          for (const [id, place] of ends) if (place === key) ends.delete(id);
        } else if (!forgotten.has(key)) {
          const who = accepted.has(key) ? "accepted" : "durable";
          broke("I1 accepted is durable", `${who} record ${key} is not in the journal that was opened`);
        }
      }
    },
    thanked: (code) => {
      const key = codes.get(code);
      if (key === undefined) broke("I1 accepted is durable", `thanks with code ${code}, and no such record is durable`);
      else accepted.add(key);
    },
    published: (isRecord, bytes) => {
      for (const jws of tokensIn(bytes)) {
        scan(jws);
        if (!isRecord) continue;
        const { epoch, seq } = JSON.parse(payloadOf(jws)) as Position;
        noteText({ epoch, seq }, jws);
        if (durable.get(keyOf({ epoch, seq }))?.jws !== jws) {
          broke("I2 durable before published", `${epoch}:${seq} was published and is not durable`);
        }
      }
    },
    cursor: (receiver, to) => {
      const before = cursors.get(receiver);
      if (before !== undefined && isBefore(to, before)) {
        broke("I5 only forward", `the cursor of ${receiver} went from ${keyOf(before)} to ${keyOf(to)}`);
      }
      cursors.set(receiver, to);
      if (to.epoch === 0) return;
      const signed = storeOf(receiver).signed.get(to.epoch) ?? -1;
      if (signed < to.seq) {
        broke("I1 only receipts end the duty", `the cursor of ${receiver} is at ${keyOf(to)}, receipted is ${signed}`);
      }
    },
    diskWentBack: () => cursors.clear(),
    pruned: (at, required) => {
      for (const [key, record] of durable) {
        if (forgotten.has(key) || at(record) !== undefined) continue;
        forgotten.add(key);
        for (const name of required) {
          const cursor = cursors.get(name);
          const isReceipted =
            (storeOf(name).signed.get(record.epoch) ?? -1) >= record.seq &&
            cursor !== undefined &&
            !isBefore(cursor, record);
          if (!isReceipted) broke("I3 nothing unreceipted is forgotten", `${key} is gone, and ${name} never had it`);
        }
      }
    },
    committed: (receiver, place, jws) => {
      const store = storeOf(receiver);
      const key = keyOf(place);
      noteText(place, jws);
      if (store.committed.has(key)) broke("once each in the store", `${key} is twice in the store of ${receiver}`);
      store.committed.set(key, jws);
      store.lost = [...store.lost, ...lossesIn(jws), ...forgottenIn(jws)];
    },
    acted: (receiver, place) => {
      const done = actedOn.get(receiver);
      if (done?.has(keyOf(place))) broke("once each in the store", `${keyOf(place)} was new twice to ${receiver}`);
      done?.add(keyOf(place));
    },
    receipted: (receiver, bytes) => {
      const store = storeOf(receiver);
      for (const jws of tokensIn(bytes)) {
        const { data } = JSON.parse(payloadOf(jws)) as {
          readonly data: { readonly ep: number; readonly upto: number; readonly have?: readonly [number, number][] };
        };
        for (const [from, to] of [[0, data.upto] as const, ...(data.have ?? [])]) {
          for (let seq = from; seq <= to; seq += 1) {
            const place = { epoch: data.ep, seq };
            if (store.committed.has(keyOf(place)) || isLost(store.lost, place)) continue;
            broke("I4 committed before receipted", `${receiver} receipts ${data.ep}:${from}-${to} and lacks ${seq}`);
            break;
          }
        }
        store.signed.set(data.ep, Math.max(store.signed.get(data.ep) ?? -1, data.upto));
      }
    },
    setBack: (receiver, records) => {
      const store = storeOf(receiver);
      store.committed.clear();
      actedOn.set(receiver, new Set());
      for (const { place, jws } of records) store.committed.set(keyOf(place), jws);
      store.lost = records.flatMap(({ jws }) => [...lossesIn(jws), ...forgottenIn(jws)]);
    },
    lacking: (receiver) => {
      const store = storeOf(receiver);
      // A backup may be older than what the clock has since forgotten with leave.
      const isGone = (key: string, record: Seen): boolean => forgotten.has(key) && isLost(store.lost, record);
      return [...durable]
        .filter(([key, record]) => store.committed.get(key) !== record.jws && !isGone(key, record))
        .map(([key]) => key);
    },
    ordered: (id) => open.add(id),
    ran: (id) => {
      if (ends.has(id)) broke("an order is done once", `order ${id} is carried out again after its end`);
    },
    isOpen: (id) => open.has(id),
    openOrders: () => [...open],
    counts: () => ({ accepted: accepted.size, lost: lost.length, records: durable.size, forgotten: forgotten.size }),
  };
}

const payloadOf = (jws: string): string => Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8");

/** The signed texts in any message. */
function tokensIn(bytes: Uint8Array): readonly string[] {
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes)).toString("utf8");
  if (!text.startsWith("{")) return [text];
  const { data } = JSON.parse(text) as { readonly data: string | { readonly records: readonly string[] } };
  return typeof data === "string" ? [data] : data.records;
}

/** What a genesis says will never come. */
function lossesIn(jws: string): readonly Range[] {
  const { type, data } = JSON.parse(payloadOf(jws)) as { readonly type: string; readonly data: GenesisData };
  if (type !== "dev.lintel.genesis.v1" || data.lost === undefined || data.prev.epoch === null) return [];
  return [{ epoch: data.prev.epoch, from: data.lost[0], to: data.lost[1] }];
}

/** What a checkpoint says that every receiver had, and the clock may have forgotten. */
function forgottenIn(jws: string): readonly Range[] {
  const { type, data } = JSON.parse(payloadOf(jws)) as { readonly type: string; readonly data: CheckpointData };
  if (type !== "dev.lintel.checkpoint.v1" || data.low === undefined) return [];
  const [epoch, seq] = data.low;
  return [{ epoch, from: 1, to: seq - 1, isForgotten: true }];
}
