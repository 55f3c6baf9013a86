import { expect, test } from "vitest";
import { noRecordHash } from "../../../kiosk/core/chain.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { ackOf } from "../../../kiosk/uplink/receiver/ack.ts";
import type { Stand } from "../../../kiosk/uplink/receiver/life.ts";
import { claimIn } from "../../../kiosk/uplink/spent.ts";
import { identity, newKey } from "./parts.ts";

const key = newKey();
const receivers = [
  { name: "archive", kid: newKey().signer.kid, key: newKey().signer.publicKey },
  { name: "payroll", kid: key.signer.kid, key: key.signer.publicKey },
];
const rh = "Q".repeat(43);
const stand: Stand = {
  ...{ source: sourceOf(identity), epoch: 3, upto: 500, rh, lost: [], gone: [], have: [], bad: [], forks: [] },
  miss: [
    [501, 502],
    [509, 510],
  ],
};
const ack = (of: Stand, by = key, name = "payroll"): Uint8Array => ackOf(of, name, "id-1", Date.now(), by.signer);

test("a genuine receipt says what it claims, also where it cannot be true of this journal", () => {
  expect(claimIn(ack(stand), identity, receivers)).toEqual({ epoch: 3, seq: 500, rh, last: 510 });
  const beyond = { ...stand, have: [[515, 520]] as const };
  expect(claimIn(ack(beyond), identity, receivers)).toEqual({ epoch: 3, seq: 500, rh, last: 520 });
  const nothing = { ...stand, upto: -1, rh: noRecordHash, miss: [] };
  expect(claimIn(ack(nothing), identity, receivers)).toEqual({ epoch: 3, seq: -1, rh: noRecordHash, last: -1 });
});

test("whatever else comes claims nothing: another's key, another's name, another device, noise", () => {
  expect(claimIn(ack(stand, newKey()), identity, receivers)).toBeNull();
  expect(claimIn(ack(stand, key, "archive"), identity, receivers)).toBeNull();
  const other = { ...identity, device: "k00000000000000000000" };
  expect(claimIn(ack({ ...stand, source: sourceOf(other) }), identity, receivers)).toBeNull();
  expect(claimIn(Buffer.from("{"), identity, receivers)).toBeNull();
  expect(claimIn(Buffer.alloc(30_000, 97), identity, receivers)).toBeNull();
});
