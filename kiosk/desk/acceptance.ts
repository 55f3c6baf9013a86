import { z } from "zod";
import {
  type AcceptanceFacts,
  type AcceptanceNews,
  type AcceptanceWish,
  type Cut,
  type LightSeen,
  type Presented,
  type Receipts,
  type SignedReport,
  testMethods,
  type Watched,
} from "../core/acceptance.ts";
import { isPersonId, type PersonId } from "../core/person.ts";

/** The desk's words for the acceptance of a site. */

const person = z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value), "not a person id");
const position = z.strictObject({ epoch: z.int().min(0), seq: z.int().min(0) });
const code = z.string().regex(/^[a-z0-9-]{1,40}$/, "not a code");
const forS = z.int().min(1).max(600);

export const acceptanceWish: z.ZodType<AcceptanceWish> = z.discriminatedUnion("of", [
  z.strictObject({ of: z.literal("begin") }),
  z.strictObject({ of: z.literal("light"), forS }),
  z.strictObject({ of: z.literal("present"), species: code }),
  z.strictObject({ of: z.literal("watch"), people: z.array(person).max(16), method: z.enum(testMethods), forS }),
  z.strictObject({ of: z.literal("receipts"), at: z.array(position).max(64), forS }),
  z.strictObject({ of: z.literal("network"), state: z.enum(["cut", "connected"]) }),
  z.strictObject({
    of: z.literal("sign"),
    h: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "not a SHA-256 as base64url"),
    n: z.int().min(0).max(10_000),
  }),
]);

export const acceptanceNews: z.ZodType<AcceptanceNews> = z.object({
  test: z.enum(["look", "nobody", "turn-left", "turn-right", "blink", "step-away"]),
  problem: z.string().nullable(),
});

const share = z.number().min(0).max(1);

export const factsAnswer: z.ZodType<AcceptanceFacts> = z.object({
  ...{ by: z.string(), device: z.string(), kid: z.string(), tenant: z.string(), site: z.string(), place: z.string() },
  ...{ release: z.string(), node: z.string(), spaceId: z.string(), receiver: z.string() },
  ...{ ways: z.array(z.string()), isSimulated: z.boolean(), canCut: z.boolean() },
  models: z.array(z.object({ kind: z.string(), file: z.string(), sha256: z.string() })),
  thresholds: z.object({
    ...{ liveMin: share, liveSure: share, challengeShare: share, lookMs: z.number(), challengeMs: z.number() },
  }),
});

const lit = z.object({ luma: z.number(), contrast: z.number(), behind: z.number(), sharpness: z.number() });
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

export const lightAnswer: z.ZodType<LightSeen> = z.object({
  of: z.literal("light"),
  ...{ pictures: z.int(), faces: z.int(), good: z.int(), problems: z.record(z.string(), z.int()) },
  ...{ lit: lit.nullable(), box: box.nullable() },
});

export const presentedAnswer: z.ZodType<Presented> = z.object({
  of: z.literal("present"),
  ...{ species: z.string(), is: z.enum(["accepted", "refused", "no-response"]), why: z.string() },
  ...{ score: share.nullable(), asked: z.int(), tookMs: z.int() },
});

export const watchedAnswer: z.ZodType<Watched> = z.object({
  of: z.literal("watch"),
  punch: z
    .object({
      ...{ epoch: z.int(), seq: z.int(), rh: z.string(), methods: z.array(z.string()) },
      ...{ utcMs: z.number(), flags: z.array(z.string()) },
    })
    .nullable(),
  ...{ others: z.int(), online: z.boolean() },
});

export const receiptsAnswer: z.ZodType<Receipts> = z.object({
  of: z.literal("receipts"),
  ...{ receipted: z.int(), wanted: z.int(), online: z.boolean(), receiver: z.string(), tookMs: z.int() },
});

export const cutAnswer: z.ZodType<Cut> = z.object({ of: z.literal("network"), state: z.enum(["cut", "connected"]) });

export const signedAnswer: z.ZodType<SignedReport> = z.object({
  ...{ of: z.literal("sign"), jws: z.string(), epoch: z.int(), seq: z.int() },
});
