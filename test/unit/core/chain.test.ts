import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../../kiosk/core/base64url.ts";
import { merkleRoot, noRecordHash, recordHash } from "../../../kiosk/core/chain.ts";
import vectors from "../../fixtures/uplink-vectors.json" with { type: "json" };

const hashes = vectors.records.map(({ recordHash }) => recordHash);

test("record hashes of the published vectors cover the signing input and not the signature", () => {
  for (const { jws, recordHash: expected } of vectors.records) {
    const signingInput = jws.slice(0, jws.lastIndexOf("."));
    expect(recordHash(signingInput)).toBe(expected);
  }
});

test("every payload of the published vectors names the hash of the record before", () => {
  const prevs = vectors.records.map(({ payload }) => JSON.parse(payload).prev);
  expect(prevs).toEqual([noRecordHash, hashes[0], hashes[1]]);
  expect(fromBase64url(noRecordHash)).toEqual(Buffer.alloc(32));
});

test("Merkle roots of the published vectors come out, for two records and for three", () => {
  expect(merkleRoot(hashes.slice(0, 2))).toBe(vectors.merkle.size2);
  expect(merkleRoot(hashes)).toBe(vectors.merkle.size3);
});

test("the root of nothing is the hash of nothing (RFC 9162)", () => {
  expect(merkleRoot([])).toBe(createHash("sha256").digest("base64url"));
});

test("any other log has another root", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64url);
  fc.assert(
    fc.property(fc.uniqueArray(hash, { minLength: 2, maxLength: 20 }), fc.nat(), (log, pick) => {
      const index = pick % (log.length - 1);
      const swapped = log.with(index, log[index + 1] ?? "").with(index + 1, log[index] ?? "");
      expect(new Set([log, swapped, log.slice(0, -1)].map(merkleRoot)).size).toBe(3);
    }),
  );
});

test("base64url decodes only what it would have written", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(fromBase64url(toBase64url(bytes)) ?? [])).toEqual(Buffer.from(bytes));
    }),
  );
  for (const text of ["AB", "A", "AA==", "A+A", "A/A", "AA A", "é"]) expect(fromBase64url(text), text).toBeNull();
});
