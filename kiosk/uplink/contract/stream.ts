import { z } from "zod";
import { code, epoch, hash, kid, natural, publicJwk, range, seq, text } from "./members.ts";

/** `data` of the records that speak of the journal itself: its lives, its proofs, its losses, its keys. */

/** Record 0 of a life: why it began, where the life before ended, and what of that will never come. */
const genesis = z.looseObject({
  reason: code,
  prev: z.looseObject({ epoch: natural.nullable(), seq: seq.nullable(), rh: hash.nullable() }),
  lost: range.optional(),
  ticket: text.nullable(),
  fw: text,
  keys: z.array(z.looseObject({ kid: text, alg: text, use: text })).max(16),
});

const boot = z.looseObject({ boot: natural, fw: text });

/** What the whole log was when `size` records stood before this one. `root` as RFC 9162, 2.1.1. */
const checkpoint = z.looseObject({
  size: seq,
  root: hash,
  /** Record hash of the last of them. */
  head: hash,
  /** Everybody has what comes before this place, and it may be gone from the clock but for the geneses. */
  low: z.tuple([epoch, seq]).optional(),
});

/** Numbers of this life that were written and cannot be read any more. */
const hole = z.looseObject({ ranges: z.array(range).min(1).max(32), cause: code });

/** From the next record on the new key signs. It signs `prev`, as text, to show that it is held: `next-key.ts`. */
export const keychange = z.looseObject({
  old: kid,
  new: z.looseObject({ kid, jwk: publicJwk, alg: text }),
  /** base64url of 64 bytes. */
  sig_new: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

export const streamData = {
  "dev.lintel.genesis.v1": genesis,
  "dev.lintel.boot.v1": boot,
  "dev.lintel.checkpoint.v1": checkpoint,
  "dev.lintel.hole.v1": hole,
  "dev.lintel.keychange.v1": keychange,
} as const;
