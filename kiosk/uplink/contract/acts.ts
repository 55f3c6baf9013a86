import { z } from "zod";
import { code, hash, name, natural, subject, text, utc, version } from "./members.ts";

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
const audit = z.looseObject({ act: code, sub: subject.nullable(), by: text, detail: text });

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
});

export const actData = {
  "dev.lintel.cmdlog.v1": cmdlog,
  "dev.lintel.audit.v1": audit,
  "dev.lintel.erasure.v1": erasure,
} as const;
