import type { PublicJwk } from "./kid.ts";
import type { PersonId } from "./person.ts";
import type { TimeSource } from "./time.ts";

/** The journal's contents: the signed event of protocol LU1, docs/uplink.md. JSON with integers only. */

export type PunchKind = "in" | "out" | "break-start" | "break-end" | "transfer" | "attest" | "unknown";
export type Method = "face" | "card" | "pin" | "qr" | "finger" | "supervisor" | "manual";

/** Coarse on purpose: raw scores stay on the device. */
export interface Assurance {
  readonly match: "high" | "medium" | "low" | "none";
  readonly live: "pass" | "fail" | "na";
  readonly card: "crypto" | "static" | "none";
}

/** Evidence of the moment: what the clock showed and how much it can be trusted. */
export interface TimeEvidence {
  readonly local: string;
  readonly tz: string;
  readonly src: TimeSource;
  /** Claimed bound of the error, milliseconds. */
  readonly err: number;
  /** Seconds since the clock was last set. */
  readonly age: number;
  readonly boot: number;
  /** Milliseconds since this boot. */
  readonly mono: number;
}

export interface PunchData {
  readonly kind: PunchKind;
  /** True where the person did not choose the kind but it was inferred from the last punch. */
  readonly inf?: true;
  readonly sub: PersonId | null;
  readonly method: readonly Method[];
  readonly assure: Assurance;
  readonly t: TimeEvidence;
  readonly loc: string;
  readonly pol: string;
  readonly dec: "accept" | "flag" | "reject" | "duplicate";
  readonly why?: readonly string[];
  /** The supervisor who punched for somebody else. */
  readonly sup?: PersonId;
  /** Code of the job that begins. */
  readonly job?: string;
  /** A sealed picture that is kept on this clock: SHA-256 of it, its kind, and when it is deleted. */
  readonly ev?: { readonly h: string; readonly k: string; readonly exp: string };
}

/** Never edits, only adds. What each combination means: core/attendance/correction.ts. */
export interface CorrectionData {
  /** Id of the punch that is meant, or of the correction that added one. */
  readonly ref: string;
  readonly kind: PunchKind;
  readonly sub: PersonId;
  readonly reason: string;
  readonly by: "self" | "supervisor";
  /** The time that is claimed, RFC 3339 in UTC; without it the time stays, or is not known where a punch is added. */
  readonly at?: string;
  /** Not a change of `ref`: a punch that is missing right before or after it. */
  readonly adds?: "before" | "after";
  /** A request until somebody decides. Without it: done. */
  readonly state?: "asked" | "granted" | "declined";
  /** Id of the request that is decided. */
  readonly req?: string;
  readonly note?: string;
  /** The supervisor who decided. */
  readonly sup?: PersonId;
}

export interface GenesisData {
  readonly reason: "factory" | "reimage" | "journal-lost" | "truncated" | "rollback" | "key-compromise" | "seq-wrap";
  readonly prev: { readonly epoch: number | null; readonly seq: number | null; readonly rh: string | null };
  /** Sequence numbers of the previous epoch that are known to have existed and cannot be read any more, inclusive. */
  readonly lost?: readonly [number, number];
  readonly ticket: string | null;
  readonly fw: string;
  readonly keys: readonly { readonly kid: string; readonly alg: string; readonly use: "rec" }[];
}

/** The process started: which boot, which software. */
export interface BootData {
  readonly boot: number;
  readonly fw: string;
}

/** An act of a technician or of a person on their own data; never a name, always a reason. */
export interface AuditData {
  readonly act:
    | "enrol"
    | "withdraw"
    | "consent"
    | "erase"
    | "alarm"
    | "badge"
    | "reader-test"
    | "selfcheck"
    | "decommission"
    | "install"
    | "hold"
    | "hold-end"
    | AuditAct;
  readonly sub: PersonId | null;
  readonly by: string;
  readonly detail: string;
  /** As what they acted, and why: codes of core/roles.ts. */
  readonly role?: string;
  readonly reason?: string;
  /** Number of a ticket or case that it belongs to. */
  readonly ticket?: string;
  /** Id of the record that announced it. */
  readonly ref?: string;
  /** What it was and what it is, in counts and codes. */
  readonly before?: string;
  readonly after?: string;
  /** What was given out: so many records, and the SHA-256 of their hashes, base64url. */
  readonly out?: { readonly n: number; readonly h: string };
  /** With the end of a clock: the certificate of what was erased, a compact JWS of its record key. */
  readonly wip?: string;
}

/** What operators do at the desk, and what supervisors look at on the wall (core/roles.ts). */
export type AuditAct =
  | "session"
  | "session-end"
  | "denied"
  | "operator"
  | "operator-end"
  | "look"
  | "export"
  | "pin"
  | "renew"
  | "request"
  | "snapshot"
  /** A site is accepted: announced before each of its tests, and once more with the hash of the report (`out`). */
  | "acceptance"
  /** The clock was locked, and released: `detail` says for what. */
  | "lock"
  | "unlock"
  /** The switch in the housing said so. */
  | "opened"
  | "closed"
  /** People switched the camera off or on. */
  | "camera";

/** What the whole epoch was when `size` records stood before this one. */
export interface CheckpointData {
  readonly size: number;
  /** RFC 9162 tree head over the record hashes 0..size-1, base64url. */
  readonly root: string;
  /** Record hash of the last of them. */
  readonly head: string;
  /** `[epoch, seq]`: all receivers have what comes before this place, and it may be gone from here but for the genesis. */
  readonly low?: readonly [number, number];
}

/** True time came to be known better than our clock knew it: the records of this boot are understood by it anew. */
export interface TimefixData {
  readonly boot: number;
  /** Milliseconds since this boot at which it was `utc`. */
  readonly mono: number;
  readonly utc: string;
  /** Bound of the error of this pair, milliseconds. */
  readonly err: number;
  readonly src: "ack";
}

/** What became of an order. `accepted` is written before it is carried out, the rest after. */
export interface CmdlogData {
  /** `id` of the command. */
  readonly cmd: string;
  readonly state: "accepted" | "done" | "failed" | "rejected" | "expired";
  /** LU number where it was refused or failed. */
  readonly code?: number;
  readonly detail?: string;
  readonly out?: string;
}

/** From the next record on another key signs. */
export interface KeychangeData {
  readonly old: string;
  readonly new: { readonly kid: string; readonly jwk: PublicJwk; readonly alg: string };
  /** The new key's signature over `prev` as text, base64url: it is held. */
  readonly sig_new: string;
}

/** Proof that somebody was forgotten here. */
export interface ErasureData {
  /** `id` of the order; null where the person asked for it at the clock. */
  readonly cmd: string | null;
  readonly sub: PersonId;
  /** How many of each were deleted: `template`, `roster`, `card`, `name`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly dek: "destroyed" | "none";
  readonly kek_rot: string | null;
  readonly assure: "credential" | "software" | "tpm";
  /** Roots after the deletion, base64url. */
  readonly tpl_root: string;
  readonly ros_root: string;
  readonly nonmember: {
    readonly left: { readonly sub: string; readonly index: number; readonly leaf: string } | null;
    readonly right: { readonly sub: string; readonly index: number; readonly leaf: string } | null;
    readonly size: number;
    readonly paths: readonly (readonly string[])[];
  };
  readonly sup_v: number;
  /** What stays, why, and until when at the latest. */
  readonly kept?: readonly Stays[];
}

/** Something about a person that an erasure leaves, because somebody is bound to keep it. */
export interface Stays {
  readonly cls: string;
  /** A code: `law:working-time`, `law:proof-of-consent`, `hold:` and the reason of the hold. */
  readonly basis: string;
  readonly until: string;
}

/** Somebody agreed to their face being used, did not, or took it back. The words are known by their hash. */
export interface ConsentData {
  readonly sub: PersonId;
  readonly act: "given" | "declined" | "withdrawn" | "restricted" | "released" | "ended";
  readonly purpose: "face" | "snapshot" | "name-on-wall" | "messages";
  /** What stood on the wall: version, BCP 47, SHA-256 of the whole text, base64url. Null where nothing was read. */
  readonly text: { readonly v: number; readonly lang: string; readonly h: string } | null;
  /** The employer's policy that allows it: version and SHA-256, base64url. */
  readonly pol: { readonly v: number; readonly h: string } | null;
  /** What makes it lawful: `consent`, or a law or agreement that the policy names. */
  readonly basis: string;
  /** How it was confirmed, and the SHA-256 of a drawn signature. */
  readonly sign: { readonly how: "drawn" | "card+pin" | "tap" | "operator"; readonly h: string | null };
  /** Id of the consent that this changes. */
  readonly ref?: string;
  /** When it ends by itself. */
  readonly until?: string;
  /** The least age that they said they have reached. */
  readonly age?: number;
  /** A parent or guardian agreed with them: drawn here, and the SHA-256 of the drawing, or on the paper. Never who. */
  readonly guardian?: { readonly how: "drawn" | "paper"; readonly h: string | null };
  /** Reference of the paper, where an operator holds one. */
  readonly paper?: string;
  readonly by: string;
}

/** Things of one class were deleted because their time was over. Counts, never content. */
export interface PurgeData {
  /** `template`, `consent`, `snapshot`, `spoof`, `punch`, `visitor`, `audit`, `log`, `card-image`… */
  readonly cls: string;
  readonly n: number;
  /** What the rule says: so many days, counted from what. */
  readonly days: number;
  /** Everything older than this went, but what is held. */
  readonly before: string;
  /** How many stayed under a legal hold. */
  readonly held: number;
}

/** Somebody uses one of their rights. The law gives a month to answer. */
export interface RequestData {
  readonly sub: PersonId;
  readonly right: "access" | "copy" | "rectify" | "erase" | "restrict" | "object" | "explain";
  readonly state: "asked" | "done" | "declined" | "withdrawn";
  /** Until when it has to be answered, UTC. */
  readonly due: string;
  /** What it is about, as a code: `name`, `face`, `hours`. Never the content. */
  readonly about: string;
  /** Id of the request that this answers. */
  readonly ref?: string;
}

/** Somebody who does not work here came or went. */
export interface VisitorData {
  readonly v: PersonId;
  /** `auto-out`: nobody signed out, the clock did at the hour that is set. */
  readonly act: "asked" | "in" | "declined" | "no-answer" | "out" | "auto-out";
  readonly host: PersonId | null;
  readonly purpose?: string;
  /** Compact JWE to the tenant's visitor key. Absent where nobody can read it but this clock. */
  readonly pii?: string;
  /** When everything about this visit goes. */
  readonly exp: string;
}

/** Leave: asked for at the clock. The decision comes with the roster. */
export interface LeaveData {
  readonly sub: PersonId;
  readonly act: "asked" | "cancelled";
  /** 1 leave, 2 remote, 3 training: never a reason. */
  readonly k: number;
  /** First and last day of the site, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Id of the request that is cancelled. */
  readonly ref?: string;
}

/** An emergency. First in line everywhere. */
export interface AlertData {
  readonly act: "raised" | "cleared";
  readonly by: "wall" | "command";
  /** Id of the order, where there is one. */
  readonly cmd: string | null;
  readonly loc: string;
  /** How many people and visitors were on site by what this clock knows. */
  readonly on: number;
  readonly visitors: number;
  /** The supervisor who ended it at the wall. */
  readonly sup?: PersonId;
}

export type RecordBody =
  | { readonly type: "consent"; readonly data: ConsentData }
  | { readonly type: "purge"; readonly data: PurgeData }
  | { readonly type: "request"; readonly data: RequestData }
  | { readonly type: "visitor"; readonly data: VisitorData }
  | { readonly type: "leave"; readonly data: LeaveData }
  | { readonly type: "alert"; readonly data: AlertData }
  | { readonly type: "genesis"; readonly data: GenesisData }
  | { readonly type: "boot"; readonly data: BootData }
  | { readonly type: "checkpoint"; readonly data: CheckpointData }
  | { readonly type: "punch"; readonly data: PunchData }
  | { readonly type: "correction"; readonly data: CorrectionData }
  | { readonly type: "timefix"; readonly data: TimefixData }
  | { readonly type: "cmdlog"; readonly data: CmdlogData }
  | { readonly type: "keychange"; readonly data: KeychangeData }
  | { readonly type: "erasure"; readonly data: ErasureData }
  | { readonly type: "audit"; readonly data: AuditData };

export type RecordType = RecordBody["type"];

/** The signed event E: a CloudEvent 1.0. Member order below is the order in which we write it. */
export interface RecordEvent<B extends RecordBody = RecordBody> {
  readonly specversion: "1.0";
  /** UUIDv7. */
  readonly id: string;
  /** `urn:lintel:{tenant}:{site}:{device}` */
  readonly source: string;
  /** `dev.lintel.{type}.v1` */
  readonly type: `dev.lintel.${B["type"]}.v1`;
  readonly time: string;
  readonly epoch: number;
  readonly seq: number;
  /** Record hash of the record before, base64url; 43 times "A" for seq 0. */
  readonly prev: string;
  readonly data: B["data"];
}

/** A place in the stream. Order is (epoch, seq); wall time is evidence, never order. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export const isBefore = (a: Position, b: Position): boolean =>
  a.epoch !== b.epoch ? a.epoch < b.epoch : a.seq < b.seq;

/** Who speaks: three labels of [a-z0-9-], device `k` and 20 of [0-9a-z]. */
export interface Identity {
  readonly tenant: string;
  readonly site: string;
  readonly device: string;
}

export const sourceOf = ({ tenant, site, device }: Identity): string => `urn:lintel:${tenant}:${site}:${device}`;
