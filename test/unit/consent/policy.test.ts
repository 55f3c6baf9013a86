import { expect, test } from "vitest";
import { noticeIn } from "../../../kiosk/core/consent/notice.ts";
import { noticeMs, type PolicyKept, type PrivacyPolicy, taken } from "../../../kiosk/core/consent/privacy-policy.ts";
import { policyDocument } from "../../../kiosk/uplink/contract/privacy.ts";
import { anyPolicy, keptPolicy } from "../../consented.ts";

const dayMs = 24 * 3_600_000;
const now = 100 * dayMs;
const at = { tenant: "acme", nowUtcMs: now };
const next = (more: Partial<PrivacyPolicy>): PrivacyPolicy => ({ ...anyPolicy, v: 2, publishedUtcMs: now, ...more });
const take = (policy: PrivacyPolicy, standing: { now: PolicyKept | null; coming: PolicyKept | null }) =>
  taken(policy, "h", standing, at);
const first = { now: keptPolicy(), coming: null };

test("thirty days to the millisecond are enough, and one less is not", () => {
  expect(take(next({ effectiveUtcMs: now + noticeMs }), first).holdsFromUtcMs).toBe(now + noticeMs);
  expect(() => take(next({ effectiveUtcMs: now + noticeMs - 1 }), first)).toThrow("29 days' notice");
});

test("the first policy holds from its date: there is nobody to be told of a change", () => {
  expect(take(next({ effectiveUtcMs: now }), { now: null, coming: null }).holdsFromUtcMs).toBe(now);
});

test("what is minor is held against what holds now, so two small steps do not make a large one", () => {
  const coming = keptPolicy(next({ purposes: ["work-day", "safety"] }), { holdsFromUtcMs: now + noticeMs });
  const minor = next({ v: 3, isMinor: true, effectiveUtcMs: now, purposes: ["work-day", "safety"] });
  expect(() => take(minor, { now: keptPolicy(), coming })).toThrow("what faces are used for");
  expect(() => take(next({ v: 2, isMinor: true, effectiveUtcMs: now }), { now: keptPolicy(), coming })).toThrow(
    "not newer than version 2",
  );
});

test("who agreed is asked anew for another purpose, employer or right, and for nothing else", () => {
  const later = { effectiveUtcMs: now + noticeMs };
  expect(take(next({ ...later, authority: "another" }), first).asksFromV).toBe(1);
  expect(take(next({ ...later, purposes: ["safety"] }), first).asksFromV).toBe(2);
  expect(take(next({ ...later, basis: { kind: "law", ref: "Act 7" } }), first).asksFromV).toBe(2);
  expect(take(next({ ...later, controller: { name: "Other", contact: "x" } }), first).asksFromV).toBe(2);
});

test("the law of a place is a floor: Illinois wants a term, Texas a year at most, and no pack more than was promised", () => {
  const fresh = { now: null, coming: null };
  const law = (more: Partial<PrivacyPolicy>) => next({ effectiveUtcMs: now, ...more });
  expect(() => take(law({ pack: "US-IL" }), fresh)).toThrow("wants a term");
  expect(() => take(law({ pack: "US-TX", retention: { template: 366 } }), fresh)).toThrow("366 days for template");
  expect(() => take(law({ retention: { snapshot: 91 } }), fresh)).toThrow("91 days for snapshot");
  expect(() => take(law({ texts: 99 }), fresh)).toThrow("texts of version 99");
});

test("the basis has no default, and a law or an agreement is named", () => {
  expect(policyDocument.shape.basis.safeParse(undefined).success).toBe(false);
  expect(policyDocument.shape.basis.safeParse({ kind: "law" }).success).toBe(false);
  expect(policyDocument.shape.basis.safeParse({ kind: "law", ref: "Act 7" }).success).toBe(true);
});

test("the notice names controller, purpose, term, retention, rights and where to complain, in each language, and its hash moves with any of them", () => {
  const policy: PrivacyPolicy = { ...anyPolicy, dpo: "dpo@acme.example", termDays: 321, retention: { template: 77 } };
  const hashes = new Set<string>();
  for (const lang of ["en-GB", "de", "es-MX", "hi", "ar", "zh-Hans", "fr"]) {
    const { items, why, agree, text } = noticeIn(lang, keptPolicy(policy), "blr-01");
    const whole = JSON.stringify([items, why, agree]);
    for (const fact of ["Acme", "privacy@acme.example", "dpo@acme.example", "321", "77", "2190", "the authority"]) {
      expect(whole, `${lang} says ${fact}`).toContain(fact);
    }
    expect(items).toHaveLength(10);
    hashes.add(text.h);
  }
  // French is not among them, and is read in English.
  expect(hashes.size).toBe(6);
  const other = noticeIn("en", keptPolicy({ ...policy, termDays: 322 }), "blr-01");
  expect(hashes.has(other.text.h)).toBe(false);
});
