import type { PolicyStanding } from "../consent/types.ts";
import type { PublicNotice } from "../view.ts";

/**
 * What everybody may read: the clock's own settings, under the employer's policy that is in force. A policy that promises
 * less time than the settings is what is said, because it is what is kept.
 */
export function noticeNow(own: PublicNotice, { now }: Pick<PolicyStanding, "now">): PublicNotice {
  if (now === null) return own;
  const { v, controller, effectiveUtcMs, retention } = now.policy;
  return {
    controller: controller.name,
    contact: controller.contact,
    version: `${v} (${new Date(effectiveUtcMs).toISOString().slice(0, 10)})`,
    url: own.url,
    keep: own.keep.map(({ cls, days }) => {
      const promised = cls === "frame" ? undefined : retention[cls];
      if (promised === undefined || days === 0) return { cls, days };
      return { cls, days: days === null ? promised : Math.min(days, promised) };
    }),
  };
}
