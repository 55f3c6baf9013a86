import { z } from "zod";
import { code, day, hash, name, natural, subject, text, utc } from "./members.ts";

/** `data` of the records that hours are made of. No name, no picture, no raw score, no card number. */

/** What the clock showed, and how much it can be trusted. */
const timeEvidence = z.looseObject({
  /** RFC 3339 with the offset that held. */
  local: z.string().max(40),
  /** IANA name. */
  tz: z.string().max(64),
  src: code,
  /** Claimed bound of the error, milliseconds. */
  err: natural,
  /** Seconds since the clock was last set. */
  age: natural,
  boot: natural,
  /** Milliseconds since that boot. */
  mono: natural,
});

const punch = z.looseObject({
  kind: code,
  /** The person did not choose the kind. */
  inf: z.literal(true).optional(),
  sub: subject.nullable(),
  /** What was used together. */
  method: z.array(code).max(8),
  /** Coarse: thresholds are the policy's, scores stay on the device. */
  assure: z.looseObject({ match: code, live: code, card: code }),
  t: timeEvidence,
  loc: text,
  /** The policy that decided. */
  pol: text,
  dec: code,
  why: z.array(code).max(16).optional(),
  /** A picture kept on the device under its own key: hash, kind, and when it is deleted. */
  ev: z.looseObject({ h: hash, k: code, exp: utc }).optional(),
  /** The supervisor who approved. */
  sup: subject.optional(),
  job: text.optional(),
});

/** Adds to a punch and never edits it. */
const correction = z.looseObject({
  /** Id of the punch that is meant, or of the correction that added one. */
  ref: text,
  kind: code,
  sub: subject,
  reason: text,
  by: code,
  /** The time that is claimed. */
  at: utc.optional(),
  /** `before` or `after`: a punch is missing there, and `ref` itself is not changed. */
  adds: code.optional(),
  /** `asked`, `granted`, `declined`; without it the correction holds. */
  state: code.optional(),
  /** Id of the request that is decided. */
  req: text.optional(),
  note: text.optional(),
  /** The supervisor who decided. */
  sup: subject.optional(),
});

/** Ties the monotonic clock of a boot to true time: records before it are understood anew and stay as they are. */
const timefix = z.looseObject({
  boot: natural,
  mono: natural,
  utc,
  /** Bound of the error of this pair, milliseconds. */
  err: natural,
  src: code.optional(),
});

const visitor = z.looseObject({
  v: z.string().regex(/^v_[0-9a-z]{20}$/),
  /** `asked`, `in`, `declined`, `no-answer`, `out`, `auto-out`. */
  act: code,
  host: subject.nullable(),
  purpose: code.optional(),
  /** JWE to the tenant's visitor key: only its holder can read who it is. */
  pii: z.string().max(4096).optional(),
  exp: utc,
});

/** Leave that somebody asks for, or does not want any more. Days of the site, both inclusive; a kind, never a reason. */
const leave = z.looseObject({ sub: subject, act: code, k: natural.max(99), from: day, to: day, ref: name.optional() });

export const attendanceData = {
  "dev.lintel.punch.v1": punch,
  "dev.lintel.correction.v1": correction,
  "dev.lintel.timefix.v1": timefix,
  "dev.lintel.visitor.v1": visitor,
  "dev.lintel.leave.v1": leave,
} as const;
