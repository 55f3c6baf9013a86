import type { Memory } from "../memory.ts";
import type { Policy } from "../policy.ts";
import { areEyesUp } from "../surroundings.ts";
import { type Notice, noticeIn } from "./notice.ts";
import { packOf } from "./packs.ts";
import { allowsFace } from "./privacy-policy.ts";
import { consentStandingOf } from "./standing.ts";
import type { ConsentState } from "./types.ts";

/** What somebody can do here now, by both keys. */
export interface Can {
  /** Faces are allowed here, so there is something to read and to agree to. */
  readonly read: boolean;
  readonly stop: boolean;
  readonly enrol: boolean;
  readonly release: boolean;
  /** Confirm with badge and PIN instead of a signature. */
  readonly badgePin: boolean;
  /** Somebody too young to decide alone may decide together with a guardian. */
  readonly guardian: boolean;
}

const nothing: Can = { read: false, stop: false, enrol: false, release: false, badgePin: false, guardian: false };

export function standsHere(
  memory: Memory,
  { person, guardian = null }: Pick<ConsentState, "person"> & Partial<Pick<ConsentState, "guardian">>,
  policy: Policy,
): Can {
  const { now } = memory.consent.policy;
  if (person === null) return nothing;
  const { face, isFrozen, hasFace, asksAgain } = consentStandingOf(memory, person);
  const isAllowed = allowsFace(now, policy.site) && policy.ways.includes("face");
  const isLive = face === "given" && !asksAgain;
  return {
    read: isAllowed && !isFrozen && !isLive,
    // Also where nothing of it is used now: what was said once can always be taken back.
    stop: face === "given" || face === "expired" || hasFace,
    enrol: isAllowed && isLive && !isFrozen && !hasFace && areEyesUp(memory),
    release: isFrozen && isAllowed,
    guardian: now !== null && now.policy.guardianAge !== null,
    // Both draw: a guardian has no badge here.
    badgePin:
      now !== null &&
      guardian === null &&
      !packOf(now.policy.pack).wantsRelease &&
      policy.ways.includes("badge") &&
      policy.ways.includes("pin"),
  };
}

/** The text that they read; null where there is none to read. */
export function noticeOf(
  { consent, people }: Memory,
  { lang, person, guardian }: Pick<ConsentState, "lang" | "person" | "guardian">,
  { locale, site }: Policy,
): Notice | null {
  const { now } = consent.policy;
  if (now === null) return null;
  const own = person === null ? undefined : people.get(person)?.lang;
  return noticeIn(lang ?? own ?? locale, now, site, guardian !== null);
}

/** So many items stand on the wall at once. */
export const itemsPerPage = 3;

export const pagesOf = (memory: Memory, state: ConsentState, policy: Policy): number =>
  Math.max(1, Math.ceil((noticeOf(memory, state, policy)?.items.length ?? 0) / itemsPerPage));
