import { merkleRoot } from "../../kiosk/core/chain.ts";
import type { DisclosedProof } from "../../kiosk/core/disclosure.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { inclusionPath } from "../../kiosk/uplink/contract/tree.ts";
import type { Stream } from "../../kiosk/uplink/receiver/life.ts";
import type { Found } from "../../kiosk/uplink/receiver/sink.ts";
import type { Archive } from "../receive/archive.ts";

/** Ways from many records of one stream to one root that its clock signed: the log is read once for all of them. */

const pageRecords = 5_000;

export interface Proofs {
  /** In the order of the records; null where nothing that is signed covers the record, or what is before it is not here. */
  readonly paths: readonly (Omit<DisclosedProof, "checkpoint"> | null)[];
  readonly checkpoint: string | null;
}

/** @param records of this stream, ascending. */
export async function proofsOf(stream: Stream, records: readonly Found[], { read }: Archive): Promise<Proofs> {
  const last = records.at(-1)?.seq ?? -1;
  const roots = (await read.ofType("dev.lintel.checkpoint.v1", stream)).flatMap(rootIn);
  // The first that covers them all, or else the one that covers most.
  const root = roots.find(({ size }) => size > last) ?? roots.at(-1);
  const hashes = root === undefined ? null : await hashesOf(stream, root.size, read);
  if (root === undefined || hashes === null || merkleRoot(hashes) !== root.root) {
    return { paths: records.map(() => null), checkpoint: null };
  }
  const pathOf = ({ seq }: Found) =>
    seq < root.size ? { index: seq, size: root.size, path: inclusionPath(hashes, seq) } : null;
  return { paths: records.map(pathOf), checkpoint: root.jws };
}

interface Root {
  readonly size: number;
  readonly root: string;
  readonly jws: string;
}

function rootIn({ seq, jws }: Found): readonly Root[] {
  if (jws === null) return [];
  const { size, root } = eventOfOwn(jws).data as { readonly size?: unknown; readonly root?: unknown };
  // A checkpoint over more than what was before it can only be a flaw.
  return typeof size === "number" && typeof root === "string" && size <= seq ? [{ size, root, jws }] : [];
}

async function hashesOf(stream: Stream, size: number, read: Archive["read"]): Promise<readonly string[] | null> {
  const hashes: string[] = [];
  while (hashes.length < size) {
    const page = await read.page(stream, hashes.length, Math.min(pageRecords, size - hashes.length));
    for (const { seq, rh } of page) {
      if (seq !== hashes.length) return null;
      hashes.push(rh);
    }
    if (page.length === 0) return null;
  }
  return hashes;
}
