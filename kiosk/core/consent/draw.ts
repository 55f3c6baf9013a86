import type { Memory } from "../memory.ts";
import { maskedName } from "../person.ts";
import type { Policy } from "../policy.ts";
import { localText } from "../time.ts";
import { itemsPerPage, noticeOf, pagesOf, standsHere } from "./here.ts";
import { allowsFace } from "./privacy-policy.ts";
import { consentStandingOf } from "./standing.ts";
import type { ConsentState } from "./types.ts";
import type { ConsentPageView, ConsentView } from "./view.ts";

/** What the wall shows of it: a projection, as everything else. */
export function pageOf(memory: Memory, state: ConsentState, policy: Policy): ConsentView {
  const { person } = state;
  const notice = noticeOf(memory, state, policy);
  return {
    at: "consent",
    name: maskedName((person && memory.people.get(person)?.displayName) ?? "", policy.nameMasking),
    lang: notice?.lang ?? "",
    dir: notice?.dir ?? "ltr",
    page: shown(memory, state, policy),
  };
}

function shown(memory: Memory, state: ConsentState, policy: Policy): ConsentPageView {
  const { page } = state;
  const notice = noticeOf(memory, state, policy);
  const { minAge: years = 0, guardianAge = null } = memory.consent.policy.now?.policy ?? {};
  // The policy went while somebody read it: there is nothing to agree to any more.
  if (isDeciding(page) && !standsHere(memory, state, policy).read) return homeOf(memory, state, policy);
  switch (page.is) {
    case "home":
      return homeOf(memory, state, policy);
    case "why":
      return { is: "why", lines: notice?.why ?? [] };
    case "notice": {
      const items = (notice?.items ?? []).slice(page.page * itemsPerPage, (page.page + 1) * itemsPerPage);
      return { is: "notice", items, page: page.page, pages: pagesOf(memory, state, policy) };
    }
    case "age":
      return { is: "age", years };
    case "young":
      return { is: "young", years, guardianYears: guardianAge };
    case "guardian":
      return { is: "guardian", years: guardianAge ?? years };
    case "both":
      return { is: "both", lines: notice?.guardian?.both ?? [] };
    case "guardian-sign":
      return { is: "guardian-sign", agree: notice?.guardian?.agree ?? "", isEmpty: page.isEmpty };
    case "sign":
      return {
        is: "sign",
        agree: notice?.agree ?? "",
        isEmpty: page.isEmpty,
        canBadgePin: standsHere(memory, state, policy).badgePin,
      };
    case "given":
      return { is: "given", receipt: page.receipt, canEnrol: standsHere(memory, state, policy).enrol };
    case "busy":
      return { is: "busy" };
    case "failed":
      return { is: "failed", code: page.code };
    case "news":
      return newsOf(memory, state, policy);
    default:
      return page;
  }
}

const isDeciding = ({ is }: ConsentState["page"]): boolean => deciding.has(is);
const deciding: ReadonlySet<ConsentState["page"]["is"]> = new Set([
  ...(["why", "notice", "age", "guardian", "both", "guardian-sign", "sign"] as const),
]);

function homeOf(memory: Memory, state: ConsentState, policy: Policy): ConsentPageView {
  const { read, stop, enrol, release } = standsHere(memory, state, policy);
  const can = { read, stop, enrol, release };
  const local = (utcMs: number): string => localText(utcMs, policy.timeZone);
  if (state.person === null) return { is: "home", face: "none", sinceLocal: null, untilLocal: null, can };
  const { face, isFrozen, isUsed, hasFace, asksAgain, given } = consentStandingOf(memory, state.person);
  const word = (): Extract<ConsentPageView, { is: "home" }>["face"] => {
    if (isFrozen) return "frozen";
    if (isUsed) return "used";
    if (face === "given" && asksAgain) return "asks-again";
    if (!allowsFace(memory.consent.policy.now, policy.site)) return hasFace ? "kept" : "off";
    return face === "given" ? "agreed" : "none";
  };
  return {
    ...{ is: "home", face: word(), can },
    sinceLocal: given === null ? null : local(given.utcMs),
    untilLocal: given === null || given.untilUtcMs === null ? null : local(given.untilUtcMs),
  };
}

function newsOf(memory: Memory, { person }: ConsentState, policy: Policy): ConsentPageView {
  const { now, coming } = memory.consent.policy;
  const fromUtcMs = (coming ?? now)?.holdsFromUtcMs ?? 0;
  const isAsked = person !== null && consentStandingOf(memory, person).asksAgain;
  const kind = isAsked ? "asks-again" : coming !== null ? "coming" : "changed";
  return { is: "news", kind, fromLocal: localText(fromUtcMs, policy.timeZone) };
}
