import type { Counter } from "../counter.ts";
import type { Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import type { Policy } from "../policy.ts";
import type { Stamp } from "../time.ts";
import { planned, visitOf, withAsked, withGuests, withoutVisit, withVisit } from "./book.ts";
import { isAbout, left, standing, told } from "./place.ts";
import { guestsView } from "./show.ts";
import { onTouched } from "./touched.ts";
import type { GuestsAnswer, GuestsState, Reply, Visit } from "./types.ts";
import { blankForm } from "./typing.ts";
import type { GuestsAct, GuestsTold, GuestsView } from "./view.ts";
import { carryOut, onUnwritten, onWritten, write } from "./written.ts";

/** The counter for visitors. Nobody shows who they are here, and no face is looked at while somebody stands at it. */
export const guests: Counter<GuestsState, GuestsView, GuestsAct, GuestsAnswer> = {
  begun: (memory, _claim, at, policy) => onTouched(memory, null, { act: "open" }, at, policy),
  touched: onTouched,
  answered: (memory, answer, at, policy) => {
    const [next, effects] = onAnswered(memory, answer, at, policy);
    return [planned(next, at), effects];
  },
  failed: (memory, { wish, code }, at, policy) => {
    if (wish.of !== "guests" || wish.is !== "open" || !isOpening(memory)) return [memory, []];
    const what: GuestsTold = code === "visitors-full" ? "full" : code === "person-suppressed" ? "expired" : "not-saved";
    return [told(memory, what, {}, at, policy), []];
  },
  saved: onWritten,
  unsaved: onUnwritten,
  ended: (memory, { now }, at, policy) => {
    if (now.step !== "busy") return [left(memory, at), []];
    const visit = now.v === null ? null : visitOf(memory, now.v);
    return [told(memory, "not-saved", visit === null ? {} : { visit }, at, policy), []];
  },
  view: guestsView,
};

const isOpening = ({ state }: Memory): boolean =>
  state.at === "guests" && state.now.step === "busy" && state.now.v === null;

const isToldNo = ({ state }: Memory): boolean =>
  state.at === "guests" && state.now.step === "told" && state.now.what === "not-saved" && state.now.v === null;

function onAnswered(memory: Memory, answer: GuestsAnswer, at: Stamp, policy: Policy): Step {
  switch (answer.is) {
    case "opened": {
      const { visit, first, pii } = answer;
      const { v } = visit;
      // They were told that nothing was kept, and that has to be true.
      if (isToldNo(memory)) return [memory, [{ do: "wish", wish: { of: "guests", is: "forget", v } }]];
      const known = withVisit(memory, visit);
      const shown = isOpening(memory) ? standing(known, { step: "busy", v }, blankForm, at, policy) : known;
      return write(shown, visit, first, at, pii);
    }
    case "noted":
      return [memory, []];
    case "gone":
      return [gone(memory, answer.v, at, policy), []];
    case "book":
      return [started(memory, answer, at, policy), []];
    case "invites":
      return [withGuests(memory, { invites: new Map(answer.invites.map((invite) => [invite.v, invite])) }), []];
    case "replied":
      return replied(memory, answer.v, answer.reply, at);
  }
}

/** It was erased, or its days are over: nothing may go on showing it. */
function gone(memory: Memory, v: Visit["v"], at: Stamp, policy: Policy): Memory {
  const without = withoutVisit(memory, v);
  const invites = new Map(memory.guests.invites);
  invites.delete(v);
  const known = withGuests(without, { invites });
  return isAbout(memory.state, v) ? told(known, "expired", {}, at, policy) : known;
}

/** Whoever waited for an answer when the power went still does, and their host has as long as before. */
function started(
  memory: Memory,
  { visits, invites, used }: Extract<GuestsAnswer, { is: "book" }>,
  at: Stamp,
  policy: Policy,
): Memory {
  const known = withGuests(memory, {
    visits: new Map(visits.map((visit) => [visit.v, visit])),
    invites: new Map(invites.map((invite) => [invite.v, invite])),
    used: new Set(used),
  });
  const answerMs = policy.visitors?.answerMs ?? 0;
  return visits
    .filter(({ stage }) => stage === "asked")
    .reduce((next, { v }) => withAsked(next, v, at.monoMs + answerMs), known);
}

/**
 * Who waits is told at once. Somebody whom nobody answered in time may have left: what the host says now waits until they
 * type their number, because nobody is signed in who is not there.
 */
function replied(memory: Memory, v: Visit["v"], reply: Reply, at: Stamp): Step {
  const visit = visitOf(memory, v);
  if (visit === null || visit.stage === "here") return [memory, []];
  const heard: Visit = { ...visit, reply };
  const known = withAsked(withVisit(memory, heard), v, null);
  const isThere = visit.stage === "asked" || isAbout(memory.state, v);
  return isThere ? carryOut(known, heard, at) : [known, []];
}
