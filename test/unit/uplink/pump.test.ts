import { expect, test } from "vitest";
import { type Pump, startPump } from "../../../kiosk/uplink/pump.ts";
import { newKey, type SmallJournal, smallJournal } from "./parts.ts";

/** A pump whose broker answers when told to. */
function scene(backlog: number, { windowSize = 8, receiptWindow = 20 } = {}) {
  const journal = smallJournal(newKey());
  journal.grow(backlog - 1);
  const sent: number[] = [];
  const pubacks: (() => void)[] = [];
  let nowMs = 0;
  const pump: Pump = startPump({
    journal,
    receiver: "payroll",
    windowSize,
    receiptWindow,
    missGraceMs: 100,
    nowMs: () => nowMs,
    send: ({ seq }, brokered) => {
      sent.push(seq);
      pubacks.push(brokered);
    },
  });
  return {
    pump,
    journal,
    sent,
    pass: (ms: number) => {
      nowMs += ms;
    },
    puback: (count: number) => {
      for (const brokered of pubacks.splice(0, count)) brokered();
    },
    pubackAll: () => {
      while (pubacks.length > 0) for (const brokered of pubacks.splice(0)) brokered();
    },
    receipt: (seq: number) => {
      (journal as SmallJournal).moveCursor("payroll", { epoch: 1, seq });
      pump.receipted();
    },
  };
}

const upTo = (count: number): number[] => [...Array(count).keys()];

test("a backlog goes oldest first and leaves a quarter of the window free for the living", () => {
  const { pump, journal, sent } = scene(50);
  pump.fill();
  expect(sent).toEqual(upTo(6));
  journal.grow(3);
  pump.fill();
  expect(sent.slice(6)).toEqual([50, 51]);
});

test("what is appended during a drain goes before the rest of the backlog", () => {
  const { pump, journal, sent, puback } = scene(50);
  pump.fill();
  journal.grow(2);
  puback(1);
  expect(sent.slice(6)).toEqual([50, 51, 6]);
});

test("PUBACKs alone carry the backlog no further than the receipt window, while live records go on", () => {
  const { pump, journal, sent, pubackAll, receipt } = scene(50);
  pump.fill();
  pubackAll();
  expect(sent).toEqual(upTo(20));
  journal.grow(1);
  pump.fill();
  expect(sent.at(-1)).toBe(50);
  receipt(9);
  pubackAll();
  expect(sent.slice(21)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
});

test("a rewind sends everything that is not receipted once more, with the same numbers, once", () => {
  const { pump, journal, sent, pubackAll, receipt } = scene(10);
  pump.fill();
  pubackAll();
  journal.grow(2);
  pump.fill();
  pubackAll();
  receipt(4);
  pump.rewind();
  pubackAll();
  expect(sent.slice(12)).toEqual([5, 6, 7, 8, 9, 10, 11]);
  pump.fill();
  expect(sent.length).toBe(19);
});

test("what a receipt names as missing is sent again, unless it may still be on its way", () => {
  const { pump, sent, pass, pubackAll } = scene(10);
  pump.fill();
  pubackAll();
  const miss = { epoch: 1, ranges: [[2, 3] as const, [7, 7] as const] };
  pass(50);
  pump.resend(miss);
  expect(sent.length).toBe(10);
  pass(60);
  pump.resend(miss);
  pump.resend(miss);
  expect(sent.slice(10)).toEqual([2, 3, 7]);
});

test("a receipt that runs ahead of us is believed: nothing receipted is sent", () => {
  const { pump, sent, receipt } = scene(50);
  receipt(44);
  pump.fill();
  expect(sent).toEqual([45, 46, 47, 48, 49]);
});

test("a broker that allows one message at a time is still served", () => {
  const { pump, sent, pubackAll } = scene(5, { windowSize: 1 });
  pump.fill();
  expect(sent).toEqual([0]);
  pubackAll();
  expect(sent).toEqual(upTo(5));
});

test("it says whether the receiver owes a receipt", () => {
  const { pump, pubackAll, receipt } = scene(3);
  expect(pump.isOwedReceipt()).toBe(false);
  pump.fill();
  expect(pump.inFlight()).toBe(3);
  pubackAll();
  expect(pump.isOwedReceipt()).toBe(true);
  receipt(2);
  expect(pump.isOwedReceipt()).toBe(false);
});
