import { type ConsentNote, reckon } from "../kiosk/core/consent/book.ts";
import { type Consented, opened } from "../kiosk/core/consent/gate.ts";
import type { PolicyKept, PrivacyPolicy } from "../kiosk/core/consent/privacy-policy.ts";
import type { PersonId } from "../kiosk/core/person.ts";
import type { Template } from "../kiosk/core/ports/engine.ts";
import type { ConsentData } from "../kiosk/core/record.ts";

/** An employer and people who agree, for tests that are about something else: through the gate, as everybody. */

export const anyPolicy: PrivacyPolicy = {
  v: 1,
  tenant: "acme",
  publishedUtcMs: 0,
  effectiveUtcMs: 0,
  isMinor: false,
  controller: { name: "Acme", contact: "privacy@acme.example" },
  dpo: null,
  authority: "the authority",
  purposes: ["work-day"],
  basis: { kind: "consent" },
  faceSites: ["blr-01"],
  termDays: null,
  retention: {},
  pack: "default",
  minAge: 16,
  guardianAge: null,
  assessment: null,
  texts: 1,
};

export const keptPolicy = (policy: PrivacyPolicy = anyPolicy, more: Partial<PolicyKept> = {}): PolicyKept => ({
  policy,
  h: Buffer.alloc(32, policy.v).toString("base64url"),
  receivedUtcMs: 0,
  holdsFromUtcMs: 0,
  asksFromV: 1,
  ...more,
});

let seq = 0;
/** A record of somebody's word, as the journal would give it back. */
export function noteBy(person: PersonId, act: ConsentData["act"], more: Partial<ConsentNote & ConsentData> = {}) {
  const { id, epoch = 1, utcMs = 0, ...data } = more;
  seq += 1;
  const note: ConsentNote = {
    ...{ epoch, seq: more.seq ?? seq, utcMs },
    id: id ?? `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    data: {
      ...{ sub: person, act, purpose: "face", text: null, pol: { v: 1, h: keptPolicy().h } },
      ...{ basis: "consent", sign: { how: "tap", h: null }, by: "self:card" },
      ...data,
    },
  };
  return note;
}

/** Everybody agreed to it. */
export function consented(...templates: readonly Template[]): readonly Consented<Template>[] {
  const grounds = { policy: keptPolicy(), site: "blr-01", nowUtcMs: 0 };
  const given = new Map(
    templates.map(({ person, consentId }) => [person, reckon([noteBy(person, "given", { id: consentId })])] as const),
  );
  const said = (person: PersonId) => given.get(person) ?? reckon([]);
  return opened(templates, said, grounds);
}

export function consentedOne(template: Template): Consented<Template> {
  const [one] = consented(template);
  if (one === undefined) throw new Error("the gate is closed");
  return one;
}
