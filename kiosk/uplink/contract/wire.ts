import { z } from "zod";
import { actData } from "./acts.ts";
import { attendanceData } from "./attendance.ts";
import { code, epoch, hash, label, natural, place, range, seq, seqOrNone, text, utc, version } from "./members.ts";
import { streamData } from "./stream.ts";

/**
 * The shapes that cross the wire, protocol LU1 (docs/uplink.md). Enumerations are open and members may be added: a
 * receiver keeps what it does not know and never refuses it, because a kiosk on the wall may be newer than the cloud.
 */

/** Largest outer message, bytes. A record is at most 8 KiB, its token at most 16 Ki characters. */
export const maxWireBytes = 24 * 1024;

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

/** `data` by record type. A type that is not here is kept as it is: it comes from a newer kiosk. */
export const recordData: Readonly<Record<string, z.ZodType>> = { ...streamData, ...attendanceData, ...actData };

/** A receipt: "0..upto of epoch ep is durable here, and rh is my hash at upto". `upto` -1 says: nothing yet. */
export const ackEvent = signedEvent.extend({
  type: z.literal("dev.lintel.ack.v1"),
  data: z.looseObject({
    dev: z.string().max(32),
    ep: epoch,
    upto: seqOrNone,
    rh: hash,
    /** Sequence numbers beyond `upto` that have not come, inclusive ranges. */
    miss: z.array(range).max(32),
    /**
     * Sequence numbers beyond `upto` that are stored and not counted yet, inclusive ranges. No leave to forget: their place
     * in the chain is not proved.
     */
    have: z.array(range).max(32).optional(),
    /** Stored, counted in `upto`, and wrong. */
    bad: z.array(z.looseObject({ seq, code: natural })).max(32),
    at: utc,
    /** The nonce of the `sync` that it answers. */
    n: text.optional(),
    /** How fast the backlog may come: records per second, and for how many seconds it shall rest. */
    pace: z
      .looseObject({
        rps: natural.max(100_000).optional(),
        hold: natural.max(900).optional(),
      })
      .optional(),
    rcv: label,
  }),
});
export type AckEvent = z.infer<typeof ackEvent>;

const versionAndRoot = z.looseObject({ v: version, root: hash });

export const statusEvent = signedEvent.extend({
  type: z.literal("dev.lintel.status.v1"),
  data: z.looseObject({
    state: z.enum(["online", "offline", "leaving"]),
    /** One MQTT connection. A death counts only for the session of the last birth. */
    sess: z.uuid(),
    ep: epoch,
    head: place,
    /** The oldest record that can still be sent. */
    low: seq.optional(),
    /** Receipt cursor by receiver: `[epoch, seq]`, seq -1 where nothing was receipted. */
    cur: z.record(label, z.tuple([natural, seqOrNone])),
    backlog: natural,
    /** When the oldest record without a receipt was made. */
    oldest: utc.nullable().optional(),
    fw: text,
    /** What holds: version, hash of its text, and what was wrong with the last that did not. */
    cfg: z
      .looseObject({
        v: version,
        h: hash.nullable(),
        err: natural.nullable().optional(),
        /** The version that is on trial: it holds once the clock has done well with it. */
        trying: version.optional(),
      })
      .optional(),
    ros: versionAndRoot.optional(),
    tpl: versionAndRoot.optional(),
    trust: version.optional(),
    kids: z.looseObject({ rec: text, enc: text.nullable().optional() }).optional(),
    clock: z.looseObject({ src: code, err: natural, age: natural }),
    /** Percent of the journal's disk that is used. */
    disk: natural.max(100).optional(),
    /** Thousandths of a degree Celsius. */
    temp: z.int().min(-273_150).max(1_000_000).optional(),
    cam: code.optional(),
    /** The clock is locked: `order` or `housing`. By order nothing else is sent but what was asked for, and alerts. */
    lock: code.optional(),
    rdr: code.optional(),
    /** `ok`, or that receipts have not come for long. */
    receipts: code.optional(),
    tzdata: text.optional(),
    nonce: text.optional(),
    cap: z.array(code).max(32),
  }),
});
export type StatusEvent = z.infer<typeof statusEvent>;

/** "Tell me how far you have got." */
export const syncEvent = signedEvent.extend({
  type: z.literal("dev.lintel.sync.v1"),
  data: z.looseObject({ sess: z.uuid(), ep: epoch, head: place, n: text.optional() }),
});
export type SyncEvent = z.infer<typeof syncEvent>;
