import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Assurance, Method, RecordBody, TimeEvidence } from "./record.ts";
import { type ClockQuality, localText, type Stamp } from "./time.ts";
import type { ChosenKind } from "./view.ts";

export interface PunchDraft {
  readonly draft: "punch";
  readonly person: PersonId;
  readonly kind: ChosenKind;
  /** True where the kind was suggested and nobody chose it. */
  readonly inferred: boolean;
  readonly method: Extract<Method, "face" | "card">;
  readonly assure: Assurance;
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

/** What the station wants written down, before it has a number, a signature or a place in the journal. */
export type Draft = PunchDraft | CorrectionDraft;

/** What only the host knows about this moment. */
export interface Moment {
  readonly clock: ClockQuality;
  readonly boot: number;
}

/** The record a draft becomes. Integers only: these bytes are signed. */
export function bodyOf(draft: Draft, policy: Policy, moment: Moment): RecordBody {
  if (draft.draft === "correction") {
    const { ref, kind, person } = draft;
    return { type: "correction", data: { ref, kind, sub: person, reason: "changed-at-kiosk", by: "self" } };
  }
  const clockIsWeak = moment.clock.source === "none";
  return {
    type: "punch",
    data: {
      kind: draft.kind,
      ...(draft.inferred ? { inf: true } : {}),
      sub: draft.person,
      method: [draft.method],
      assure: draft.assure,
      t: timeEvidence(draft.at, policy.timeZone, moment),
      loc: policy.loc,
      pol: policy.id,
      // Paid time is never refused for a clock we cannot vouch for: it is taken, and says so.
      dec: clockIsWeak ? "flag" : "accept",
      ...(clockIsWeak ? { why: ["clock-weak"] } : {}),
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
