import { expect, test } from "vitest";
import type { Miss } from "../../../kiosk/uplink/inbox.ts";
import type { Fate } from "../../../kiosk/uplink/pump.ts";
import { newKey, smallJournal } from "./parts.ts";
import { openTestPump, type TestPumpOptions } from "./pump-parts.ts";

/** A pump whose broker answers when told to. */
function scene(backlog: number, more: Partial<Omit<TestPumpOptions, "journal" | "send">> = {}) {
  const journal = smallJournal(newKey());
  journal.grow(backlog - 1);
  const sent: number[] = [];
  const messages: (readonly number[])[] = [];
  const answers: ((fate: Fate) => void)[] = [];
  let nowMs = 0;
  const { pump, window, throttle, leash, fill } = openTestPump({
    journal,
    windowSize: 8,
    receiptWindow: 20,
    missGraceMs: 100,
    nowMs: () => nowMs,
    ...more,
    send: (records, answer) => {
      messages.push(records.map(({ seq }) => seq));
      sent.push(...records.map(({ seq }) => seq));
      answers.push(answer);
    },
  });
  return {
    journal,
    sent,
    messages,
    throttle,
    leash,
    pump: {
      ...pump,
      fill,
      inFlight: window.inFlight,
      resend: (miss: Miss) => {
        pump.resend(miss);
        fill();
      },
      rewind: () => {
        pump.rewind();
        fill();
      },
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    puback: (count: number) => {
      for (const answer of answers.splice(0, count)) answer("brokered");
    },
    refuse: (count: number) => {
      for (const answer of answers.splice(0, count)) answer("returned");
    },
    pubackAll: () => {
      while (answers.length > 0) for (const answer of answers.splice(0)) answer("brokered");
    },
    receipt: (seq: number) => {
      journal.moveCursor("payroll", { epoch: 1, seq });
      pump.receipted();
      fill();
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

test("a batch carries much of the backlog at once, and only a few batches are on their way", () => {
  const { pump, journal, messages, puback } = scene(1000, { windowSize: 64, receiptWindow: 2000, batchMax: 100 });
  pump.fill();
  expect(messages.map((message) => message.length)).toEqual([100, 100, 100, 100]);
  expect(messages.flat()).toEqual(upTo(400));
  journal.grow(1);
  pump.fill();
  expect(messages.at(-1)).toEqual([1000]);
  puback(1);
  expect(messages.at(-1)).toEqual(upTo(500).slice(400));
});

test("the receipt window bounds what is inside of batches", () => {
  const { pump, sent, pubackAll } = scene(1000, { receiptWindow: 150, batchMax: 100 });
  pump.fill();
  pubackAll();
  expect(sent).toEqual(upTo(150));
});

test("what the broker refuses goes again, the same records, before the rest of the backlog", () => {
  const { pump, messages, refuse, puback } = scene(30, { batchMax: 10, windowSize: 64 });
  pump.fill();
  expect(messages).toEqual([upTo(10), upTo(20).slice(10)]);
  refuse(1);
  expect(messages.slice(2)).toEqual([upTo(10)]);
  puback(2);
  expect(messages.length).toBe(3);
});

test("a pace holds the backlog and never the living", () => {
  const { pump, journal, sent, leash, pass } = scene(50);
  leash.pull({ hold: 60 }, 0);
  expect(pump.fill()).toBe("held");
  journal.grow(1);
  pump.fill();
  expect(sent).toEqual([50]);
  pass(60_000);
  pump.fill();
  expect(sent.length).toBe(7);
});

test("records per second are what the receiver asked for", () => {
  const { pump, sent, leash, pass, pubackAll } = scene(5000, { receiptWindow: 5000, batchMax: 100, windowSize: 64 });
  leash.pull({ rps: 200 }, 0);
  for (let ms = 0; ms < 10_000; ms += 50) {
    pump.fill();
    pubackAll();
    pass(50);
  }
  expect(sent.length).toBeGreaterThan(1900);
  expect(sent.length).toBeLessThan(2100);
});

test("the throttle keeps a part of each second for the living, and halves for a minute when the broker complains", () => {
  const { pump, journal, sent, throttle, pass, pubackAll } = scene(1000, {
    publishesPerS: 80,
    receiptWindow: 9000,
  });
  const during = (seconds: number) => {
    const before = sent.length;
    for (let ms = 0; ms < seconds * 1000; ms += 50) {
      pump.fill();
      pubackAll();
      pass(50);
    }
    return (sent.length - before) / seconds;
  };
  const usual = during(4);
  expect(usual).toBeGreaterThan(75);
  expect(usual).toBeLessThan(90);
  expect(pump.fill()).toBe("held");
  journal.grow(1);
  expect(pump.fill()).toBe("held");
  expect(sent.at(-1)).toBe(1000);
  throttle.slowDown();
  throttle.slowDown();
  const slow = during(4);
  expect(slow).toBeGreaterThan(35);
  expect(slow).toBeLessThan(46);
  pass(60_000);
  expect(during(2)).toBeGreaterThan(75);
});

test("a receiver that was set back to yesterday gets again what it names, once, and the cursor stays", () => {
  const { pump, journal, sent, pass, pubackAll, receipt } = scene(40, { receiptWindow: 100, replayGraceMs: 1000 });
  pump.fill();
  pubackAll();
  receipt(39);
  pass(5000);
  const before = sent.length;
  const miss: Miss = { epoch: 1, ranges: [[10, 39]] };
  pump.resend(miss);
  pump.resend(miss);
  pubackAll();
  expect(sent.slice(before)).toEqual(upTo(40).slice(10));
  expect(journal.cursor("payroll")).toEqual({ epoch: 1, seq: 39 });
  pass(1000);
  pump.resend({ epoch: 1, ranges: [[39, 39]] });
  expect(sent.at(-1)).toBe(39);
});

test("whatever numbers somebody asks for, what was never there costs one look", () => {
  const { pump, sent, pubackAll, receipt } = scene(5);
  pump.fill();
  pubackAll();
  receipt(4);
  const before = sent.length;
  pump.replay(1, 3, 2 ** 31 - 1);
  pump.replay(7, 0, 2 ** 31 - 1);
  pump.fill();
  expect(sent.slice(before)).toEqual([3, 4]);
});

test("what another receiver's pump publishes is heard here too, and not sent twice", () => {
  const { pump, journal, sent, pubackAll } = scene(10, { windowSize: 64 });
  const others = journal.read({ epoch: 1, seq: -1 }, 6);
  const note = pump.overhear(others, "backlog");
  pump.fill();
  expect(sent).toEqual([6, 7, 8, 9]);
  note("brokered");
  pubackAll();
  expect(pump.isOwedReceipt()).toBe(true);
  pump.rewind();
  pubackAll();
  expect(sent.slice(4)).toEqual(upTo(10));
});
