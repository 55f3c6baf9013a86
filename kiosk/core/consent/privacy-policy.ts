import { Fault } from "../fault.ts";
import type { RetentionClass } from "../keepsake.ts";
import { daysWith, matrix, type RetentionDays, retentionClasses } from "../retention.ts";
import { type PackName, packOf } from "./packs.ts";
import { textVersions } from "./texts/version.ts";

/** The employer's word, signed: what faces may be used for here, by what right, for how long. One of the two keys. */
export interface PrivacyPolicy {
  /** Moves forward only. */
  readonly v: number;
  readonly tenant: string;
  readonly publishedUtcMs: number;
  readonly effectiveUtcMs: number;
  /** Nobody loses anything by it, so nobody has to be told thirty days before. Held against the policy before it. */
  readonly isMinor: boolean;
  readonly controller: { readonly name: string; readonly contact: string };
  readonly dpo: string | null;
  /** Where people may complain. */
  readonly authority: string;
  readonly purposes: readonly Purpose[];
  readonly basis: Basis;
  /** Sites at which faces may be used; at all others there are badges, PINs and passes. */
  readonly faceSites: readonly string[];
  /** Days after which an agreement ends by itself; null: with the work. */
  readonly termDays: number | null;
  readonly retention: Partial<RetentionDays>;
  readonly pack: PackName;
  readonly minAge: number;
  /** From this age on, below `minAge`, people agree together with a parent or guardian; null: nobody does. */
  readonly guardianAge: number | null;
  /** Reference of the assessment that was made before. */
  readonly assessment: string | null;
  /** Version of the words that stand on the wall. */
  readonly texts: number;
}

/** Nothing else can be asked for: no place, no dwell time, no mood (Colorado HB24-1130). */
export const purposes = ["work-day", "secure-area", "safety"] as const;
export type Purpose = (typeof purposes)[number];

/** What makes it lawful; a law or an agreement is named. */
export type Basis =
  | { readonly kind: "consent" }
  | { readonly kind: "law"; readonly ref: string }
  | { readonly kind: "agreement"; readonly ref: string };

/** As it stands in a consent record. */
export const basisText = (basis: Basis): string =>
  basis.kind === "consent" ? "consent" : `${basis.kind}: ${basis.ref}`;

/** A policy as this clock keeps it. */
export interface PolicyKept {
  readonly policy: PrivacyPolicy;
  /** SHA-256 of the signed text, base64url. */
  readonly h: string;
  readonly receivedUtcMs: number;
  /** When it begins to hold here: people of this clock have their thirty days also where it came late. */
  readonly holdsFromUtcMs: number;
  /** Who agreed under this version or a later one has agreed to what it says. */
  readonly asksFromV: number;
}

export const noticeMs = 30 * 24 * 3_600_000;

/**
 * Whether a policy may follow the one that holds, and from when on it does.
 *
 * @param standing what holds now, and what is to follow it; where nothing holds, nobody has to be told of a change.
 * @throws Fault `policy-notice-short` where people would not be told in time; `policy-refused` for everything else.
 */
export function taken(
  policy: PrivacyPolicy,
  h: string,
  { now: before, coming }: { readonly now: PolicyKept | null; readonly coming: PolicyKept | null },
  at: { readonly tenant: string; readonly nowUtcMs: number },
): PolicyKept {
  checkAlone(policy, at.tenant);
  const newestV = (coming ?? before)?.policy.v ?? 0;
  if (policy.v <= newestV) {
    throw refused(
      `version ${policy.v} is not newer than version ${newestV}`,
      "Count the version up and sign it again.",
    );
  }
  const { effectiveUtcMs, publishedUtcMs, isMinor, v } = policy;
  const receivedUtcMs = at.nowUtcMs;
  if (before === null) {
    return { policy, h, receivedUtcMs, holdsFromUtcMs: effectiveUtcMs, asksFromV: v };
  }
  const asksFromV = asksAnew(before.policy, policy) ? v : before.asksFromV;
  if (isMinor) {
    const loss = lossOf(before.policy, policy);
    if (loss !== null) {
      throw refused(
        `it says that it is minor, and changes ${loss}`,
        "Sign it as a change that people are told of thirty days before.",
      );
    }
    return { policy, h, receivedUtcMs, holdsFromUtcMs: effectiveUtcMs, asksFromV };
  }
  const days = Math.floor((effectiveUtcMs - publishedUtcMs) / (24 * 3_600_000));
  if (effectiveUtcMs - publishedUtcMs < noticeMs) {
    throw new Fault(
      "policy-notice-short",
      `the policy gives people ${days} days' notice, and 30 is the least`,
      "Publish it with a date of effect at least thirty days later; until then the one before holds.",
    );
  }
  return { policy, h, receivedUtcMs, holdsFromUtcMs: Math.max(effectiveUtcMs, receivedUtcMs + noticeMs), asksFromV };
}

/** Whether faces may be used at a site by this policy. */
export function allowsFace(kept: PolicyKept | null, site: string): boolean {
  if (kept === null) return false;
  const { faceSites, pack, assessment } = kept.policy;
  return faceSites.includes(site) && (!packOf(pack).wantsAssessment || assessment !== null);
}

/** What is wrong with it whatever was before. */
function checkAlone(policy: PrivacyPolicy, tenant: string): void {
  const { pack, minAge, guardianAge, retention, effectiveUtcMs, publishedUtcMs, termDays, texts } = policy;
  const law = packOf(pack);
  if (policy.tenant !== tenant) throw refused("it is another organisation's", "Sign one for this organisation.");
  if (effectiveUtcMs < publishedUtcMs) throw refused("it takes effect before it was published", "Correct the dates.");
  if (!textVersions.includes(texts)) {
    throw refused(`this clock does not have the texts of version ${texts}`, "Update the clock, or name its texts.");
  }
  if (minAge < law.minAge) {
    throw refused(`the least age in ${pack} is ${law.minAge}, not ${minAge}`, "Raise minAge, or name another pack.");
  }
  if (guardianAge !== null && (law.guardianAge === null || guardianAge < law.guardianAge)) {
    throw refused(
      `${pack} has agreeing with a guardian ${law.guardianAge === null ? "for nobody" : `from ${law.guardianAge} on`}`,
      "Leave guardian_age out, or raise it.",
    );
  }
  if (guardianAge !== null && guardianAge >= minAge) {
    throw refused(`${guardianAge} with a guardian is not under ${minAge} alone`, "Leave guardian_age out.");
  }
  if (law.wantsRelease && termDays === null) {
    throw refused(`${pack} wants a term to be said, and there is none`, "Give termDays.");
  }
  for (const [cls, days] of Object.entries(retention) as [RetentionClass, number][]) {
    const { min, max } = matrix[cls];
    const most = cls === "template" ? Math.min(max, law.templateDaysMax) : max;
    if (days >= min && days <= most) continue;
    throw refused(
      `${days} days for ${cls} is not between ${min} and ${most}`,
      `Choose ${min} to ${most} days for ${cls}.`,
    );
  }
}

/** People agreed to other terms than these: their faces wait until they have agreed anew. */
function asksAnew(before: PrivacyPolicy, after: PrivacyPolicy): boolean {
  const isWider = after.purposes.some((purpose) => !before.purposes.includes(purpose));
  return isWider || before.controller.name !== after.controller.name || before.basis.kind !== after.basis.kind;
}

/** What people would lose by it, in words; null where nothing. */
function lossOf(before: PrivacyPolicy, after: PrivacyPolicy): string | null {
  if (asksAnew(before, after)) return "what faces are used for, by whom or by what right";
  if (after.faceSites.some((site) => !before.faceSites.includes(site))) return "where faces are used";
  const [eldest, youngest] = [before, after].map(({ minAge, guardianAge }) => guardianAge ?? minAge);
  if (after.minAge < before.minAge || Number(youngest) < Number(eldest)) return "the least age";
  if (after.pack !== before.pack) return "whose law it follows";
  if ((after.termDays ?? Number.POSITIVE_INFINITY) > (before.termDays ?? Number.POSITIVE_INFINITY)) return "the term";
  const [then, now] = [daysWith(before.retention), daysWith(after.retention)];
  const longer = retentionClasses.find((cls) => now[cls] > then[cls]);
  return longer === undefined ? null : `how long ${longer} is kept`;
}

const refused = (why: string, remedy: string): Fault =>
  new Fault("policy-refused", `the privacy policy: ${why}`, remedy);
