import type { DirectionMode } from "./attendance/direction.ts";
import type { Job } from "./attendance/jobs.ts";
import type { Shift } from "./attendance/schedule.ts";
import { usualDayStart } from "./attendance/workday.ts";
import type { GuestsPolicy } from "./guests/types.ts";
import type { PassKey } from "./pass.ts";
import type { NameMasking } from "./person.ts";
import { measuredThresholds, type Thresholds } from "./risk.ts";
import type { PublicNotice } from "./view.ts";
import type { Way, WayRule } from "./way.ts";

/**
 * What this site has decided. One frozen value, handed to the reducer with every event; thresholds are cosine
 * similarities and scores in [0, 1], times are milliseconds.
 */
export interface Policy {
  /** Version label that stands in every record (`pol`). */
  readonly id: string;
  readonly loc: string;
  readonly timeZone: string;
  /** Labels of this site, as in records. */
  readonly tenant: string;
  readonly site: string;
  /** BCP 47: how names are sorted. */
  readonly locale: string;
  readonly nameMasking: NameMasking;
  /** Passive liveness from here on is enough by itself, unless something else is odd. */
  readonly liveSure: number;
  /** Passive liveness below this is refused; between the two, a movement is asked for. */
  readonly liveMin: number;
  /** Of this share of visits a movement is asked at random, in [0, 1]; 1 asks everybody, always. */
  readonly challengeShare: number;
  /** Time to read and do one movement. */
  readonly challengeMs: number;
  /** Movements asked for in one visit before the badge is offered. */
  readonly challengesMax: number;
  /** What a cosine of this model means (docs/accuracy.md); from the model manifest. */
  readonly thresholds: Thresholds;
  /** How often a person who is not enrolled may be taken for somebody: the threshold follows from it (risk.ts). */
  readonly fpirTarget: number;
  /** A site's own 1:N threshold instead of the one that follows; null lets it follow. */
  readonly similarityMin: number | null;
  /** Distance to the second identity, so that two look-alikes never decide by noise. */
  readonly marginMin: number;
  /** Frames that must name the same person. */
  readonly agreeMin: number;
  /** After a badge: nothing more, or the face too (1:1). A face that cannot be verified never costs a punch: it is flagged. */
  readonly badge: "alone" | "with-face";
  /** This many faces that resembled somebody and did not seem alive, within `suspectWindowMs`, raise an alarm. */
  readonly suspectMax: number;
  readonly suspectWindowMs: number;
  /** For so long after an alarm only badges count; doubled with every further alarm of the same day. */
  readonly restMs: number;
  /** An enrolment that takes longer is given up. */
  readonly enrolMs: number;
  /** A person is given this long in front of the camera before another way is offered. */
  readonly lookMs: number;
  /** With nobody in the zone for this long, a look ends quietly. */
  readonly leaveMs: number;
  /** How long a commit may take before the screen says that the clock cannot save. */
  readonly saveMs: number;
  readonly thanksMs: number;
  readonly refusedMs: number;
  readonly duplicateMs: number;
  /** A second punch of the same person within this window is shown, not silently counted. */
  readonly duplicateWindowMs: number;
  /** What this site offers, in the order in which the wall offers it. Each alone is enough unless a rule says more. */
  readonly ways: readonly Way[];
  /** Who must show more; the first that fits counts. */
  readonly rules: readonly WayRule[];
  /** The pad's digits stand in a new order each time. */
  readonly scramblePad: boolean;
  /** Whose signatures under passes are believed. */
  readonly passKeys: readonly PassKey[];
  /** A pad, or a list of ways, that nobody touches for so long. */
  readonly padMs: number;
  /** A question to which the answer is already known, if nobody says otherwise. */
  readonly askMs: number;
  /** What somebody reads: own hours, who is in. */
  readonly readMs: number;
  readonly direction: DirectionMode;
  /** `HH:MM`: when one work-day ends and the next begins. */
  readonly dayStartsAt: string;
  /** By the name that the roster has for them. */
  readonly shifts: Readonly<Record<string, readonly Shift[]>>;
  readonly jobs: readonly Job[];
  /** Whether somebody who did not go out yesterday is asked about it. */
  readonly asksOpenShift: boolean;
  /** Who may see who is in. */
  readonly muster: "nobody" | "everybody" | "supervisors";
  /** Whether people may see their own hours here. */
  readonly ownHours: boolean;
  /** How visitors are received here; null: they are not. */
  readonly visitors: GuestsPolicy | null;
  /** Whether an emergency can be raised here. */
  readonly alert: boolean;
  /** Whether people see and ask for their leave here. */
  readonly leave: boolean;
  /** What everybody may read without saying who they are, as this clock is set. */
  readonly notice: PublicNotice;
}

export const defaultPolicy: Policy = {
  id: "default.1",
  loc: "gate-1",
  timeZone: "Etc/UTC",
  tenant: "demo",
  site: "riverside",
  locale: "en-GB",
  nameMasking: "first-and-initial",
  liveSure: 0.4,
  liveMin: 0.2,
  challengeShare: 0.05,
  challengeMs: 6_000,
  challengesMax: 2,
  thresholds: measuredThresholds,
  fpirTarget: 0.01,
  similarityMin: null,
  marginMin: 0.08,
  agreeMin: 3,
  badge: "alone",
  suspectMax: 3,
  suspectWindowMs: 180_000,
  restMs: 300_000,
  enrolMs: 90_000,
  lookMs: 8_000,
  leaveMs: 1_200,
  saveMs: 5_000,
  thanksMs: 5_000,
  refusedMs: 7_000,
  duplicateMs: 5_000,
  duplicateWindowMs: 60_000,
  ways: ["badge", "face"],
  rules: [],
  scramblePad: false,
  passKeys: [],
  padMs: 20_000,
  askMs: 12_000,
  readMs: 30_000,
  direction: "suggested",
  dayStartsAt: usualDayStart,
  shifts: {},
  jobs: [],
  asksOpenShift: true,
  muster: "nobody",
  ownHours: true,
  visitors: null,
  alert: false,
  leave: false,
  notice: { controller: "", contact: "", version: "", url: null, keep: [{ cls: "frame", days: 0 }] },
};
