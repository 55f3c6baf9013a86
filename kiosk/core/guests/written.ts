import type { Noted } from "../counter.ts";
import type { NoteDraft } from "../draft.ts";
import type { Effect, Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import type { Policy } from "../policy.ts";
import type { VisitorData } from "../record.ts";
import { type Stamp, utcText } from "../time.ts";
import { isWriting, planned, visitOf, withAsked, withoutVisit, withVisit, withWriting } from "./book.ts";
import { isAbout, mayTell, standing, told } from "./place.ts";
import type { Visit, VisitAct } from "./types.ts";
import { blankForm } from "./typing.ts";

/** The record comes first, and what it says holds: the sealed visit follows it, after a crash at the next start. */

const noDisk = 5_000;

/** Writes what happened. One at a time about each visit, so that nobody is in or out twice. */
export function write(memory: Memory, visit: Visit, act: VisitAct, at: Stamp, pii: string | null = null): Step {
  if (isWriting(memory, visit.v)) return [memory, []];
  const data: VisitorData = {
    ...{ v: visit.v, act, host: visit.host, purpose: visit.isInvited ? "invited" : "walk-in" },
    ...(pii !== null && { pii }),
    exp: utcText(visit.expUtcMs),
  };
  const draft: NoteDraft = { draft: "note", of: "guests", body: { type: "visitor", data }, at };
  return [withWriting(memory, visit.v, true), [{ do: "save", draft }]];
}

/** What the host said is done. */
export const carryOut = (memory: Memory, visit: Visit, at: Stamp): Step =>
  visit.reply === null ? [memory, []] : write(memory, visit, visit.reply.answer === "no" ? "declined" : "in", at);

export function onWritten(before: Memory, note: NoteDraft, { at }: Noted, policy: Policy): Step {
  if (note.body.type !== "visitor") return [before, []];
  const { v, act } = note.body.data;
  const memory = withWriting(before, v, false);
  const visit = visitOf(memory, v);
  const follow: Effect = {
    do: "wish",
    wish: { of: "guests", is: "note", v, act, atUtcMs: note.at.utcMs },
  };
  // Erased while the disk was busy: the record stands, and there is nobody left to be told.
  if (visit === null) return [memory, [follow]];
  const [next, effects] = after(memory, { ...visit, isWritten: true }, act, note, at, policy);
  return [planned(next, at), [follow, ...effects]];
}

function after(memory: Memory, visit: Visit, act: VisitAct, note: NoteDraft, at: Stamp, policy: Policy): Step {
  switch (act) {
    case "asked":
      return onAsked(memory, visit, at, policy);
    case "no-answer":
      return onNoAnswer(memory, visit, at, policy);
    case "in": {
      const what = visit.reply?.answer === "wait" ? "soon" : isUnanswered(visit) ? "in-unanswered" : "welcome";
      const here: Visit = { ...visit, stage: "here", sinceUtcMs: note.at.utcMs };
      const known = withAsked(withVisit(memory, { ...here, reply: null }), visit.v, null);
      return [mayTell(memory, visit.v) ? told(known, what, { visit: here }, at, policy) : known, []];
    }
    case "declined": {
      const known = withoutVisit(memory, visit.v);
      return [mayTell(memory, visit.v) ? told(known, "declined", { visit }, at, policy) : known, []];
    }
    case "out":
    case "auto-out": {
      const known = withoutVisit(memory, visit.v);
      return [isAbout(memory.state, visit.v) ? told(known, "goodbye", {}, at, policy) : known, []];
    }
  }
}

const isUnanswered = ({ stage, reply }: Visit): boolean => stage === "unanswered" && reply === null;

function onAsked(memory: Memory, visit: Visit, at: Stamp, policy: Policy): Step {
  const answerMs = policy.visitors?.answerMs ?? 0;
  const asked = withAsked(withVisit(memory, { ...visit, stage: "asked" }), visit.v, at.monoMs + answerMs);
  const { v } = visit;
  const shown = mayTell(memory, v) ? standing(asked, { step: "asking", v }, blankForm, at, policy) : asked;
  return carryOut(shown, visit, at);
}

function onNoAnswer(memory: Memory, visit: Visit, at: Stamp, policy: Policy): Step {
  const late: Visit = { ...visit, stage: "unanswered" };
  const known = withAsked(withVisit(memory, late), visit.v, null);
  if (visit.reply !== null) return carryOut(known, late, at);
  if (policy.visitors?.whenUnanswered === "sign-in") return write(known, late, "in", at);
  return [mayTell(memory, visit.v) ? told(known, "unanswered", { visit: late, canAsk: true }, at, policy) : known, []];
}

/** The disk did not take it. */
export function onUnwritten(before: Memory, note: NoteDraft, at: Stamp, policy: Policy): Step {
  if (note.body.type !== "visitor") return [before, []];
  const { v, act } = note.body.data;
  const memory = withWriting(before, v, false);
  const visit = visitOf(memory, v);
  if (visit === null) return [memory, []];
  const isTheirs = isAbout(memory.state, v);
  switch (act) {
    case "asked":
    case "in": {
      // Whoever was asked for before stays so; of a visit without any record nothing is kept.
      if (visit.isWritten) {
        const shown = isTheirs ? told(memory, "not-saved", { visit, canAsk: false }, at, policy) : memory;
        return [planned(withVisit(shown, { ...visit, stage: "unanswered" }), at), []];
      }
      const shown = isTheirs ? told(withoutVisit(memory, v), "not-saved", {}, at, policy) : withoutVisit(memory, v);
      return [planned(shown, at), [{ do: "wish", wish: { of: "guests", is: "forget", v } }]];
    }
    case "no-answer":
      return [planned(withAsked(memory, v, at.monoMs + noDisk), at), []];
    case "declined":
    case "out":
      return [planned(isTheirs ? told(memory, "not-saved", {}, at, policy) : memory, at), []];
    case "auto-out":
      return [planned(memory, at), []];
  }
}
