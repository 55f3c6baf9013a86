import { z } from "zod";
import type { Disclosed, Statement } from "../../kiosk/core/disclosure.ts";
import { isPersonId, type PersonId } from "../../kiosk/core/person.ts";
import { manifestHash } from "../../kiosk/office/front-desk.ts";
import { type Counted, type Manifest, manifestShape, sealFor, unsealed } from "../sealed.ts";

/** The file that is handed out: what was collected, and the manifest over all of it, sealed for one reader. */
export interface Package extends Disclosed {
  readonly manifest: Manifest;
}

const count = z.int().min(0);
const proof = z.strictObject({ checkpoint: count, index: count, size: count, path: z.array(z.string()) });

const packageShape = z.strictObject({
  v: z.literal(1),
  manifest: manifestShape,
  statement: z.string(),
  records: z.array(z.string()),
  proofs: z.array(proof.nullable()),
  checkpoints: z.array(z.string()),
});

/** The statement is hashed after the records: whoever exchanged it would break the manifest as well. */
export const countedOf = ({ records, statement }: Pick<Disclosed, "records" | "statement">): Counted => ({
  n: records.length,
  h: manifestHash([...records, statement]),
});

/** @throws Fault `key-unusable` */
export const sealPackage = (whole: Package, key: string): Promise<string> => sealFor(key, { v: 1, ...whole });

/** @throws Fault `key-unusable` where it does not open. */
export const openPackage = (sealed: string, key: string): Promise<Package> => unsealed(sealed, key, packageShape);

const person = z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value));
const utc = z.iso.datetime();
const ways = ["punch", "undated", "corrected", "correction", "timefix", "keychange", "erasure"] as const;
const position = { epoch: count, seq: z.int().min(-1) };

const statementShape: z.ZodType<Statement> = z.strictObject({
  v: z.literal(1),
  what: z.literal("lintel-disclosure"),
  person,
  ...{ first: z.iso.date(), last: z.iso.date(), timeZone: z.string() },
  ...{ from: utc, until: utc, made: utc },
  ...{ reason: z.string().nullable(), ticket: z.string().nullable() },
  records: z.array(z.strictObject({ source: z.string(), ...position, as: z.enum(ways) })),
  looked: z.array(
    z.strictObject({
      source: z.string(),
      upto: z.strictObject(position),
      leftOut: z.strictObject({
        ...{ others: count, nobody: count, kinds: z.record(z.string(), count) },
        ...{ outside: count, forgotten: count, notHere: count },
      }),
    }),
  ),
});

/** Null where it is none. */
export function statementIn({ statement }: Pick<Disclosed, "statement">): Statement | null {
  try {
    return statementShape.parse(JSON.parse(statement));
  } catch {
    return null;
  }
}
