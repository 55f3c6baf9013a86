import { expect, test } from "vitest";
import { noRecordHash } from "../../../kiosk/core/chain.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { type ReceiverKey, readReceipt } from "../../../kiosk/uplink/inbox.ts";
import { ackOf } from "../../../kiosk/uplink/receiver/ack.ts";
import type { Stand } from "../../../kiosk/uplink/receiver/life.ts";
import { identity, newKey, smallJournal } from "./parts.ts";

const cloud = newKey();
const forger = newKey();
const payroll: ReceiverKey = { name: "payroll", kid: cloud.signer.kid, key: cloud.signer.publicKey };

function scene() {
  const journal = smallJournal(newKey());
  journal.grow(9);
  journal.moveCursor("payroll", { epoch: 1, seq: 3 });
  const rhOf = (seq: number, epoch = 1) => journal.at({ epoch, seq })?.rh ?? noRecordHash;
  const ack = (changes: Partial<Stand> & { readonly upto: number }, name = "payroll", signer = cloud.signer) => {
    const epoch = changes.epoch ?? 1;
    const rh = rhOf(changes.upto, epoch);
    const stand = { source: sourceOf(identity), epoch, rh, miss: [], lost: [], bad: [], forks: [], ...changes };
    return ackOf(stand, name, "0199c82c-c000-7000-8000-000000000000", 1_760_000_000_000, signer);
  };
  const read = (bytes: Uint8Array) => readReceipt(bytes, identity, [payroll], journal);
  return { journal, ack, read, rhOf };
}

test("a genuine receipt further on moves the cursor there", () => {
  const { ack, read } = scene();
  expect(read(ack({ upto: 7, miss: [[8, 8]] }))).toMatchObject({
    is: "further",
    by: "payroll",
    at: "2025-10-09T08:53:20.000Z",
    to: { epoch: 1, seq: 7 },
    miss: { epoch: 1, ranges: [[8, 8]] },
  });
});

test("a receipt that says less than is known already changes nothing", () => {
  const { ack, read } = scene();
  for (const upto of [3, 2, 0, -1]) expect(read(ack({ upto }))).toMatchObject({ is: "known" });
});

test("every untrue receipt raises an alarm with the code that says so", () => {
  const { ack, read, rhOf } = scene();
  const untrue = [
    ack({ upto: 7, rh: rhOf(6) }),
    ack({ upto: 2, rh: rhOf(1) }),
    ack({ upto: 10, rh: rhOf(9) }),
    ack({ upto: -1, rh: rhOf(1) }),
    ack({ upto: 0, epoch: 2, rh: rhOf(0) }),
    ack({ upto: 7, source: "urn:lintel:acme:blr-01:k00000000000000000000" }),
    ack({ upto: 7 }, "audit"),
    ack({ upto: 7 }, "payroll", forger.signer),
    ack({ upto: 7 }, "payroll", { ...forger.signer, kid: cloud.signer.kid }),
  ];
  for (const bytes of untrue) {
    const receipt = read(bytes);
    expect(receipt.is).toBe("alarm");
    if (receipt.is === "alarm") expect(receipt.fault.code).toBe("receipt-invalid");
  }
});

test("what a receiver has beyond its end is heard, and moves nothing", () => {
  const { journal, ack, read } = scene();
  const beyond = read(ack({ upto: 3, miss: [[4, 6]], have: [[7, 9]] }));
  expect(beyond).toMatchObject({
    is: "known",
    held: {
      epoch: 1,
      ranges: [
        [0, 3],
        [7, 9],
      ],
    },
  });
  expect(read(ack({ upto: -1, have: [[8, 8]] }))).toMatchObject({ is: "known", held: { ranges: [[8, 8]] } });
  // Said already, and said of nothing.
  expect(
    read(
      ack({
        upto: 5,
        have: [
          [2, 4],
          [5, 6],
          [9, 8],
        ],
      }),
    ),
  ).toMatchObject({
    is: "further",
    to: { epoch: 1, seq: 5 },
    held: {
      ranges: [
        [0, 5],
        [6, 6],
      ],
    },
  });
  expect(journal.cursor("payroll")).toEqual({ epoch: 1, seq: 3 });
  const spent = read(ack({ upto: 5, have: [[9, 10]] }));
  expect(spent.is === "alarm" && spent.fault.code).toBe("receipt-invalid");
});

test("noise is ignored without an alarm", () => {
  const { ack, read } = scene();
  const good = ack({ upto: 7 });
  for (const bytes of [Buffer.from(""), Buffer.from("{"), good.subarray(0, 300), Buffer.alloc(30_000, "{")]) {
    expect(read(bytes).is).toBe("ignored");
  }
});

test("a receipt for a newer epoch does not give up what is owed of an older one", () => {
  const { journal, ack, read, rhOf } = scene();
  journal.newEpoch();
  expect(read(ack({ upto: 0, epoch: 2, rh: rhOf(0, 2), have: [[1, 1]] })).is).toBe("alarm");
  expect(read(ack({ upto: 0, epoch: 2, rh: rhOf(0, 2) }))).toMatchObject({
    is: "early",
    held: { epoch: 2, ranges: [[0, 0]] },
  });
  expect(journal.cursor("payroll")).toEqual({ epoch: 1, seq: 3 });
  journal.moveCursor("payroll", { epoch: 1, seq: 9 });
  expect(read(ack({ upto: 0, epoch: 2, rh: rhOf(0, 2) }))).toMatchObject({ is: "further", to: { epoch: 2, seq: 0 } });
});
