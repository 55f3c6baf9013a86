import type { Counter } from "../counter.ts";
import type { NoteDraft } from "../draft.ts";
import type { Effect, Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import type { PersonId } from "../person.ts";
import type { Policy } from "../policy.ts";
import type { AlertData } from "../record.ts";
import { isStored } from "../surroundings.ts";
import { localText, type Stamp } from "../time.ts";
import { everybodyIn } from "./muster.ts";
import type { AlertAnswer, AlertState, Raised } from "./types.ts";
import type { AlertAct, AlertOn, AlertView } from "./view.ts";

/**
 * An emergency. Two touches raise it, and it stands on the wall with everybody who has to be looked for until a
 * supervisor or a command ends it. Badges punch meanwhile, and then it is back. The wall waits for neither disk nor network.
 */
export const alert: Counter<AlertState, AlertView, AlertAct, AlertAnswer> = {
  // Whoever may supervise showed who they are: they came to end it.
  begun: (memory, claim, now, policy) =>
    claim === null || memory.alert.raised === null
      ? [{ ...memory, state: { at: "idle" } }, []]
      : [{ ...memory, state: { ...stateOf("end", now, policy), person: claim.person } }, []],

  touched: (memory, state, act, at, policy) => {
    const step = state?.step ?? null;
    switch (act.act) {
      case "open":
        if (!policy.alert || memory.alert.raised !== null) return [memory, []];
        return [{ ...memory, state: stateOf("raise", at, policy) }, []];
      case "raise":
        return step === "raise" ? raised(memory, "wall", null, at, policy) : [memory, []];
      case "end":
        if (step !== "on") return [memory, []];
        return [{ ...memory, state: { at: "ways", errand: "alert", untilMs: at.monoMs + policy.padMs } }, []];
      case "clear":
        return step === "end" && state !== null
          ? cleared(memory, "wall", null, state.person, at, policy)
          : [memory, []];
      case "page":
        if (state === null || step !== "on") return [memory, []];
        return [{ ...memory, state: { ...state, page: act.page } }, []];
      case "back":
        if (step === "raise") return [{ ...memory, state: { at: "idle" } }, []];
        return step === "end" ? [{ ...memory, state: stateOf("on", at, policy) }, []] : [memory, []];
    }
  },

  answered: (memory, answer, at, policy) => {
    const isOn = memory.alert.raised !== null;
    if (isOn === (answer.act === "raised")) return [memory, []];
    return isOn
      ? cleared(memory, "command", answer.cmd, null, at, policy)
      : raised(memory, "command", answer.cmd, at, policy);
  },

  failed: (memory) => [memory, []],

  saved: (memory, { body }, { id, position }) => {
    const { raised: on } = memory.alert;
    if (body.type !== "alert" || body.data.act !== "raised" || on === null || on.id !== null) return [memory, []];
    return [{ ...memory, alert: { ...memory.alert, raised: { ...on, id, position } } }, []];
  },

  // It stands on the wall; the disk is asked again with the next look at who is here.
  unsaved: (memory) => [memory, []],

  ended: (memory, state, at, policy) => {
    if (state.step === "raise") return [{ ...memory, state: { at: "idle" } }, []];
    const { raised: on } = memory.alert;
    const again = on !== null && on.id === null ? [saving(dataOf(memory, on, "raised", at, policy), at)] : [];
    const page = state.step === "on" ? state.page : 0;
    return [{ ...memory, state: { ...stateOf("on", at, policy), page } }, again];
  },

  view: (memory, state, policy) => ({
    at: "alert",
    page: state.step === "on" ? onView(memory, state, policy) : { is: state.step },
  }),
};

/** As many as can be read from some steps away. */
const perPage = 12;
/** How often the list is gone through again while it stands. */
const freshMs = 30_000;

export const stateOf = (step: AlertState["step"], now: Stamp, policy: Policy): AlertState => ({
  ...{ at: "alert", step, person: null, page: 0, since: now },
  untilMs: now.monoMs + (step === "on" ? freshMs : policy.padMs),
});

function raised(memory: Memory, by: Raised["by"], cmd: string | null, at: Stamp, policy: Policy): Step {
  const on: Raised = { sinceUtcMs: at.utcMs, by, cmd, id: null, position: null };
  const alarmed = { ...memory, alert: { ...memory.alert, raised: on } };
  const state = memory.state.at === "alert" ? stateOf("on", at, policy) : memory.state;
  return [{ ...alarmed, state }, [saving(dataOf(memory, on, "raised", at, policy), at)]];
}

function cleared(
  memory: Memory,
  by: Raised["by"],
  cmd: string | null,
  sup: PersonId | null,
  at: Stamp,
  policy: Policy,
): Step {
  const data = { ...dataOf(memory, { by, cmd }, "cleared", at, policy), ...(sup !== null && { sup }) };
  const state = memory.state.at === "alert" ? ({ at: "idle" } as const) : memory.state;
  return [{ ...memory, state, alert: { raised: null } }, [saving(data, at)]];
}

function dataOf(
  memory: Memory,
  { by, cmd }: Pick<Raised, "by" | "cmd">,
  act: AlertData["act"],
  at: Stamp,
  policy: Policy,
): AlertData {
  const lines = everybodyIn(memory, at, policy);
  const visitors = lines.filter(({ who }) => who === "visitor").length;
  return { act, by, cmd, loc: policy.loc, on: lines.length - visitors, visitors };
}

function saving(data: AlertData, at: Stamp): Effect {
  const draft: NoteDraft = { draft: "note", of: "alert", body: { type: "alert", data }, at };
  return { do: "save", draft };
}

function onView(memory: Memory, state: AlertState, policy: Policy): AlertOn {
  const { raised: on } = memory.alert;
  const lines = everybodyIn(memory, state.since, policy);
  const visitors = lines.filter(({ who }) => who === "visitor").length;
  const pages = Math.max(1, Math.ceil(lines.length / perPage));
  const page = Math.min(state.page, pages - 1);
  const isSent = on?.position != null && memory.uplink !== null && isStored(on.position, memory.uplink);
  return {
    is: "on",
    sinceLocal: localText(on?.sinceUtcMs ?? state.since.utcMs, policy.timeZone),
    by: on?.by ?? "wall",
    stage: on === null || on.id === null ? "not-saved" : isSent ? "sent" : "saved",
    people: lines.length - visitors,
    visitors,
    doubtful: lines.filter(({ isDoubtful }) => isDoubtful).length,
    lines: lines.slice(page * perPage, (page + 1) * perPage),
    page,
    pages,
  };
}
