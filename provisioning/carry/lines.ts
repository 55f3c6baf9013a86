import { z } from "zod";

/**
 * Everything of a receiver's store as lines of JSON (docs/receiver.md): what was signed stands as it was signed, so
 * whoever has the clocks' public keys needs no word of ours to believe it.
 */
const stream = { source: z.string(), epoch: z.int().min(1), seq: z.int().min(0), rh: z.string() };

export const exportLine = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("lintel-export"), v: z.literal(1), made: z.string() }),
  z.strictObject({ is: z.literal("record"), ...stream, jws: z.string() }),
  /** The text was forgotten with whom it was about. */
  z.strictObject({ is: z.literal("stub"), ...stream }),
  /** The newest that a clock said of itself, signed. */
  z.strictObject({ is: z.literal("status"), source: z.string(), jws: z.string(), heardMs: z.int() }),
  /** A person of the roster, a document of settings; null: taken back. */
  z.strictObject({
    ...{ is: z.literal("desired"), kind: z.string(), name: z.string(), v: z.int(), text: z.string().nullable() },
  }),
  /** What became of an order; the record that says so is among the records. */
  z.strictObject({
    ...{ is: z.literal("order"), id: z.string(), source: z.string(), op: z.string() },
    ...{ orderedMs: z.int(), expiresMs: z.int(), saidMs: z.int().nullable() },
    ...{ state: z.string(), detail: z.string().nullable() },
  }),
  /** SHA-256 of all lines before this one, each with its newline, base64url. */
  z.strictObject({ is: z.literal("end"), lines: z.int(), h: z.string() }),
]);

export type ExportLine = z.infer<typeof exportLine>;

/** Of the desired things that a store keeps: rosters with their roots, settings. */
export const desiredKinds = ["ros", "ros-root", "cfg"] as const;
