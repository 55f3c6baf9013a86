import type { Step } from "../event.ts";
import { trustAt } from "../ground.ts";
import type { Memory } from "../memory.ts";
import type { PersonId } from "../person.ts";
import type { Policy } from "../policy.ts";
import type { Stamp } from "../time.ts";
import { inviteByCode, visitByNumber, visitOf, withGuests } from "./book.ts";
import { siteDay } from "./hour.ts";
import { standing, told } from "./place.ts";
import type { Form, Invite, Visit } from "./types.ts";
import { blankForm } from "./typing.ts";
import { carryOut, write } from "./written.ts";

/** Numbers and codes: of an invitation, of somebody who waits for an answer, of somebody who goes. */

export const numberDigits = 4;
export const codeDigitsMost = 8;
/** So many wrong ones in a minute are not mistakes of one visitor. */
const wrongMost = 5;
const wrongMs = 60_000;

/** Whoever comes a little too early is on time. */
const earlyMs = 15 * 60_000;

export function codeTyped(memory: Memory, digits: string, why: "arrive" | "leave", at: Stamp, policy: Policy): Step {
  const wrong = memory.guests.wrong.filter((time) => at.monoMs - time < wrongMs);
  const again = (problem: "unknown" | "wait", tries: readonly number[]): Step => [
    standing(withGuests(memory, { wrong: tries }), { step: "code", why, digits: "", problem }, blankForm, at, policy),
    [],
  ];
  if (wrong.length >= wrongMost) return again("wait", wrong);
  const visit = visitByNumber(memory, digits);
  if (visit !== null) {
    return visit.stage === "here" && why === "leave"
      ? goes(memory, visit, at, policy)
      : returned(memory, visit, at, policy);
  }
  const invite = inviteByCode(memory, digits);
  return invite === null ? again("unknown", [...wrong, at.monoMs]) : invited(memory, invite, at, policy);
}

/** Somebody whom this clock knows of shows their number or code again. */
export function returned(memory: Memory, visit: Visit, at: Stamp, policy: Policy): Step {
  const { v, stage, reply } = visit;
  if (stage === "here") return [standing(memory, { step: "leaving", v }, blankForm, at, policy), []];
  if (reply !== null) {
    return carryOut(standing(memory, { step: "busy", v }, blankForm, at, policy), visit, at);
  }
  if (stage === "unanswered") return [told(memory, "unanswered", { visit, canAsk: true }, at, policy), []];
  return [standing(memory, { step: "asking", v }, blankForm, at, policy), []];
}

export function goes(memory: Memory, visit: Visit, at: Stamp, policy: Policy): Step {
  return write(standing(memory, { step: "busy", v: visit.v }, blankForm, at, policy), visit, "out", at);
}

/** An invitation is shown: now, too early, too late. It says nothing of who comes, so the name is asked for. */
export function invited(memory: Memory, invite: Invite, at: Stamp, policy: Policy): Step {
  const visit = visitOf(memory, invite.v);
  if (visit !== null) return returned(memory, visit, at, policy);
  if (memory.guests.used.has(invite.v)) return [told(memory, "used", {}, at, policy), []];
  const form: Form = { ...blankForm, host: { id: invite.host }, invite };
  switch (standsAt(invite, memory, at, policy)) {
    case "early":
      return [told(memory, "early", { form, utcMs: invite.fromUtcMs, canAsk: true }, at, policy), []];
    case "expired":
      return [told(memory, "expired", { utcMs: invite.untilUtcMs }, at, policy), []];
    case "now":
      return [named(memory, form, at, policy), []];
    case "ask":
      return [named(memory, { ...form, mustAsk: true }, at, policy), []];
  }
}

export const named = (memory: Memory, form: Form, at: Stamp, policy: Policy): Memory =>
  standing(memory, { step: "type", field: "name", text: form.name }, form, at, policy);

/** ask: it is later than they meant, on the same day, or this clock cannot say; their host knows. */
function standsAt(
  { fromUtcMs, untilUtcMs }: Invite,
  memory: Memory,
  at: Stamp,
  { timeZone }: Policy,
): "early" | "now" | "ask" | "expired" {
  if (trustAt(memory, at).reach !== "minutes") return "ask";
  if (at.utcMs < fromUtcMs - earlyMs) return "early";
  if (at.utcMs <= untilUtcMs) return "now";
  return siteDay(at.utcMs, timeZone) === siteDay(untilUtcMs, timeZone) ? "ask" : "expired";
}

/** The code that this wall drew for somebody who came in: their visit, and what nobody could guess. */
export const badgeText = ({ v, token }: Visit): string => `${v}.${token}`;

const badgePattern = /^(v_[0-9a-z]{20})\.([A-Za-z0-9_-]{22})$/;

/** @returns null where the text is no such code, or of no visit that is open. */
export function visitByBadge(memory: Memory, text: string): Visit | null {
  const [, v = "", token = ""] = badgePattern.exec(text) ?? [];
  const visit = visitOf(memory, v as PersonId);
  return visit !== null && visit.token === token ? visit : null;
}
