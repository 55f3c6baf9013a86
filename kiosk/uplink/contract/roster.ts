import { z } from "zod";
import { audience } from "./audience.ts";
import { code, day, hash, name, natural, subject, text, utc, version } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** Who may use a clock: pages of changes from one version to the next. */

/** An item travels as text and is hashed as text, so that two readers cannot disagree about its bytes. */
const itemText = z.string().max(4096);

const pagePart = z.looseObject({
  /** The version this leads on from; 0 is an empty roster, so a snapshot. */
  base: version,
  to: version,
  page: natural.max(10_000),
  pages: natural.min(1).max(10_000),
  ops: z
    .array(
      z.union([z.tuple([z.literal("put"), subject, version, itemText]), z.tuple([z.literal("del"), subject, version])]),
    )
    .max(2000),
  /** On the last page at least: root over all items after all pages. */
  root: hash.optional(),
});
/** What a page says, whoever it is for. */
export type PagePart = z.infer<typeof pagePart>;

export const rosterPage = signedEvent.extend({
  type: z.literal("dev.lintel.roster.v1"),
  data: pagePart.extend({ aud: audience }),
});
export type RosterPage = z.infer<typeof rosterPage>;

/** What the text of an item says. Kept apart because a page is taken or refused by its root, whatever its items say. */
export const rosterItem = z.looseObject({
  st: z.enum(["active", "suspended", "gone"]),
  /** Valid from and to. */
  vf: utc.nullable().optional(),
  vt: utc.nullable().optional(),
  shift: text.optional(),
  /** First 16 bytes of HMAC-SHA-256 under the site's card key, base64url: never a card number. */
  cards: z.array(z.string().regex(/^[A-Za-z0-9_-]{22}$/)).max(8),
  pin: text.optional(),
  /** Display name: encrypted at rest on the device, never sent up. */
  dn: z.string().max(128).optional(),
  lang: z.string().max(16).optional(),
  perm: z.array(code).max(32).optional(),
  tpl: z.looseObject({ v: version }).optional(),
  /** From, to, kind: 1 leave, 2 remote, 3 training, 9 blocked. Never a reason. */
  leave: z
    .array(z.looseObject({ f: utc, t: utc, k: natural.max(99) }))
    .max(64)
    .optional(),
  /** What is left of it: kind, hundredths of a day, and the day on which that was so. */
  bal: z
    .array(z.looseObject({ k: natural.max(99), days: z.int().min(-100_000).max(100_000), asof: day }))
    .max(8)
    .optional(),
  /** Requests that were made at a clock, by the id of their record. Kind and days where another clock took them. */
  req: z
    .array(
      z.looseObject({
        ref: name,
        st: z.enum(["waiting", "granted", "declined"]),
        k: natural.max(99).optional(),
        f: day.optional(),
        t: day.optional(),
      }),
    )
    .max(64)
    .optional(),
});
