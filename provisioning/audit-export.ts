import { z } from "zod";
import { type KeyOf, LuError, verifyJws } from "../kiosk/core/jws.ts";
import type { RecordEvent } from "../kiosk/core/record.ts";
import { manifestHash } from "../kiosk/office/front-desk.ts";
import { type Counted, type Manifest, manifestShape, saidBy, sealFor, unsealed } from "./sealed.ts";

/** What was done, sealed for one reader: the signed records as they stand, and a manifest of them. */

const bundleShape = z.strictObject({ v: z.literal(1), manifest: manifestShape, records: z.array(z.string()) });

export const countedOf = (records: readonly string[]): Counted => ({ n: records.length, h: manifestHash(records) });

/** @param key JWK of the reader's public key: X25519 or P-256. @throws Fault `key-unusable` */
export const sealAudit = (manifest: Manifest, records: readonly string[], key: string): Promise<string> =>
  sealFor(key, { v: 1, manifest, records });

export interface AuditBundle {
  readonly records: readonly RecordEvent[];
  readonly manifest: Manifest;
  /** Everything that is wrong with it, in sentences; empty: it is whole and genuine. */
  readonly wrong: readonly string[];
}

/**
 * Opens and checks: the manifest's signature, the count, the hash, and every record's signature.
 *
 * @param signers public keys of the clocks.
 * @param by public Ed25519 key (x) of whoever exported out of a store; null where a clock did.
 * @throws Fault `key-unusable` where it does not open.
 */
export async function openAudit(sealed: string, key: string, signers: KeyOf, by: string | null): Promise<AuditBundle> {
  const { manifest, records } = await unsealed(sealed, key, bundleShape);
  const wrong: string[] = [];
  const events = records.flatMap((jws, at) => {
    try {
      return [verifyJws(jws, "lintel-rec+jws", signers).payload as RecordEvent];
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      wrong.push(`record ${at + 1} is not genuine: LU-${error.code}, ${error.message}`);
      return [];
    }
  });
  const said = saidBy(manifest, signers, by);
  const { n, h } = countedOf(records);
  if (said === null) wrong.push("the manifest is not signed by who it should be");
  else {
    if (said.n !== n) wrong.push(`the manifest counts ${said.n} records, and here are ${n}`);
    if (said.h !== h) wrong.push("the records are not those that the manifest is about");
  }
  return { records: events, manifest, wrong };
}
