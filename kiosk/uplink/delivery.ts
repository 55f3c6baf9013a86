import type { Fault } from "../core/fault.ts";
import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import type { Identity } from "../core/record.ts";
import { batchContentType, type packAside } from "./contract/batch.ts";
import { structuredContentType, wrapOwn } from "./contract/envelope.ts";
import { type Genuine, type Receipt, type ReceiverKey, readReceipt } from "./inbox.ts";
import { type Leash, openLeash } from "./leash.ts";
import type { Pipe } from "./mqtt.ts";
import type { Refusal } from "./mqtt-faults.ts";
import type { Pace } from "./pace.ts";
import { type Fate, type Pump, startPump } from "./pump.ts";
import type { Restraint } from "./restraint.ts";
import { openStallWatch, type StallWatch } from "./stall.ts";
import type { Receipts } from "./statements.ts";
import { type Lane, openWindow } from "./window.ts";

/**
 * Brings the records of one connection to everybody who receipts. Each receiver has a pump and a cursor of its own, so
 * that one that is away holds up nobody else; what one pump publishes all of them hear, so nothing is sent twice for it.
 */
export interface Delivery {
  /** Something was appended. */
  readonly wake: () => void;
  /** A message of the receipt channel. @returns what it was taken for. */
  readonly receive: (bytes: Uint8Array) => Receipt;
  /** @returns true where the receivers have to be asked. */
  readonly look: () => boolean;
  /** No more waiting for answers to `sync`: everything owed goes now. */
  readonly drainAnyway: () => void;
  readonly hasAnswer: () => boolean;
  readonly receipts: () => Receipts;
  /** Monotonic; of the newest PUBACK, or of when something was sent into an empty window. */
  readonly lastPubackMs: () => number;
  readonly inFlight: () => number;
  /** Batches were sent, and not one of them was taken. */
  readonly hasLostBatch: () => boolean;
  /** @param receiver null: whoever lacks them. */
  readonly replay: (receiver: string | null, epoch: number, from: number, to: number) => void;
}

export interface DeliveryOptions {
  readonly pipe: Pipe;
  readonly topic: string;
  readonly journal: Journal;
  readonly identity: Identity;
  readonly receivers: readonly ReceiverKey[];
  readonly pace: Pace;
  readonly restraint: Restraint;
  readonly pack: typeof packAside;
  /** Records stay here for now, but alerts: somebody's life is no secret. */
  readonly isSilenced: () => boolean;
  readonly nowMs: () => number;
  /** Calls once, `ms` from now, unless the connection is over. */
  readonly later: (ms: number, act: () => void) => void;
  /** Runs it; a disk that takes no writes ends the session and not the clock. */
  readonly orEnd: (act: () => void) => void;
  readonly tell: DeliveryListener;
}

export interface DeliveryListener {
  /** The broker took a record. */
  readonly brokered: () => void;
  readonly receipted: (genuine: Genuine) => void;
  readonly alarm: (fault: Fault) => void;
  /** The broker refuses our records and keeps the connection. */
  readonly refused: (fault: Fault) => void;
}

type Ended = (fate: Fate) => void;

/** Around the payload of a publish: topic, content type, packet id. */
const headerMaxBytes = 1024;

interface Debtor {
  readonly name: string;
  readonly pump: Pump;
  readonly stall: StallWatch;
  readonly leash: Leash;
  isDraining: boolean;
}

export function openDelivery(options: DeliveryOptions): Delivery {
  const { pipe, journal, pace, nowMs, tell } = options;
  const window = openWindow(pipe.windowSize);
  const { throttle, batchMax, complained } = options.restraint;
  const batches = { brokered: 0, inFlight: 0 };
  let lastPubackMs = nowMs();

  /** A place in the window is taken before a batch is packed, so that no more are packed than may go. */
  const enter = (lane: Lane, records: number): (() => void) => {
    if (window.inFlight() === 0) lastPubackMs = nowMs();
    throttle.passed();
    return window.enter(lane, records);
  };

  const publish = (bytes: Uint8Array, contentType: string, records: number, leave: () => void, end: Ended) => {
    if (records > 1) batches.inFlight += 1;
    pipe.publish({ topic: options.topic, bytes, contentType }, (fault, refusal) => {
      lastPubackMs = nowMs();
      if (fault !== null && refusal === undefined) return pipe.destroy(fault);
      leave();
      if (records > 1) batches.inFlight -= 1;
      if (records > 1 && fault === null) batches.brokered += 1;
      options.orEnd(() => {
        end(fault === null || refusal === undefined ? "brokered" : refused(refusal, fault, records));
        if (fault === null) tell.brokered();
      });
      fillSoon();
    });
  };

  const refused = (refusal: Refusal, fault: Fault, records: number): Fate => {
    if (refusal === "too-large" && records === 1) {
      // It would be refused again at once; a rewind tries it again later, and a person should look.
      tell.refused(fault);
      return "brokered";
    }
    complained(refusal, records);
    if (refusal === "not-allowed") {
      throttle.block(pace.refusedAgainMs);
      tell.refused(fault);
    }
    return "returned";
  };

  const send = (records: readonly StoredRecord[], lane: Lane, end: Ended): void => {
    const [only] = records;
    if (only === undefined) return;
    const leave = enter(lane, records.length);
    if (records.length === 1) {
      publish(wrapOwn(only.jws), structuredContentType, 1, leave, end);
      return;
    }
    options.pack(
      records.map(({ jws }) => jws),
      (bytes) => {
        if (bytes !== null && bytes.length + headerMaxBytes <= pipe.packetMaxBytes) {
          publish(bytes, batchContentType, records.length, leave, end);
          return;
        }
        leave();
        sendHalves(records, lane, end);
      },
    );
  };

  const sendHalves = (records: readonly StoredRecord[], lane: Lane, end: Ended): void => {
    const half = Math.ceil(records.length / 2);
    let worst: Fate = "brokered";
    let open = 2;
    const both = (fate: Fate) => {
      open -= 1;
      if (fate === "returned") worst = fate;
      if (open === 0) end(worst);
    };
    send(records.slice(0, half), lane, both);
    send(records.slice(half), lane, both);
  };

  const debtors = options.receivers.map(({ name }): Debtor => {
    const leash = openLeash(nowMs());
    const pump = startPump({
      journal,
      receiver: name,
      receiptWindow: pace.receiptWindow,
      missGraceMs: pace.missGraceMs,
      replayGraceMs: pace.replayGraceMs,
      leash,
      batchMax,
      nowMs,
      gate: (lane) => (!window.hasRoom(lane) ? "full" : throttle.mayPass(lane) ? "open" : "held"),
      send: (records, lane, fate) => {
        const notes = debtors.filter((other) => other.name !== name).map((other) => other.pump.overhear(records, lane));
        send(records, lane, (end) => {
          fate(end);
          for (const note of notes) note(end);
        });
      },
    });
    return { name, pump, leash, stall: openStallWatch(pace, nowMs()), isDraining: false };
  });

  let isSoon = false;
  /** PUBACKs come in heaps: their places are filled together. */
  const fillSoon = (): void => {
    if (isSoon) return;
    isSoon = true;
    pipe.soon(() => {
      isSoon = false;
      options.orEnd(fill);
    });
  };

  let isRetrying = false;
  /** One message for each receiver in turn, so that none waits for another's month. */
  const fill = (): void => {
    let isHeld = false;
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      isHeld = false;
      for (const { pump, isDraining } of debtors) {
        const step = isDraining && !options.isSilenced() ? pump.step() : pump.press();
        if (step === "sent") isMoving = true;
        if (step === "held") isHeld = true;
      }
    }
    if (!isHeld || isRetrying) return;
    isRetrying = true;
    options.later(pace.heldMs, () => {
      isRetrying = false;
      fill();
    });
  };

  const credit = (debtor: Debtor, genuine: Genuine, isFurther: boolean): void => {
    debtor.leash.pull(genuine.pace, nowMs());
    // The first answer says where to go on, so nothing that was receipted while we were away is sent again.
    if (debtor.isDraining || isFurther) debtor.pump.receipted();
    debtor.pump.resend(genuine.miss);
    debtor.isDraining = true;
    tell.receipted(genuine);
    fill();
  };

  return {
    wake: fill,
    receive: (bytes) => {
      const receipt = readReceipt(bytes, options.identity, options.receivers, journal);
      if (receipt.is === "ignored") return receipt;
      if (receipt.is === "alarm") {
        tell.alarm(receipt.fault);
        return receipt;
      }
      if (receipt.is === "early") {
        tell.receipted(receipt);
        return receipt;
      }
      const debtor = debtors.find(({ name }) => name === receipt.by);
      if (debtor === undefined) return receipt;
      if (receipt.is === "further") {
        journal.moveCursor(debtor.name, receipt.to);
        debtor.stall.progress(nowMs());
      }
      credit(debtor, receipt, receipt.is === "further");
      return receipt;
    },
    look: () => {
      const advice = debtors.map(({ stall, pump, isDraining }) => {
        const next = stall.look(nowMs(), isDraining && pump.isOwedReceipt());
        if (next === "rewind") pump.rewind();
        return next;
      });
      // Also for what nobody woke us for.
      fill();
      return advice.includes("ask");
    },
    drainAnyway: () => {
      for (const debtor of debtors) debtor.isDraining = true;
      fill();
    },
    hasAnswer: () => debtors.every(({ isDraining }) => isDraining),
    receipts: () => (debtors.some(({ stall }) => stall.isStalled()) ? "stalled" : "ok"),
    lastPubackMs: () => lastPubackMs,
    inFlight: window.inFlight,
    hasLostBatch: () => batches.inFlight > 0 && batches.brokered === 0,
    replay: (receiver, epoch, from, to) => {
      for (const { name, pump } of debtors) if (receiver === null || receiver === name) pump.replay(epoch, from, to);
      fill();
    },
  };
}
