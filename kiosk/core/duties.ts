import type { DeskRequest, GateRequest } from "./desk.ts";
import type { AuditData } from "./record.ts";
import type { Role } from "./roles.ts";

/**
 * Who may do what at the desk. Each role has work of its own and none has another's; what nobody should be able to do
 * alone wants two operators.
 */

/** Who is needed for a request. */
export type Need =
  /** It says nothing of anybody, or is how somebody shows who they are. */
  | { readonly who: "anybody" }
  /** Whoever can read the clock's state folder; where there is a privacy officer, together with one. */
  | { readonly who: "owner" }
  | { readonly who: "one"; readonly of: readonly Role[] }
  /** Two operators, one of each. */
  | { readonly who: "two"; readonly of: readonly [Role, Role] };

/** What a request leaves in the journal. */
export type Trace =
  /** Nothing of its own: it shows nothing, or writes its own records. */
  | "none"
  /** One record before anything is shown. */
  | "look"
  /** One before it is done, one after. */
  | "change";

export interface Duty {
  readonly need: Need;
  readonly trace: Trace;
  readonly act: AuditData["act"];
  /** Takes in or gives out what a locked clock keeps shut: people's data, and who may act here. */
  readonly restsWhenLocked?: true;
}

const one = (...of: readonly Role[]): Need => ({ who: "one", of });
const anybody: Need = { who: "anybody" };
const owner: Need = { who: "owner" };

/** Every kind of request there is: a new one does not compile until somebody has decided whose work it is. */
export const duties: Readonly<Record<DeskRequest["ask"], Duty>> = {
  acceptance: { need: one("technician"), trace: "look", act: "acceptance", restsWhenLocked: true },
  uplink: { need: anybody, trace: "none", act: "look" },
  condition: { need: anybody, trace: "none", act: "look" },
  technician: { need: one("technician"), trace: "look", act: "look" },
  wall: { need: anybody, trace: "none", act: "look" },
  operators: { need: owner, trace: "look", act: "look" },
  "operator-add": { need: owner, trace: "none", act: "operator", restsWhenLocked: true },
  "operator-end": { need: owner, trace: "none", act: "operator-end" },
  "operator-enrol": { need: anybody, trace: "none", act: "operator", restsWhenLocked: true },
  "session-challenge": { need: anybody, trace: "none", act: "session" },
  "session-begin": { need: anybody, trace: "none", act: "session" },
  "session-end": { need: anybody, trace: "none", act: "session-end" },
  readers: { need: one("technician"), trace: "look", act: "look" },
  "reader-test": { need: one("technician"), trace: "look", act: "reader-test" },
  people: { need: one("supervisor", "privacy-officer"), trace: "look", act: "look", restsWhenLocked: true },
  "worst-served": { need: one("supervisor"), trace: "look", act: "look", restsWhenLocked: true },
  spread: { need: one("supervisor", "privacy-officer"), trace: "look", act: "look" },
  enrol: { need: one("supervisor"), trace: "change", act: "enrol", restsWhenLocked: true },
  "enrol-photographs": { need: one("supervisor"), trace: "change", act: "enrol", restsWhenLocked: true },
  badge: { need: one("supervisor"), trace: "change", act: "badge", restsWhenLocked: true },
  "badge-remove": { need: one("supervisor"), trace: "change", act: "badge" },
  pin: { need: one("supervisor"), trace: "change", act: "pin", restsWhenLocked: true },
  "pin-remove": { need: one("supervisor"), trace: "change", act: "pin" },
  withdraw: { need: one("privacy-officer"), trace: "change", act: "withdraw" },
  remove: { need: one("privacy-officer"), trace: "change", act: "erase" },
  muster: { need: one("supervisor"), trace: "look", act: "look" },
  alert: { need: one("supervisor"), trace: "change", act: "alarm" },
  ways: { need: anybody, trace: "none", act: "look" },
  inside: { need: owner, trace: "none", act: "look" },
  selfcheck: { need: owner, trace: "none", act: "selfcheck" },
  install: { need: owner, trace: "none", act: "install" },
  requests: { need: one("privacy-officer"), trace: "look", act: "look" },
  "request-answer": { need: one("privacy-officer"), trace: "change", act: "request" },
  holds: { need: one("privacy-officer"), trace: "look", act: "look" },
  "hold-set": { need: one("privacy-officer"), trace: "change", act: "hold" },
  "hold-lift": { need: one("privacy-officer"), trace: "change", act: "hold-end" },
  "hold-trust": { need: one("privacy-officer"), trace: "change", act: "hold" },
  unlock: { need: one("supervisor"), trace: "change", act: "unlock" },
  camera: { need: one("supervisor", "privacy-officer"), trace: "change", act: "camera" },
  renew: { need: one("privacy-officer"), trace: "change", act: "renew", restsWhenLocked: true },
  audit: { need: one("privacy-officer"), trace: "none", act: "look" },
  disclose: { need: one("privacy-officer"), trace: "none", act: "export", restsWhenLocked: true },
  snapshots: { need: one("privacy-officer"), trace: "look", act: "look", restsWhenLocked: true },
  "snapshot-open": {
    need: { who: "two", of: ["privacy-officer", "supervisor"] },
    trace: "look",
    act: "snapshot",
    restsWhenLocked: true,
  },
};

const ofGate: Readonly<Record<GateRequest["ask"], true>> = {
  operators: true,
  "operator-add": true,
  "operator-end": true,
  "operator-enrol": true,
  "session-challenge": true,
  "session-begin": true,
  "session-end": true,
  audit: true,
  disclose: true,
  snapshots: true,
  "snapshot-open": true,
};

export const isOfGate = (request: DeskRequest): request is GateRequest => request.ask in ofGate;
