import { createHash } from "node:crypto";
import { toBase64url } from "./base64url.ts";

/**
 * The proof chain: who came after whom, and what the whole log was at a moment.
 *
 * The record hash covers the JWS *signing input*, never the signature: the last base64url character of an Ed25519
 * signature has four unused bits, so a changed token can still verify and must not look like a different record.
 */

/** `prev` of the first record: 32 zero bytes in base64url. */
export const noRecordHash = "A".repeat(43);

/** SHA-256 over the ASCII signing input `header.payload`, base64url, 43 characters. */
export const recordHash = (signingInput: string): string =>
  createHash("sha256").update(signingInput, "ascii").digest("base64url");

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/**
 * Merkle tree hash of RFC 9162 section 2.1.1 over record hashes, in order.
 *
 * @param recordHashes base64url, as `recordHash` gives them.
 * @returns base64url of 32 bytes; of no records, SHA-256 of the empty string.
 */
export function merkleRoot(recordHashes: readonly string[]): string {
  return toBase64url(subtree(recordHashes.map(merkleLeaf)));
}

/** Hash of one leaf, 32 bytes. @param recordHash base64url. */
export const merkleLeaf = (recordHash: string): Uint8Array => sha256(leafPrefix, Buffer.from(recordHash, "base64url"));

/** Hash of a node over its two halves, 32 bytes each. */
export const merkleNode = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(nodePrefix, left, right);

function subtree(nodes: readonly Uint8Array[]): Uint8Array {
  const [only] = nodes;
  if (only === undefined) return sha256();
  if (nodes.length === 1) return only;
  // The left half is the largest power of two smaller than the whole.
  const split = 2 ** Math.floor(Math.log2(nodes.length - 1));
  return merkleNode(subtree(nodes.slice(0, split)), subtree(nodes.slice(split)));
}
