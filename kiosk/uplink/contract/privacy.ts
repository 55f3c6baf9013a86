import { createHash } from "node:crypto";
import { z } from "zod";
import { packs } from "../../core/consent/packs.ts";
import { type PrivacyPolicy, purposes } from "../../core/consent/privacy-policy.ts";
import { LuError, verifyJws } from "../../core/jws.ts";
import { retentionClasses } from "../../core/retention.ts";
import type { CloudKey } from "./keys.ts";
import { label, utc, version } from "./members.ts";

/**
 * The employer's privacy policy: a JSON document in a compact JWS of the type `lintel-pol+jws`, signed by a key of the
 * role `cmd:dpo`. Whoever answers for privacy signs it, and whoever sets thresholds and gates cannot: the roles `cfg` and
 * `cmd:cfg` sign nothing of it.
 */
export const policyRole = "cmd:dpo";

const words = z.string().trim().min(1).max(160);
const days = z.int().min(0).max(36_500);
/** Not looser than this: a clause that this clock does not know is one that it cannot keep. */
export const policyDocument = z.strictObject({
  v: version.min(1),
  tenant: label,
  published_at: utc,
  effective_at: utc,
  minor: z.boolean(),
  controller: z.strictObject({ name: words, contact: words }),
  dpo: words.nullable(),
  /** Where people may complain. */
  authority: words,
  purposes: z.array(z.enum(purposes)).min(1),
  /** No default: whoever signs says by what right. */
  basis: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("consent") }),
    z.strictObject({ kind: z.enum(["law", "agreement"]), ref: words }),
  ]),
  face_sites: z.array(label).max(200),
  term_days: z.int().min(1).max(3_650).nullable(),
  retention: z.partialRecord(z.enum(retentionClasses), days),
  pack: z.enum(Object.keys(packs) as [keyof typeof packs]),
  min_age: z.int().min(13).max(99),
  /** From this age on, below `min_age`, with a parent or guardian. Absent or null: nobody. */
  guardian_age: z.int().min(13).max(99).nullish(),
  /** Reference of the impact assessment. */
  assessment: words.nullable(),
  texts: version.min(1),
});

export interface PolicyRead {
  readonly policy: PrivacyPolicy;
  /** SHA-256 of the signed text, base64url: what consents name. */
  readonly h: string;
}

/** @throws LuError 1001-1007; 1001 names the member, never its value. */
export function readPolicy(token: string, keys: readonly CloudKey[]): PolicyRead {
  const ofRole = keys.filter(({ role }) => role === policyRole);
  const { payload, payloadText } = verifyJws(
    token,
    "lintel-pol+jws",
    (kid) => ofRole.find((key) => key.kid === kid)?.key,
  );
  const read = policyDocument.safeParse(payload);
  if (!read.success) {
    const [issue] = read.error.issues;
    const member = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
    throw new LuError(1001, `no privacy policy: ${member || "it"} is missing, wrong or unknown`);
  }
  const { published_at, effective_at, minor, face_sites, term_days, min_age, guardian_age, basis, ...same } = read.data;
  return {
    policy: {
      ...same,
      basis: basis as PrivacyPolicy["basis"],
      publishedUtcMs: Date.parse(published_at),
      effectiveUtcMs: Date.parse(effective_at),
      isMinor: minor,
      faceSites: face_sites,
      termDays: term_days,
      minAge: min_age,
      guardianAge: guardian_age ?? null,
      retention: same.retention as PrivacyPolicy["retention"],
    },
    h: createHash("sha256").update(payloadText).digest("base64url"),
  };
}
