import type { Memory } from "../memory.ts";
import type { PersonId } from "../person.ts";
import type { Policy } from "../policy.ts";
import { answered } from "../punch.ts";
import type { Stamp } from "../time.ts";
import type { Form, GuestsState, GuestsStep, Visit } from "./types.ts";
import { blankForm } from "./typing.ts";
import type { GuestsTold } from "./view.ts";

/** Where somebody stands at this counter. */

/** Somebody types who has not done so on glass for a while. */
const typingMs = 60_000;

export function standing(memory: Memory, now: GuestsStep, form: Form, at: Stamp, policy: Policy): Memory {
  const state: GuestsState = { at: "guests", person: null, now, form, untilMs: at.monoMs + stayMs(now, policy) };
  return { ...memory, state };
}

function stayMs({ step }: GuestsStep, policy: Policy): number {
  switch (step) {
    case "type":
    case "check":
      return typingMs;
    case "busy":
      return 2 * policy.saveMs;
    case "asking":
      // What nobody answers is found out before that.
      return (policy.visitors?.answerMs ?? 0) + policy.readMs;
    case "told":
      return policy.readMs;
    default:
      return policy.padMs;
  }
}

/** They are done here, and whoever walks away is not looked at: visitors have no face that this clock could know. */
export const left = (memory: Memory, at: Stamp): Memory => ({ ...answered(memory, at), state: { at: "idle" } });

/** What a sentence is about. */
interface About {
  readonly visit?: Visit;
  readonly utcMs?: number;
  readonly canAsk?: boolean;
  readonly form?: Form;
}

export function told(memory: Memory, what: GuestsTold, about: About, at: Stamp, policy: Policy): Memory {
  const { visit, utcMs = null, canAsk = false, form = blankForm } = about;
  const host = visit?.host ?? form.host?.id ?? null;
  const note = visit?.reply?.note ?? null;
  const now: GuestsStep = { step: "told", what, v: visit?.v ?? null, host, note, utcMs, canAsk };
  return standing(memory, now, form, at, policy);
}

/** Whether what became of a visit may stand on the wall now: its visitor is there, or nobody uses it. */
export const mayTell = ({ state }: Memory, v: PersonId): boolean => state.at === "idle" || isAbout(state, v);

export const isAbout = (state: Memory["state"], v: PersonId): boolean =>
  state.at === "guests" &&
  (state.now.step === "busy" || state.now.step === "asking" || state.now.step === "told") &&
  state.now.v === v;
