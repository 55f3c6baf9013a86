import { merkleRoot } from "../../core/chain.ts";
import { LuError } from "../../core/jws.ts";
import { eventOfOwn } from "../contract/envelope.ts";
import { inclusionPath } from "../contract/tree.ts";
import type { Found, SinkReader } from "./sink.ts";

/** What shows to anybody that a record is in a log: RFC 9162, 2.1.3, up to a root that the device signed. */
export interface InclusionProof {
  readonly record: Found;
  /** The record that signed the root: everything before it. */
  readonly checkpoint: Found;
  readonly index: number;
  readonly size: number;
  /** Hashes beside the way from the leaf to the root, base64url. */
  readonly path: readonly string[];
  readonly root: string;
}

const pageSize = 5000;

/**
 * The proof up to the first checkpoint after it, or null: there is none yet, it comes with the next 256 records or the
 * next hour.
 *
 * @throws LuError 2002 where the records do not give the root that was signed; 2001 where some of them are not here.
 */
export async function proofOf(
  record: Found,
  reader: Pick<SinkReader, "ofType" | "page">,
): Promise<InclusionProof | null> {
  for (const checkpoint of await reader.ofType("dev.lintel.checkpoint.v1", record)) {
    if (checkpoint.jws === null) continue;
    const { size, root } = eventOfOwn(checkpoint.jws).data as { readonly size?: unknown; readonly root?: unknown };
    // A checkpoint over more than what was before it can only be a flaw.
    if (typeof size !== "number" || typeof root !== "string" || size > checkpoint.seq || size <= record.seq) continue;
    const hashes = await hashesOf(record, size, reader);
    if (merkleRoot(hashes) !== root) throw new LuError(2002, "the records do not give the root that was signed");
    return { record, checkpoint, index: record.seq, size, path: inclusionPath(hashes, record.seq), root };
  }
  return null;
}

async function hashesOf(stream: Found, size: number, reader: Pick<SinkReader, "page">): Promise<readonly string[]> {
  const hashes: string[] = [];
  while (hashes.length < size) {
    const page = await reader.page(stream, hashes.length, Math.min(pageSize, size - hashes.length));
    for (const { seq, rh } of page) {
      if (seq !== hashes.length) throw new LuError(2001, `record ${hashes.length} is not here`);
      hashes.push(rh);
    }
    if (page.length === 0) throw new LuError(2001, `record ${hashes.length} is not here`);
  }
  return hashes;
}
