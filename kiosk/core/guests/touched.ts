import type { Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import { maskedName, type PersonId } from "../person.ts";
import type { Policy } from "../policy.ts";
import type { Stamp } from "../time.ts";
import { visitOf } from "./book.ts";
import { codeDigitsMost, codeTyped, goes, named, numberDigits } from "./invited.ts";
import { left, standing, told } from "./place.ts";
import type { Form, GuestsState, GuestsStep } from "./types.ts";
import { blankForm, erased, hostsFor, isName, typed, type Visitable } from "./typing.ts";
import type { GuestsAct, HostView } from "./view.ts";
import { write } from "./written.ts";

/** Fingers at this counter. What means nothing on this page changes nothing. */
export function onTouched(memory: Memory, state: GuestsState | null, act: GuestsAct, at: Stamp, policy: Policy): Step {
  if (policy.visitors === null) return [memory, []];
  const start: Memory = standing(memory, { step: "start" }, blankForm, at, policy);
  if (state === null) return act.act === "open" ? [start, []] : [memory, []];
  const { now, form } = state;
  // What is on its way to the disk is not called back with a finger.
  if (now.step === "busy") return [memory, []];
  const go = (step: GuestsStep, with_: Form = form): Step => [standing(memory, step, with_, at, policy), []];
  switch (act.act) {
    case "open":
      return [memory, []];
    case "close":
      return [left(memory, at), []];
    case "back":
      return back(memory, state, at, policy);
    case "arrive":
      return now.step === "start" || now.step === "told" || now.step === "code"
        ? [named(memory, blankForm, at, policy), []]
        : [memory, []];
    case "code":
    case "leave":
      return now.step === "start"
        ? go({ step: "code", why: act.act === "code" ? "arrive" : "leave", digits: "", problem: null })
        : [memory, []];
    case "key":
      return now.step === "type" ? go({ ...now, text: typed(now.text, act.text, now.field) }) : [memory, []];
    case "erase":
      if (now.step === "type") return go({ ...now, text: erased(now.text) });
      return now.step === "code" ? go({ ...now, digits: now.digits.slice(0, -1), problem: null }) : [memory, []];
    case "digit":
      return now.step === "code" && now.digits.length < codeDigitsMost
        ? go({ ...now, digits: `${now.digits}${act.digit}`, problem: null })
        : [memory, []];
    case "next":
      if (now.step === "code") {
        return now.digits.length < numberDigits ? [memory, []] : codeTyped(memory, now.digits, now.why, at, policy);
      }
      return now.step === "type" ? next(memory, now, form, at, policy) : [memory, []];
    case "skip":
      return now.step === "type" && now.field === "contact"
        ? go({ step: "check" }, { ...form, contact: "" })
        : [memory, []];
    case "host":
      return now.step === "type" && now.field === "host"
        ? hosted(memory, state, now.text, act.id, at, policy)
        : [memory, []];
    case "confirm":
      return confirmed(memory, state, at, policy);
    case "out": {
      const visit = now.step === "leaving" ? visitOf(memory, now.v) : null;
      return visit === null ? [memory, []] : goes(memory, visit, at, policy);
    }
  }
}

function next(
  memory: Memory,
  { field, text }: Extract<GuestsStep, { step: "type" }>,
  form: Form,
  at: Stamp,
  policy: Policy,
): Step {
  const said = text.trim();
  if (field === "name" && isName(said)) {
    const known = { ...form, name: said };
    return known.host === null
      ? [standing(memory, { step: "type", field: "host", text: "" }, known, at, policy), []]
      : [withHost(memory, known, at, policy), []];
  }
  if (field !== "contact" || said === "") return [memory, []];
  return [standing(memory, { step: "check" }, { ...form, contact: said }, at, policy), []];
}

/** All that has to be said is said. */
const withHost = (memory: Memory, form: Form, at: Stamp, policy: Policy): Memory =>
  policy.visitors?.contact === "optional"
    ? standing(memory, { step: "type", field: "contact", text: form.contact }, form, at, policy)
    : standing(memory, { step: "check" }, form, at, policy);

function hosted(
  memory: Memory,
  { form }: GuestsState,
  text: string,
  id: string | null,
  at: Stamp,
  policy: Policy,
): Step {
  const shown = hostsShown(memory, text, policy).hosts.find((host) => host.id === id);
  if (id !== null && shown === undefined) return [memory, []];
  return [withHost(memory, { ...form, host: { id: shown?.id ?? null } }, at, policy), []];
}

/** Whoever does not want to be found here is not: `unlisted` in the roster's codes. */
export function hostsShown(
  memory: Memory,
  text: string,
  policy: Policy,
): { readonly hosts: readonly (HostView & { readonly id: PersonId })[]; readonly isMore: boolean } {
  const people = [...memory.people.values()].filter(
    ({ perm = [], isOffRoster }) => isOffRoster !== true && !perm.includes("unlisted"),
  );
  const visitable = people.map(
    ({ id, displayName }): Visitable<PersonId> => ({
      ...{ id, displayName },
      shown: maskedName(displayName, policy.nameMasking),
    }),
  );
  return hostsFor(text, visitable, policy.locale);
}

function confirmed(memory: Memory, { now, form }: GuestsState, at: Stamp, policy: Policy): Step {
  if (now.step === "check") {
    const { name, contact, host, invite, mustAsk } = form;
    const busy = standing(memory, { step: "busy", v: null }, form, at, policy);
    const said = { name, contact, host: host?.id ?? null, invite, mustAsk, atUtcMs: at.utcMs };
    return [busy, [{ do: "wish", wish: { of: "guests", is: "open", ...said } }]];
  }
  if (now.step !== "told" || !now.canAsk) return [memory, []];
  // Too early: their host may have time all the same.
  if (now.v === null) return [named(memory, { ...form, mustAsk: true }, at, policy), []];
  const visit = visitOf(memory, now.v);
  if (visit === null) return [told(memory, "expired", {}, at, policy), []];
  return write(standing(memory, { step: "busy", v: visit.v }, blankForm, at, policy), visit, "asked", at);
}

function back(memory: Memory, { now, form }: GuestsState, at: Stamp, policy: Policy): Step {
  const start: GuestsStep = { step: "start" };
  const go = (step: GuestsStep, with_: Form = form): Step => [standing(memory, step, with_, at, policy), []];
  const name: GuestsStep = { step: "type", field: "name", text: form.name };
  const host: GuestsStep = form.invite === null ? { step: "type", field: "host", text: "" } : name;
  switch (now.step) {
    case "type":
      if (now.field === "name") return go(start, blankForm);
      return go(now.field === "host" ? name : host, now.field === "host" ? form : { ...form, ...unsaidHost(form) });
    case "check":
      return policy.visitors?.contact === "optional"
        ? go({ step: "type", field: "contact", text: form.contact })
        : go(host, { ...form, ...unsaidHost(form) });
    case "code":
    case "leaving":
      return go(start, blankForm);
    default:
      return [memory, []];
  }
}

/** An invitation has said whom they visit; nobody asks again. */
const unsaidHost = ({ invite }: Form): Partial<Form> => (invite === null ? { host: null } : {});
