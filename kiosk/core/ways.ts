import { beginning } from "./begin-look.ts";
import { errandIn, isBusy } from "./claim.ts";
import { counterBegun } from "./counters.ts";
import type { Step } from "./event.ts";
import { hoursOf } from "./hours.ts";
import type { Memory, State } from "./memory.ts";
import { mustered } from "./muster.ts";
import { pad } from "./pad.ts";
import type { Policy } from "./policy.ts";
import { claimOf } from "./proof.ts";
import { answered } from "./punch.ts";
import { askedIn } from "./questions.ts";
import { areEyesUp } from "./surroundings.ts";
import type { Stamp } from "./time.ts";
import type { Errand, Way } from "./way.ts";

/** The ways beside each other. Whoever comes here is not looked at until they ask for it. */

/** What works at this moment, as this site offers it; never empty. */
export function waysNow(memory: Memory, policy: Policy, errand: Errand = "punch"): readonly Way[] {
  const { health, rest } = memory;
  const works: Readonly<Record<Way, boolean>> = {
    badge: health.reader.is !== "none" && health.reader.is !== "down",
    pin: true,
    qr: areEyesUp(memory) && policy.passKeys.length > 0,
    face: areEyesUp(memory) && rest === null,
  };
  const offered = errand === "override" ? (["badge", "pin"] as const) : policy.ways;
  const now = offered.filter((way) => works[way]);
  return now.length > 0 ? now : offered;
}

export function errandsOf(policy: Policy): readonly Exclude<Errand, "punch">[] {
  const { ways, ownHours, muster, leave } = policy;
  return [
    ...(ownHours ? (["me"] as const) : []),
    // Everybody's right, whatever a site has decided.
    "rights",
    ...(ways.includes("face") ? (["consent"] as const) : []),
    ...(leave ? (["absence"] as const) : []),
    ...(muster === "nobody" ? [] : (["muster"] as const)),
    ...(ways.includes("badge") && ways.includes("pin") ? (["override"] as const) : []),
  ];
}

export function onWays(memory: Memory, at: Stamp, policy: Policy, errand = errandIn(memory.state)): Step {
  return mayLeave(memory.state) ? [offering(memory, errand, at, policy), []] : [memory, []];
}

export function onWay(memory: Memory, way: Way, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (!mayLeave(state)) return [memory, []];
  const errand = errandIn(state);
  if (!waysNow(memory, policy, errand).includes(way)) return [memory, []];
  if (way === "pin") {
    return [{ ...answered(memory, at), state: pad(errand, null, memory.padDraw, at, policy) }, []];
  }
  if (way === "face") {
    const look = { ...beginning(null, null, at, policy), errand, seenMs: at.monoMs + comingMs };
    return [{ ...memory, state: look, settled: null }, [{ do: "forget" }]];
  }
  // Badge and pass need no touch; the sentence that says so needs this view.
  return [offering(memory, errand, at, policy), []];
}

export function onErrand(memory: Memory, errand: Exclude<Errand, "punch">, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (!errandsOf(policy).includes(errand)) return [memory, []];
  const proof = state.at === "hours" || (state.at === "thanks" && !state.changing) ? state.proof : null;
  // Nobody who has just shown who they are is asked again.
  if (proof !== null && errand === "me") return [hoursOf(memory, proof, at, policy), []];
  if (proof !== null && (errand === "rights" || errand === "consent" || errand === "absence"))
    return counterBegun(errand, memory, claimOf(proof, at, errand), at, policy);
  if (!mayLeave(state)) return [memory, []];
  if (errand === "muster" && policy.muster === "everybody") return [mustered(memory, at, policy), []];
  return [offering(memory, errand, at, policy), []];
}

/** Whoever asked for the camera may have to step before it. */
const comingMs = 5_000;

const offering = (memory: Memory, errand: Errand, at: Stamp, policy: Policy): Memory => ({
  ...answered(memory, at),
  state: { at: "ways", errand, untilMs: at.monoMs + policy.padMs },
});

/** Nobody who is asked something, or waits for the disk, is pushed aside by a finger. */
export const mayLeave = (state: State): boolean =>
  !isBusy(state) && state.at !== "enrol" && state.at !== "override" && askedIn(state) === null;
