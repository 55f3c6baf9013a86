import { z } from "zod";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";

/** What each kind of case gives to a verifier. docs/uplink/conformance.md says the same in words. */

const jwk = z.looseObject({
  kty: z.string(),
  crv: z.string().default(""),
  x: z.string().default(""),
  y: z.string().optional(),
});
const position = z.tuple([z.int(), z.int()]);
const deviceKeys = z.array(z.object({ jwk, source: z.string(), from: position.optional(), upto: position.optional() }));
const cloudKeys = z.array(z.object({ jwk, role: z.string(), source: z.string() }));
/** Base64 of what came. */
const bytes = z.string().transform((text) => Buffer.from(text, "base64"));
const hashes = z.array(z.string());
const proof = { path: hashes };

export type Jwk = z.infer<typeof jwk>;
export type DeviceKeys = z.infer<typeof deviceKeys>;
export type CloudKeys = z.infer<typeof cloudKeys>;

/** Who reads it. */
const spokenTo = { device: z.string(), groups: z.array(z.string()) };

export const inputs = {
  key: z.object({ jwk }),
  message: z.object({ channel: z.enum(["rec", "sta", "req"]), keys: deviceKeys, topic: z.string().optional(), bytes }),
  ingress: z.object({ keys: deviceKeys, bytes }),
  stream: z.object({ source: z.string(), keys: deviceKeys, messages: z.array(bytes) }),
  keychange: z.object({ keys: deviceKeys, bytes }),
  root: z.object({ hashes }),
  inclusion: z.object({ hash: z.string(), index: z.int(), size: z.int(), root: z.string(), ...proof }),
  consistency: z.object({
    first: z.int(),
    second: z.int(),
    firstRoot: z.string(),
    secondRoot: z.string(),
    ...proof,
  }),
  checkpoint: z.object({ hashes, data: z.object({ size: z.int(), root: z.string(), head: z.string() }) }),
  receipt: z.object({
    device: z.string(),
    receiver: z.string(),
    keys: cloudKeys,
    head: position,
    /** Record hash by `epoch/seq`. */
    hashes: z.record(z.string(), z.string()),
    bytes,
  }),
  command: z.object({
    ...spokenTo,
    keys: cloudKeys,
    /** Milliseconds since 1970, and how far off they may be. */
    clock: z.object({ utc: z.int(), err: z.int(), src: z.string() }),
    low: z.record(z.string(), z.int()),
    executed: z.array(z.string()),
    bytes,
  }),
  roster: z.object({
    ...spokenTo,
    keys: cloudKeys,
    have: z.object({
      v: z.int(),
      items: z.array(z.tuple([z.string(), z.int(), z.string()])),
      gone: z.array(z.tuple([z.string(), z.int()])),
    }),
    pages: z.array(bytes),
  }),
  config: z.object({ ...spokenTo, keys: cloudKeys, have: z.int(), fw: z.string(), bytes }),
  time: z.object({ keys: cloudKeys, asked: z.object({ n: z.string(), sent: z.int(), got: z.int() }), bytes }),
  timefix: z.object({
    record: z.object({ boot: z.int(), mono: z.int() }),
    fix: z.object({ boot: z.int(), mono: z.int(), utc: z.string(), err: z.int() }),
  }),
  topic: z.object({
    profile: z.enum(Object.keys(profiles) as [keyof typeof profiles]),
    home: z.object({ tenant: z.string(), site: z.string() }),
    topic: z.string(),
  }),
} as const;
