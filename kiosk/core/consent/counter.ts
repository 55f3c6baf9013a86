import type { Counter } from "../counter.ts";
import type { Step } from "../event.ts";
import type { Claim, Memory } from "../memory.ts";
import { pad } from "../pad.ts";
import type { Policy } from "../policy.ts";
import { longReceiptCode } from "../receipt.ts";
import type { Stamp } from "../time.ts";
import { pageOf } from "./draw.ts";
import { noticeOf, pagesOf, standsHere } from "./here.ts";
import { isDrawn } from "./signature.ts";
import { consentStandingOf } from "./standing.ts";
import type { ConsentAnswer, ConsentPage, ConsentState, ConsentWish, Signed } from "./types.ts";
import type { ConsentAct, ConsentView } from "./view.ts";

/**
 * Where somebody reads what the clock would keep of their face, agrees or does not, and takes it back. Nothing is kept of
 * whoever does not agree but that they did not, and nothing at all of whoever is too young.
 */
export const consent: Counter<ConsentState, ConsentView, ConsentAct, ConsentAnswer> = {
  begun: (memory, claim, now, policy) => {
    if (claim === null) return [{ ...memory, state: { at: "idle" } }, []];
    const confirmed = confirmedBy(memory, claim, now);
    const { person, proof, at } = claim;
    const state: ConsentState = {
      at: "consent",
      person,
      shown: { methods: proof.methods, assure: proof.assure, at },
      page: firstPage(memory, claim, policy),
      lang: confirmed?.lang ?? null,
      isOldEnough: confirmed !== null,
      guardian: null,
      isForced: proof.flags.includes("duress"),
      readV: confirmed?.readV ?? null,
      untilMs: now.monoMs + policy.readMs,
    };
    const free: Memory = { ...memory, consent: { ...memory.consent, confirming: null } };
    return confirmed === null ? [{ ...free, state }, []] : giving(free, state, { how: "card+pin" }, now, policy);
  },

  touched: (memory, state, act, at, policy) => {
    if (state === null || state.person === null) return [memory, []];
    const stays: ConsentState = { ...state, untilMs: Math.max(state.untilMs, at.monoMs + policy.readMs) };
    return acted(memory, stays, act, at, policy);
  },

  answered: (memory, answer) => {
    if (answer.is === "known") {
      const { policy, standings, isAll } = answer;
      const known = isAll ? standings : new Map([...memory.consent.standings, ...standings]);
      return [{ ...memory, consent: { ...memory.consent, policy, standings: known } }, []];
    }
    const { state } = memory;
    if (state.at !== "consent" || state.person !== answer.person || state.page.is !== "busy") return [memory, []];
    if (state.page.wish !== answer.wish) return [memory, []];
    return [{ ...memory, state: { ...state, page: pageAfter(memory, state.page.asIf, answer) } }, []];
  },

  failed: (memory, { wish, code, remedy }) => {
    const { state } = memory;
    const isTheirs = state.at === "consent" && state.page.is === "busy" && wish.of === "consent";
    if (!isTheirs || wish.person !== state.person || wish.is !== state.page.wish) return [memory, []];
    return [{ ...memory, state: { ...state, page: { is: "failed", code, remedy } } }, []];
  },

  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: pageOf,
};

/** What a finger does on a page; on every other it does nothing. */
function acted(memory: Memory, state: ConsentState, act: ConsentAct, at: Stamp, policy: Policy): Step {
  const { page } = state;
  const to = (next: ConsentPage): Step => [{ ...memory, state: { ...state, page: next } }, []];
  const readV = memory.consent.policy.now?.policy.v ?? null;
  const reading = (): Step => [{ ...memory, state: { ...state, readV, page: { is: "notice", page: 0 } } }, []];
  const close = (): Step => [{ ...memory, state: { at: "idle" } }, []];
  if (act.act === "close") return page.is === "busy" ? [memory, []] : close();
  if (act.act === "speak") return [{ ...memory, state: { ...state, lang: act.lang } }, []];
  const may = standsHere(memory, state, policy);
  switch (page.is) {
    case "home":
      if (act.act === "read" && may.read) return to({ is: "why" });
      if (act.act === "stop" && may.stop) return to({ is: "stop" });
      if (act.act === "enrol" && may.enrol) return wishing(memory, state, { is: "enrol" }, at);
      if (act.act === "release" && may.release) return wishing(memory, state, { is: "release", by: byOf(state) }, at);
      break;
    case "news":
      if (act.act === "read") return may.read ? reading() : to({ is: "home" });
      if (act.act === "later") return close();
      if (act.act === "stop") return to({ is: "stop" });
      break;
    case "why":
      if (act.act === "read") return reading();
      if (act.act === "decline") return declining(memory, state, at, policy);
      break;
    case "notice": {
      // The policy changed under their eyes: they read what holds now.
      if (readV !== state.readV) return reading();
      const last = pagesOf(memory, state, policy) - 1;
      if (act.act === "page") return to({ is: "notice", page: Math.max(0, Math.min(last, Math.trunc(act.page))) });
      if (act.act === "back") return to(page.page > 0 ? { is: "notice", page: page.page - 1 } : { is: startOf(state) });
      if (act.act === "decline") return declining(memory, state, at, policy);
      // Whoever has not seen all of it has nothing to agree to yet.
      if (act.act === "agree" && page.page === last) {
        return to(state.guardian === null ? { is: "age" } : { is: "guardian-sign", isEmpty: false });
      }
      break;
    }
    case "age":
      if (act.act === "back") return to({ is: "notice", page: 0 });
      if (act.act === "age") {
        return act.isReached
          ? [{ ...memory, state: { ...state, isOldEnough: true, page: { is: "sign", isEmpty: false } } }, []]
          : to({ is: may.guardian ? "guardian" : "young" });
      }
      break;
    case "guardian":
      if (act.act === "back") return to({ is: "age" });
      if (act.act === "guardian" && act.isHere && may.guardian) {
        const both: ConsentState = { ...state, isOldEnough: true, guardian: { drawn: null } };
        return [{ ...memory, state: { ...both, page: { is: "both" } } }, []];
      }
      if (act.act === "guardian") return to({ is: "young" });
      break;
    case "both":
      if (act.act === "back") {
        const alone: ConsentState = { ...state, isOldEnough: false, guardian: null };
        return [{ ...memory, state: { ...alone, page: { is: "guardian" } } }, []];
      }
      // The guardian was not there when the other one read it.
      if (act.act === "read") return reading();
      if (act.act === "decline") return declining(memory, state, at, policy);
      break;
    case "guardian-sign":
      if (act.act === "back") return to({ is: "both" });
      if (act.act === "decline") return declining(memory, state, at, policy);
      if (act.act === "sign") {
        if (!isDrawn(act.strokes)) return to({ is: "guardian-sign", isEmpty: true });
        const signed: ConsentState = { ...state, guardian: { drawn: act.strokes } };
        return [{ ...memory, state: { ...signed, page: { is: "sign", isEmpty: false } } }, []];
      }
      break;
    case "sign":
      if (act.act === "back")
        return to(state.guardian === null ? { is: "age" } : { is: "guardian-sign", isEmpty: false });
      if (act.act === "decline") return declining(memory, state, at, policy);
      if (act.act === "sign") {
        if (!isDrawn(act.strokes)) return to({ is: "sign", isEmpty: true });
        return giving(memory, state, { how: "drawn", strokes: act.strokes }, at, policy);
      }
      if (act.act === "badge-pin" && may.badgePin) return confirming(memory, state, at, policy);
      break;
    case "given":
      if (act.act === "enrol" && may.enrol) return wishing(memory, state, { is: "enrol" }, at);
      break;
    case "stop":
      if (act.act === "back") return to({ is: "home" });
      if (act.act === "sure") return wishing(memory, state, { is: "withdraw", by: byOf(state) }, at);
  }
  return [memory, []];
}

/** Badge and PIN of the same person, shown for this, are as good as a name drawn with a finger. */
function confirming(memory: Memory, state: ConsentState, at: Stamp, policy: Policy): Step {
  const { person, shown, lang, readV } = state;
  if (person === null || !state.isOldEnough) return [memory, []];
  if (hasBoth(shown.methods)) return giving(memory, state, { how: "card+pin" }, at, policy);
  const flags = state.isForced ? (["duress"] as const) : [];
  const proof = { person, methods: shown.methods, assure: shown.assure, flags };
  const claim: Claim = { person, at: shown.at, proof, errand: "consent" };
  const untilMs = at.monoMs + 2 * policy.padMs;
  const waiting: Memory = { ...memory, consent: { ...memory.consent, confirming: { person, lang, readV, untilMs } } };
  return shown.methods.includes("card")
    ? [{ ...waiting, state: pad("consent", claim, memory.padDraw, at, policy) }, []]
    : [{ ...waiting, state: { at: "also", wants: "badge", claim, untilMs: at.monoMs + policy.padMs } }, []];
}

/** Where the reading began. */
const startOf = ({ guardian }: ConsentState): "why" | "both" => (guardian === null ? "why" : "both");

const hasBoth = (methods: ConsentState["shown"]["methods"]): boolean =>
  methods.includes("card") && methods.includes("pin");

function confirmedBy({ consent: { confirming: waiting } }: Memory, { person, proof }: Claim, now: Stamp) {
  if (waiting === null || waiting.person !== person || now.monoMs >= waiting.untilMs) return null;
  return hasBoth(proof.methods) ? waiting : null;
}

function giving(memory: Memory, state: ConsentState, signed: Signed, at: Stamp, policy: Policy): Step {
  const notice = noticeOf(memory, state, policy);
  const { now } = memory.consent.policy;
  const may = standsHere(memory, state, policy);
  const isRead = now !== null && state.readV === now.policy.v;
  const drawn = state.guardian?.drawn;
  // The employer may have ended it while they read.
  const isStill = state.guardian === null || may.guardian;
  if (notice === null || !isRead || !may.read || !state.isOldEnough || !isStill) {
    return [{ ...memory, state: { ...state, page: { is: "home" } } }, []];
  }
  if (signed.how === "card+pin" && !may.badgePin) return [memory, []];
  const { h, policy: employer } = now;
  const pol = { v: employer.v, h };
  // Only for the record is it a refusal: whoever stands behind them must see no difference.
  if (state.isForced) {
    return wishing(memory, state, { is: "decline", text: notice.text, pol, by: byOf(state) }, at, { asIf: "give" });
  }
  return wishing(
    memory,
    state,
    {
      ...{ is: "give", text: notice.text, pol, signed, by: byOf(state) },
      age: state.guardian === null ? employer.minAge : (employer.guardianAge ?? employer.minAge),
      ...(drawn && { guardian: drawn }),
    },
    at,
  );
}

function declining(memory: Memory, state: ConsentState, at: Stamp, policy: Policy): Step {
  // The text that both read says whose it was: of a child who says no there is no record, unless it ends what they agreed to.
  const isLive = state.person !== null && consentStandingOf(memory, state.person).face === "given";
  if (state.guardian !== null && !state.isForced && !isLive) {
    return [{ ...memory, state: { ...state, guardian: null, page: { is: "declined" } } }, []];
  }
  const { now } = memory.consent.policy;
  const text = noticeOf(memory, state, policy)?.text ?? null;
  const pol = now === null ? null : { v: now.policy.v, h: now.h };
  return wishing(memory, state, { is: "decline", text, pol, by: byOf(state) }, at);
}

/** Without the person, who is the one that stands here and nobody else. */
type Wished = ConsentWish extends infer W ? (W extends ConsentWish ? Omit<W, "of" | "person"> : never) : never;

/** Rooms that do not answer are not waited for any longer. */
const busyMs = 20_000;

function wishing(memory: Memory, state: ConsentState, wished: Wished, at: Stamp, shown: { asIf?: "give" } = {}): Step {
  const { person } = state;
  if (person === null) return [memory, []];
  const busy: ConsentState = { ...state, page: { is: "busy", wish: wished.is, ...shown }, untilMs: at.monoMs + busyMs };
  return [{ ...memory, state: busy }, [{ do: "wish", wish: { of: "consent", person, ...wished } as ConsentWish }]];
}

const byOf = ({ shown, isForced }: ConsentState): string =>
  [`self:${shown.methods.join("+")}`, ...(isForced ? ["duress"] : [])].join(":");

function firstPage(memory: Memory, { person }: Claim, policy: Policy): ConsentPage {
  const { face, isFrozen, asksAgain } = consentStandingOf(memory, person);
  const may = standsHere(memory, { person }, policy);
  const isNew = face !== "given" && !isFrozen;
  return may.read && (isNew || asksAgain) ? { is: "why" } : { is: "home" };
}

type Done = Extract<ConsentAnswer, { is: "done" }>;

function pageAfter(memory: Memory, asIf: "give" | undefined, { wish, record }: Done): ConsentPage {
  const receipt = record === null ? null : longReceiptCode({ ...record, source: memory.source });
  switch (asIf ?? wish) {
    case "give":
      return receipt === null ? { is: "home" } : { is: "given", receipt };
    case "decline":
      return { is: "declined" };
    case "withdraw":
      return { is: "stopped", receipt };
    default:
      return { is: "home" };
  }
}
