import type { OverrideReason } from "./attendance/supervisor.ts";
import type { ChosenKind } from "./chosen.ts";
import type { CounterName } from "./counter-kinds.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Assurance, CorrectionData, Method, RecordBody, TimeEvidence } from "./record.ts";
import { type ClockQuality, localText, type Stamp } from "./time.ts";

/** Why a punch that was taken should be looked at by a person (`why` in the record). */
export type Flag =
  /** The badge was read and the face that was also wanted could not be verified. */
  | "face-unverified"
  /** The same, because nothing could be seen: no camera, no engine, or faces rest after an alarm. */
  | "face-unavailable"
  /** The face was like the person's and did not seem alive. */
  | "pad-suspect"
  /** A second way was wanted too and was not shown, or could not be. */
  | "badge-missing"
  | "pin-missing"
  | "qr-missing"
  /** The rules know nothing of the way that was shown. */
  | "other-way"
  /** The PIN was the one for when somebody forces them. */
  | "duress"
  /** The roster has them on leave. */
  | "leave"
  /** Our clock could not say when it was, or whether a pass was still good. */
  | "clock-weak"
  /** A supervisor punched, and why. */
  | "override"
  | OverrideReason
  /** There is a roster, and it does not want this person here now. */
  | "not-rostered";

/** Who it is, and what for: by which means, how surely, and what is left to be asked. */
export interface Proof {
  readonly person: PersonId;
  readonly methods: readonly Extract<Method, "face" | "card" | "pin" | "qr" | "supervisor">[];
  readonly assure: Assurance;
  readonly flags: readonly Flag[];
}

export interface PunchDraft extends Proof {
  readonly draft: "punch";
  readonly kind: ChosenKind | "transfer";
  /** Code of what they begin to work at. */
  readonly job?: string;
  /** The supervisor who punched for them. */
  readonly sup?: PersonId;
  /** True where the kind was suggested and nobody chose it. */
  readonly inferred: boolean;
  /** When the person did it: not when the disk was ready. */
  readonly at: Stamp;
}

export interface CorrectionDraft {
  readonly draft: "correction";
  readonly person: PersonId;
  readonly kind: ChosenKind;
  /** Id of the record that is meant. */
  readonly ref: string;
  readonly at: Stamp;
}

/** Somebody asks for a correction, or says that a punch was not theirs. It adds and never edits. */
export interface RequestDraft {
  readonly draft: "request";
  readonly person: PersonId;
  readonly data: CorrectionData;
  readonly at: Stamp;
}

/** Faces that did not seem alive came too often. About nobody: who was resembled is the victim. */
export interface AlarmDraft {
  readonly draft: "alarm";
  readonly count: number;
  readonly windowMs: number;
  readonly restMs: number;
  readonly at: Stamp;
}

/** Somebody is about to see what is known of others. It is shown once it is written down who looked. */
export interface LookDraft {
  readonly draft: "look";
  /** Who looks. */
  readonly person: PersonId;
  /** By what right: `supervisor`, `muster`, `anybody`. */
  readonly role: "supervisor" | "muster" | "anybody";
  /** muster: who is in. override: whom a supervisor may punch for. */
  readonly what: "muster" | "override";
  readonly at: Stamp;
}

/** What the station wants written down, before it has a number, a signature or a place in the journal. */
export type Draft = PunchDraft | CorrectionDraft | RequestDraft | AlarmDraft | LookDraft | NoteDraft;

/** What a counter wants written down, as it stands. */
export interface NoteDraft {
  readonly draft: "note";
  readonly of: CounterName;
  readonly body: RecordBody;
  readonly at: Stamp;
}

/** What only the host knows about this moment. */
export interface Moment {
  readonly clock: ClockQuality;
  readonly boot: number;
}

/** The record a draft becomes. Integers only: these bytes are signed. */
export function bodyOf(draft: Draft, policy: Policy, moment: Moment): RecordBody {
  switch (draft.draft) {
    case "punch":
      return punchOf(draft, policy, moment);
    case "correction": {
      const { ref, kind, person } = draft;
      return { type: "correction", data: { ref, kind, sub: person, reason: "changed-at-kiosk", by: "self" } };
    }
    case "request":
      return { type: "correction", data: draft.data };
    case "note":
      return draft.body;
    case "look": {
      const { person: by, role, what: detail } = draft;
      return { type: "audit", data: { act: "look", sub: null, by, role, detail } };
    }
    case "alarm": {
      const { count, windowMs, restMs } = draft;
      const detail = `${count} faces did not seem alive within ${inS(windowMs)} s; faces rest for ${inS(restMs)} s`;
      return { type: "audit", data: { act: "alarm", sub: null, by: "station", detail } };
    }
  }
}

function punchOf(draft: PunchDraft, policy: Policy, moment: Moment): RecordBody {
  // Paid time is never refused for a clock or a face we cannot vouch for: it is taken, and says so.
  const why = [...new Set([...draft.flags, ...(moment.clock.source === "none" ? ["clock-weak"] : [])])];
  return {
    type: "punch",
    data: {
      kind: draft.kind,
      ...(draft.inferred ? { inf: true } : {}),
      sub: draft.person,
      method: draft.methods,
      assure: draft.assure,
      t: timeEvidence(draft.at, policy.timeZone, moment),
      loc: policy.loc,
      pol: policy.id,
      dec: why.length > 0 ? "flag" : "accept",
      ...(why.length > 0 ? { why } : {}),
      ...(draft.sup !== undefined && { sup: draft.sup }),
      ...(draft.job !== undefined && { job: draft.job }),
    },
  };
}

const timeEvidence = (at: Stamp, timeZone: string, { clock, boot }: Moment): TimeEvidence => ({
  local: localText(at.utcMs, timeZone),
  tz: timeZone,
  src: clock.source,
  err: Math.round(clock.errorMs),
  age: Math.round(clock.ageS),
  boot,
  mono: Math.round(at.monoMs),
});

const inS = (ms: number): number => Math.round(ms / 1_000);
