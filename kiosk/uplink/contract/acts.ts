import { z } from "zod";
import { code, hash, name, natural, subject, text, token, utc, version } from "./members.ts";

/** `data` of the records that say what was done at a clock or to it, and by whose order. */

/** What became of a command. `accepted` is written before it is carried out, the rest after. */
const cmdlog = z.looseObject({
  /** `id` of the command. */
  cmd: name,
  state: code,
  /** LU number where it was refused or failed. */
  code: natural.optional(),
  detail: text.optional(),
  /** What the command asked for, as text. */
  out: z.string().max(4096).optional(),
});

/** An act of a technician, or of a person on their own data, or of the box on itself; never a name. */
const audit = z.looseObject({
  act: code,
  sub: subject.nullable(),
  by: text,
  detail: text,
  /** As what they acted, and why. */
  role: code.optional(),
  reason: code.optional(),
  ticket: name.optional(),
  /** Id of the record that announced it. */
  ref: name.optional(),
  /** What it was and what it is, in counts and codes. */
  before: text.optional(),
  after: text.optional(),
  /** What was given out: so many records, and the SHA-256 of their hashes. */
  out: z.looseObject({ n: natural, h: hash }).optional(),
  /** With the end of a clock: the certificate of what was erased. */
  wip: token.max(4096).optional(),
});

/** Proof that somebody was forgotten. */
const erasure = z.looseObject({
  cmd: name.nullable(),
  sub: subject,
  /** How many of each were deleted. */
  counts: z.record(code, natural),
  /** The subject's own key. */
  dek: code,
  kek_rot: utc.nullable(),
  /** What vouches for the destruction: `tpm` or `software`. */
  assure: code,
  tpl_root: hash,
  ros_root: hash,
  /** Two neighbours of the sorted template set between which the subject would stand; null at an end. */
  nonmember: z.looseObject({
    left: z.looseObject({ sub: subject, index: natural, leaf: hash }).nullable(),
    right: z.looseObject({ sub: subject, index: natural, leaf: hash }).nullable(),
    size: natural,
    paths: z.array(z.array(hash).max(32)).max(2),
  }),
  /** Version of the list of those who must not come back. */
  sup_v: version,
  /** What stays, why, and until when at the latest. */
  kept: z
    .array(z.looseObject({ cls: code, basis: text, until: utc }))
    .max(16)
    .optional(),
});

/** Agreement to one purpose, and its end. The words are known by their hash, a drawn signature too. */
const consent = z.looseObject({
  sub: subject,
  act: code,
  purpose: code,
  /** What was read: version, language, SHA-256. */
  text: z.looseObject({ v: version, lang: z.string().max(16), h: hash }).nullable(),
  /** The employer's policy that allows it. */
  pol: z.looseObject({ v: version, h: hash }).nullable(),
  basis: text,
  sign: z.looseObject({ how: text, h: hash.nullable() }),
  /** Id of the consent that this changes. */
  ref: name.optional(),
  until: utc.optional(),
  /** The least age that they said they have reached. */
  age: natural.max(150).optional(),
  /** A parent or guardian agreed with them, and the SHA-256 of what they drew. Nothing says who. */
  guardian: z.looseObject({ how: text, h: hash.nullable() }).optional(),
  /** Reference of the paper, where an operator holds one. */
  paper: text.optional(),
  by: text,
});

/** Things of one class went because their time was over. */
const purge = z.looseObject({ cls: code, n: natural, days: natural, before: utc, held: natural });

/** Somebody uses one of their rights; `due` is the end of the month that the law gives. */
const request = z.looseObject({
  sub: subject,
  right: code,
  state: code,
  due: utc,
  about: code,
  ref: name.optional(),
});

/** An emergency, and its end. */
const alert = z.looseObject({
  act: code,
  by: code,
  cmd: name.nullable(),
  loc: text,
  on: natural,
  visitors: natural,
  sup: subject.optional(),
});

export const actData = {
  "dev.lintel.consent.v1": consent,
  "dev.lintel.purge.v1": purge,
  "dev.lintel.request.v1": request,
  "dev.lintel.alert.v1": alert,
  "dev.lintel.cmdlog.v1": cmdlog,
  "dev.lintel.audit.v1": audit,
  "dev.lintel.erasure.v1": erasure,
} as const;
