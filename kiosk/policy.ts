import type { Config } from "./config.ts";
import { type GuestsPolicy, usualGuests } from "./core/guests/types.ts";
import { defaultPolicy, type Policy } from "./core/policy.ts";
import { daysWith } from "./core/retention.ts";
import type { Thresholds } from "./core/risk.ts";
import type { Ease, Place, PublicNotice } from "./core/view.ts";

/** The settings as others take them. */

/**
 * What the site decided, as the reducer takes it.
 *
 * @param thresholds what a cosine of the embedding model means, from its manifest.
 * @param passKeys who may sign passes.
 */
export const policyOf = (config: Config, thresholds: Thresholds, passKeys: Policy["passKeys"] = []): Policy => ({
  ...defaultPolicy,
  loc: config.gate,
  timeZone: config.timeZone,
  tenant: config.tenant,
  site: config.site,
  locale: config.locale,
  nameMasking: config.nameMasking,
  liveMin: config.liveMin,
  liveSure: config.liveSure,
  challengeShare: config.challengeShare,
  thresholds,
  fpirTarget: config.fpirTarget,
  similarityMin: config.similarityMin ?? null,
  marginMin: config.marginMin,
  badge: config.badge,
  lookMs: config.lookMs,
  thanksMs: config.thanksMs,
  duplicateWindowMs: config.duplicateWindowMs,
  ways: config.ways,
  rules: config.rules,
  scramblePad: config.scramblePad,
  passKeys,
  direction: config.direction,
  dayStartsAt: config.dayStartsAt,
  shifts: config.shifts,
  jobs: config.jobs,
  asksOpenShift: config.asksOpenShift,
  muster: config.muster,
  ownHours: config.ownHours,
  alert: config.alert,
  leave: config.leave,
  visitors: guestsOf(config),
  notice: noticeOf(config),
});

/** Null where no visitors are received. */
export const guestsOf = (config: Config): GuestsPolicy | null =>
  config.visitors
    ? {
        ...usualGuests,
        days: daysWith(config.retention).visitor,
        autoOutAt: config.visitorOutAt,
        contact: config.visitorContact,
        whenUnanswered: config.visitorUnanswered,
        isSent: config.visitorKey !== undefined,
      }
    : null;

/** What is kept here and for how long: the numbers that this clock deletes by. */
function noticeOf({ controller, contact, policyUrl, keepDays, retention, snapshot }: Config): PublicNotice {
  const days = daysWith(retention);
  return {
    ...{ controller, contact, version: "", url: policyUrl ?? null },
    keep: [
      { cls: "frame", days: 0 },
      { cls: "template", days: days.template },
      { cls: "consent", days: days.consent },
      ...(snapshot === "off" ? [] : [{ cls: "snapshot", days: days.snapshot } as const]),
      // The journal is a passage: what every receiver has goes from here.
      { cls: "punch", days: keepDays },
      { cls: "visitor", days: days.visitor },
      { cls: "audit", days: days.audit },
      { cls: "log", days: days.log },
    ],
  };
}

export const placeOf = ({ siteName, gate, timeZone, locale }: Config): Place => ({
  site: siteName,
  gate,
  timeZone,
  locale,
});

export const easeOf = ({ speech, switchScanMs, darkAfterMin }: Config): Ease => ({
  speech,
  scanMs: switchScanMs ?? null,
  darkAfterMin,
});
