import { z } from "zod";

/** What members of messages are made of. Everything has a bound: nobody outside decides how much we hold. */

const int31Max = 2 ** 31 - 1;

/** -(2^53 - 1) to 2^53 - 1: what every JSON reader keeps exactly. Signed bodies know no other numbers. */
export const whole = z.int();
export const natural = whole.min(0);
/** Tenant, site, receiver, group, issuer. */
export const label = z.string().regex(/^[a-z0-9-]{1,24}$/);
/** A word of an open list: readers keep the ones they do not know. */
export const code = z.string().regex(/^[a-z0-9-]{1,40}$/);
export const text = z.string().max(256);
/** 32 bytes in base64url. */
export const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** The first 96 bits of a key's RFC 7638 thumbprint. */
export const kid = z.string().regex(/^[A-Za-z0-9_-]{16}$/);
/** RFC 3339 in UTC with up to milliseconds. */
export const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
/** A day of the site: `2026-11-22`. */
export const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
export const epoch = whole.min(1).max(int31Max);
export const seq = natural.max(int31Max);
/** A place that may lie before the first record. */
export const seqOrNone = whole.min(-1).max(int31Max);
/** First and last number, inclusive. */
export const range = z.tuple([seq, seq]);
/** Employee, visitor, unknown: random and never made from an employee number. */
export const subject = z.string().regex(/^[pvu]_[0-9a-z]{20}$/);
/** A name that somebody else gave: an id of an event, of a ticket, of a job. */
export const name = z.string().min(1).max(64);
/** A version that only moves forward. */
export const version = whole.min(0);
/** Three base64url parts. Whether it is genuine is not a question of its shape. */
export const token = z
  .string()
  .max(16 * 1024)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/);
export const place = z.looseObject({ seq, rh: hash });

/** A public key. Members of a private half are not among those that we read. */
export const publicJwk = z.looseObject({
  kty: z.enum(["OKP", "EC"]),
  crv: z.enum(["Ed25519", "P-256", "X25519"]),
  x: z.string().max(64),
  y: z.string().max(64).optional(),
});
