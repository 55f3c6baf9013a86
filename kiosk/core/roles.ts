import type { AuditData } from "./record.ts";

/** Those who act at the desk: as what, and why. */

export const roles = ["technician", "supervisor", "privacy-officer"] as const;
export type Role = (typeof roles)[number];

/** Why somebody acts. Stands in records for ever, so it is a code and never words of one's own. */
export const reasons = [
  "enrolment",
  "leaving",
  "repair",
  "installation",
  "support",
  "dispute",
  "rights-request",
  "inspection",
  "court-order",
  "training",
  "incident",
] as const;
export type Reason = (typeof reasons)[number];

/** A pseudonym, `o_` and 20 of [0-9a-z]. Who it is, the employer knows. */
export type OperatorId = string & { readonly brand: "OperatorId" };

export const isOperatorId = (text: string): text is OperatorId => /^o_[0-9a-z]{20}$/.test(text);

/** Who acts, as it stands in the record. */
export interface Actor {
  /** An operator's pseudonym; `demo` on a demo's clock that has no operators; `owner` of the state folder. */
  readonly by: string;
  readonly role: Role | "owner" | "demo" | null;
  readonly reason: Reason | null;
  readonly ticket: string | null;
}

export const nobody: Actor = { by: "desk", role: null, reason: null, ticket: null };

/** The members of a record that say who acted. */
export const actorIn = ({ by, role, reason, ticket }: Actor): Pick<AuditData, "by" | "role" | "reason" | "ticket"> => ({
  by,
  ...(role !== null && { role }),
  ...(reason !== null && { reason }),
  ...(ticket !== null && { ticket }),
});
