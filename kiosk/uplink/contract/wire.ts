import { z } from "zod";

/**
 * The shapes that cross the wire, protocol LU1 (docs/uplink.md). Enumerations are open and members may be added: a
 * receiver keeps what it does not know and never refuses it, because a kiosk on the wall may be newer than the cloud.
 */

/** Largest outer message, bytes. A record is at most 8 KiB, its token at most 16 Ki characters. */
export const maxWireBytes = 24 * 1024;

const int = z.int();
const natural = z.int().min(0);
const label = z.string().regex(/^[a-z0-9-]{1,24}$/);
const code = z.string().regex(/^[a-z0-9-]{1,40}$/);
const hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
const epoch = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const seq = natural.max(2 ** 31 - 1);
const text = z.string().max(256);
const subject = z.string().regex(/^[pvu]_[0-9a-z]{20}$/);

/** What every signed event has, whoever signed it. */
export const signedEvent = z.looseObject({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(64),
  source: z.string().min(1).max(128),
  type: z.string().regex(/^dev\.lintel\.[a-z0-9-]{1,32}\.v\d{1,3}$/),
  time: utc,
});
export type SignedEvent = z.infer<typeof signedEvent>;

/** A record's place in the stream, on top of that. */
export const recordEvent = signedEvent.extend({ epoch, seq, prev: hash, data: z.looseObject({}) });
export type WireRecord = z.infer<typeof recordEvent>;

const timeEvidence = z.looseObject({
  local: z.string().max(40),
  tz: z.string().max(64),
  src: code,
  err: natural,
  age: natural,
  boot: natural,
  mono: natural,
});

const punch = z.looseObject({
  kind: code,
  inf: z.literal(true).optional(),
  sub: subject.nullable(),
  method: z.array(code).max(8),
  assure: z.looseObject({ match: code, live: code, card: code }),
  t: timeEvidence,
  loc: text,
  pol: text,
  dec: code,
  why: z.array(code).max(16).optional(),
});

const genesis = z.looseObject({
  reason: code,
  prev: z.looseObject({ epoch: natural.nullable(), seq: seq.nullable(), rh: hash.nullable() }),
  lost: z.tuple([natural, natural]).optional(),
  ticket: text.nullable(),
  fw: text,
  keys: z.array(z.looseObject({ kid: text, alg: text, use: text })).max(16),
});

const correction = z.looseObject({ ref: text, kind: code, sub: subject, reason: text, by: code });
const boot = z.looseObject({ boot: natural, fw: text });
const audit = z.looseObject({ act: code, sub: subject.nullable(), by: text, detail: text });

/** `data` by record type. A type that is not here is kept as it is: it comes from a newer kiosk. */
export const recordData: Readonly<Record<string, z.ZodType>> = {
  "dev.lintel.genesis.v1": genesis,
  "dev.lintel.boot.v1": boot,
  "dev.lintel.punch.v1": punch,
  "dev.lintel.correction.v1": correction,
  "dev.lintel.audit.v1": audit,
};

const range = z.tuple([natural, natural]);

/** A receipt: "0..upto of epoch ep is durable here, and rh is my hash at upto". `upto` -1 says: nothing yet. */
export const ackEvent = signedEvent.extend({
  type: z.literal("dev.lintel.ack.v1"),
  data: z.looseObject({
    dev: z.string().max(32),
    ep: epoch,
    upto: int.min(-1).max(2 ** 31 - 1),
    rh: hash,
    /** Sequence numbers beyond `upto` that have not come, inclusive ranges. */
    miss: z.array(range).max(32),
    /** Stored, counted in `upto`, and wrong. */
    bad: z.array(z.looseObject({ seq, code: natural })).max(32),
    at: utc,
    rcv: label,
  }),
});
export type AckEvent = z.infer<typeof ackEvent>;

const place = z.looseObject({ seq, rh: hash });

export const statusEvent = signedEvent.extend({
  type: z.literal("dev.lintel.status.v1"),
  data: z.looseObject({
    state: z.enum(["online", "offline", "leaving"]),
    /** One MQTT connection. A death counts only for the session of the last birth. */
    sess: z.uuid(),
    ep: epoch,
    head: place,
    /** Receipt cursor by receiver: `[epoch, seq]`, seq -1 where nothing was receipted. */
    cur: z.record(label, z.tuple([natural, int.min(-1)])),
    backlog: natural,
    fw: text,
    clock: z.looseObject({ src: code, err: natural, age: natural }),
    cap: z.array(code).max(32),
  }),
});
export type StatusEvent = z.infer<typeof statusEvent>;

/** "Tell me how far you have got." */
export const syncEvent = signedEvent.extend({
  type: z.literal("dev.lintel.sync.v1"),
  data: z.looseObject({ sess: z.uuid(), ep: epoch, head: place }),
});
export type SyncEvent = z.infer<typeof syncEvent>;
