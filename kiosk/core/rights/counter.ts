import type { Counter } from "../counter.ts";
import type { Step } from "../event.ts";
import { hoursOf } from "../hours.ts";
import type { Memory } from "../memory.ts";
import { nameOn } from "../naming.ts";
import type { Policy } from "../policy.ts";
import type { Stamp } from "../time.ts";
import { isNoChoice, wallLangs } from "./choices.ts";
import { deedsOf, linesOn, pageOf } from "./show.ts";
import type { Place, RightsAnswer, RightsState, RightsWish } from "./types.ts";
import type { Choices, Deed, RightsAct, RightsView } from "./view.ts";

/**
 * Somebody sees what the clock knows of them, and does something about it. Nobody but them decides: no manager is asked,
 * and what can be done at once is done at once. Every answer is about the person who stands there, or about nobody.
 */
export const rights: Counter<RightsState, RightsView, RightsAct, RightsAnswer> = {
  begun: (memory, claim, now, policy) => {
    if (claim === null) return [memory, []];
    const { person, proof } = claim;
    const state: RightsState = {
      ...{
        at: "rights",
        person,
        methods: proof.methods,
        assure: proof.assure,
        dossier: null,
        place: { is: "reading" },
      },
      isBusy: true,
      untilMs: now.monoMs + policy.readMs,
    };
    return [{ ...memory, state }, [{ do: "wish", wish: { of: "rights", is: "read", person } }]];
  },
  touched: (memory, state, act, at, policy) => {
    if (state === null) return [memory, []];
    if (act.act === "close") return [{ ...memory, state: { at: "idle" } }, []];
    if (state.isBusy || state.dossier === null) return [memory, []];
    return acted(memory, { ...state, untilMs: at.monoMs + policy.readMs }, act, at, policy);
  },
  answered: (before, answer, at, policy) => {
    const memory = remembered(before, answer);
    const { state } = memory;
    if (state.at !== "rights" || state.person !== answer.person || answer.is === "choices") return [memory, []];
    const next: RightsState = { ...state, isBusy: false, untilMs: Math.max(state.untilMs, at.monoMs + policy.readMs) };
    switch (answer.is) {
      case "read":
        return [{ ...memory, state: { ...next, dossier: answer.dossier, place: { is: "list" } } }, []];
      case "copied":
        return [
          {
            ...memory,
            state: { ...next, place: { is: "copied", copied: answer.copied }, untilMs: at.monoMs + writeDownMs },
          },
          [],
        ];
      case "done": {
        const { deed, dossier, dueUtcMs, certificate, held } = answer;
        // A wish that was heard shows by being so; all else is said.
        const place: Place =
          deed === "choose"
            ? { is: "choices" }
            : { is: "done", deed, dueUtcMs, certificate, ...(held !== undefined && { held }) };
        return [{ ...memory, state: { ...next, dossier, place } }, []];
      }
    }
  },
  failed: (memory, { wish, code }, at, policy) => {
    const { state } = memory;
    if (wish.of !== "rights" || state.at !== "rights" || state.person !== wish.person) return [memory, []];
    const untilMs = Math.max(state.untilMs, at.monoMs + policy.readMs);
    return [{ ...memory, state: { ...state, isBusy: false, place: { is: "failed", code }, untilMs } }, []];
  },
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: (memory, state, policy) => ({
    at: "rights",
    name: nameOn(memory, state.person, policy),
    page: pageOf(state),
    isBusy: state.isBusy,
  }),
};

/** What somebody wishes holds from now on, also where they have left the wall. */
function remembered(memory: Memory, answer: RightsAnswer): Memory {
  const { person } = answer;
  const isGone = answer.is === "done" && answer.deed === "erase";
  const wished =
    answer.is === "choices"
      ? answer.choices
      : answer.is === "copied" || isGone
        ? null
        : (answer.dossier?.choices ?? null);
  if (answer.is === "copied") return memory;
  const choices = new Map(memory.rights.choices);
  if (wished === null || isNoChoice(wished)) choices.delete(person);
  else choices.set(person, wished);
  return { ...memory, rights: { ...memory.rights, choices } };
}

type Acting = Exclude<RightsAct, { readonly act: "close" }>;

function acted(memory: Memory, state: RightsState, act: Acting, at: Stamp, policy: Policy): Step {
  const { place, dossier, person } = state;
  if (dossier === null) return [memory, []];
  const to = (next: Place): Step => [{ ...memory, state: { ...state, place: next } }, []];
  const wish = (wished: RightsWish): Step => [
    { ...memory, state: { ...state, isBusy: true } },
    [{ do: "wish", wish: wished }],
  ];
  switch (act.act) {
    case "item":
      if (place.is !== "list" || !dossier.items.some(({ kind }) => kind === act.kind)) return [memory, []];
      return to({ is: "item", kind: act.kind, page: 0 });
    case "page": {
      const pages = place.is === "item" ? linesOn(dossier, place.kind).pages : 0;
      return place.is === "item" && act.page < pages ? to({ ...place, page: act.page }) : [memory, []];
    }
    case "deeds":
      return place.is === "list" ? to({ is: "deeds" }) : [memory, []];
    case "deed":
      return deedsOf(dossier).includes(act.deed) && (place.is === "item" || place.is === "deeds")
        ? begunDeed(memory, state, act.deed, at, policy)
        : [memory, []];
    case "sure":
      return place.is === "sure" ? wish({ of: "rights", is: "do", person, deed: "erase" }) : [memory, []];
    case "choose":
    case "lang": {
      const choices = place.is === "choices" ? chosen(dossier.choices, act) : null;
      return choices === null ? [memory, []] : wish({ of: "rights", is: "choose", person, choices });
    }
    case "letter":
      if (place.is !== "name" || [...place.typed].length >= nameMax) return [memory, []];
      return to({ is: "name", typed: `${place.typed}${act.letter}`.trimStart() });
    case "rub":
      return place.is === "name" ? to({ is: "name", typed: [...place.typed].slice(0, -1).join("") }) : [memory, []];
    case "send": {
      const name = place.is === "name" ? place.typed.trim() : "";
      return name === "" || name === dossier.name ? [memory, []] : wish({ of: "rights", is: "rename", person, name });
    }
    case "door":
      return place.is === "doors" && dossier.doors.includes(act.door)
        ? wish({ of: "rights", is: "copy", person, door: act.door })
        : [memory, []];
    case "back":
      return backFrom(place, to, [memory, []]);
  }
}

/** Nobody writes down 24 letters in a hurry. */
const writeDownMs = 120_000;
/** As long as any name of people. */
const nameMax = 60;

function begunDeed(memory: Memory, state: RightsState, deed: Deed, at: Stamp, policy: Policy): Step {
  const { person, methods, assure, dossier } = state;
  const to = (place: Place): Step => [{ ...memory, state: { ...state, place } }, []];
  const wish: RightsWish = { of: "rights", is: "do", person, deed: deed === "copy" ? "copy" : "freeze" };
  switch (deed) {
    case "freeze":
    case "release":
    case "stop":
    case "no-pictures":
    case "pictures":
      return [{ ...memory, state: { ...state, isBusy: true } }, [{ do: "wish", wish: { ...wish, deed } }]];
    case "copy":
      if ((dossier?.doors.length ?? 0) > 0) return to({ is: "doors" });
      return [{ ...memory, state: { ...state, isBusy: true } }, [{ do: "wish", wish }]];
    case "times":
      return [hoursOf(memory, { person, methods, assure, flags: [] }, at, policy), []];
    case "rename":
      return to({ is: "name", typed: "" });
    case "choose":
      return to({ is: "choices" });
    case "erase":
      return to({ is: "sure" });
  }
}

function chosen(choices: Choices, act: Extract<RightsAct, { act: "choose" | "lang" }>): Choices | null {
  if (act.act === "lang") {
    const lang = act.lang === null ? null : (wallLangs.find((known) => known === act.lang) ?? undefined);
    return lang === undefined ? null : { ...choices, lang };
  }
  return act.what === "name"
    ? { ...choices, isNameless: !choices.isNameless }
    : { ...choices, isMuted: !choices.isMuted };
}

function backFrom(place: Place, to: (place: Place) => Step, stay: Step): Step {
  switch (place.is) {
    case "item":
    case "deeds":
    case "copied":
    case "done":
    case "failed":
      return to({ is: "list" });
    case "sure":
    case "choices":
    case "name":
    case "doors":
      return to({ is: "deeds" });
    case "list":
    case "reading":
      return stay;
  }
}
