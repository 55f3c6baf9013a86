import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { LuError } from "../../../kiosk/core/jws.ts";
import { pack, unpack } from "../../../kiosk/uplink/contract/batch.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { verifyRecords } from "../../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, smallJournal } from "./parts.ts";

const key = newKey();
const journal = smallJournal(key);
journal.grow(99);
const tokens = journal.records.map(({ jws }) => jws);

test("a hundred records in one message come out as they went in, each judged by itself", () => {
  const bytes = pack(tokens);
  if (bytes === null) throw new Error("a hundred small records are one message");
  expect(unpack(bytes).map((token) => Buffer.from(token).toString())).toEqual(tokens);
  const keys = openKeyRegistry();
  keys.add(identity, key.signer.kid, key.signer.publicKey);
  const answers = verifyRecords(bytes, keys, identity);
  expect(answers.map((answer) => (answer instanceof LuError ? answer.code : answer.rh))).toEqual(
    journal.records.map(({ rh }) => rh),
  );
  // What the backlog costs on the wire.
  expect(bytes.length / tokens.length).toBeLessThan(320);
});

test("what is not a batch passes as it is", () => {
  expect(unpack(Buffer.from("eyJ"))).toEqual([Buffer.from("eyJ")]);
});

test("records that do not fit one message are said not to, instead of being sent where they would be refused", () => {
  const random = Array.from({ length: 20 }, () => randomBytes(8_000).toString("base64url"));
  expect(pack(random)).toBeNull();
  expect(pack(random.slice(0, 10))).not.toBeNull();
  expect(() => pack([])).toThrow(RangeError);
  expect(() => pack(Array(101).fill("e"))).toThrow(RangeError);
});
