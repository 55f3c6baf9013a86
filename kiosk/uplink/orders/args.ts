import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import { guestsNotes } from "../../core/guests/view.ts";
import type { Order } from "../../core/orders.ts";
import { code, epoch, hash, label, name, seq, subject, token, utc } from "../contract/members.ts";

const visitor = z.string().regex(/^v_[0-9a-z]{20}$/);

/** What an order may be told, by `op`. Members that are not known are ignored: the cloud may be newer. */
export const argsOf = {
  resend: z.looseObject({
    ep: epoch,
    from: seq,
    /** The newest of that epoch where nothing is said. */
    to: seq.optional(),
    /** One receiver; whoever lacks them where nothing is said. */
    rcv: label.optional(),
  }),
  /** A record of the present epoch that whoever orders it has: they know which clock they end, and how it stands. */
  decommission: z.looseObject({ ep: epoch, seq, rh: hash }),
  "message.show": z.looseObject({
    text: z.string().min(1).max(280),
    until: utc.optional(),
    /** For one person only. */
    sub: subject.optional(),
    /** News are not told to somebody who wished so at the wall. */
    class: z.enum(["essential", "news"]).default("essential"),
  }),
  volume: z.looseObject({ percent: z.int().min(0).max(100) }),
  "hold.set": z.looseObject({
    /** Everybody where nobody is named. */
    sub: subject.optional(),
    classes: z.array(code).min(1).max(16),
    /** The journal keeps what was written from then on; everything where nothing is said. */
    from: utc.optional(),
    until: utc,
    /** A role or a file number, never a name. */
    owner: label,
    reason: code,
  }),
  /** By the id of the order that set it. */
  "hold.lift": z.looseObject({ hold: name }),
  /** The signed policy itself (contract/privacy.ts). */
  "policy.set": z.looseObject({ doc: token.max(6_000) }),
  "visitor.answer": z.looseObject({
    v: visitor,
    answer: z.enum(["come", "wait", "no"]),
    note: z.enum(guestsNotes).optional(),
  }),
  "visitor.expect": z.looseObject({
    v: visitor,
    /** Null is the office. */
    host: subject.nullable(),
    from: utc,
    until: utc,
    /** What the visitor can type instead of showing a pass. */
    code: z
      .string()
      .regex(/^\d{6,8}$/)
      .optional(),
  }),
  identify: z.looseObject({ forS: z.int().min(1).max(600).default(30) }),
} as const;

/** @throws Fault `order-refused` naming the member, never its value. */
export function readArgs<S extends z.ZodType>(shape: S, { op, args }: Order): z.output<S> {
  const read = shape.safeParse(args);
  if (read.success) return read.data;
  const member = read.error.issues[0]?.path.join(".") ?? "";
  throw new Fault("order-refused", `${op} cannot be read: ${member} is missing or wrong`, "See docs/uplink.md.");
}
