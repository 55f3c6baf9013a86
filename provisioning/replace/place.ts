import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Owed } from "../backup/owed.ts";

/** What a receiver wrote down of a lost clock. It opens nothing and proves nothing: it says above which numbers to begin. */
const place = z.object({
  lintel: z.literal("place"),
  v: z.literal(1),
  source: z.string().regex(/^urn:lintel:[a-z0-9-]{1,24}:[a-z0-9-]{1,24}:k[0-9a-z]{20}$/),
  receiver: z.string(),
  keys: z.array(z.object({ kty: z.string(), crv: z.string(), x: z.string() })),
  /** How far the receiver has everything. */
  stored: z.object({ epoch: z.int().positive(), seq: z.int().nonnegative() }),
  newest: z.object({ epoch: z.int().positive(), seq: z.int().nonnegative(), rh: z.string().length(43) }),
});

export function writePlace({ source, keys, newest, cursors }: Owed): string {
  const [[receiver, stored] = ["", newest]] = cursors;
  const said: z.input<typeof place> = { lintel: "place", v: 1, source, receiver, keys: [...keys], stored, newest };
  return `${JSON.stringify(said, null, 2)}\n`;
}

/** @throws Fault `backup-unusable`. */
export function readPlace(text: string): Owed {
  let read: z.output<typeof place>;
  try {
    read = place.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault(
      "backup-unusable",
      "this is no place of a clock",
      "Let a receiver write it: `lintel replace place`.",
      cause,
    );
  }
  const { source, receiver, keys, stored, newest } = read;
  return {
    ...{ source, keys, newest, records: [], unproved: 0, low: null },
    cursors: new Map([[receiver, stored]]),
  };
}
