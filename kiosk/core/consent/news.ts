import type { Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import type { Stamp } from "../time.ts";
import { consentStandingOf } from "./standing.ts";
import type { ConsentState } from "./types.ts";

/** Long enough to read one sentence and touch; whoever walks on has read it later. The next badge does not wait for it. */
const newsMs = 12_000;

/**
 * After the thanks of somebody who agreed: the employer's policy has changed since, or will. Shown once for each version.
 *
 * @returns null where there is nothing to tell.
 */
export function newsAfterThanks(memory: Memory, at: Stamp): Step | null {
  const { state } = memory;
  if (state.at !== "thanks") return null;
  const { person, proof } = state;
  const { now, coming } = memory.consent.policy;
  const newest = coming ?? now;
  const { face, given, toldV } = consentStandingOf(memory, person);
  if (newest === null || face !== "given" || given === null) return null;
  const { v } = newest.policy;
  if (v <= Math.max(toldV, given.polV ?? 0)) return null;
  const news: ConsentState = {
    at: "consent",
    person,
    shown: { methods: proof.methods, assure: proof.assure, at },
    page: { is: "news", v },
    lang: null,
    isOldEnough: false,
    guardian: null,
    isForced: false,
    readV: null,
    untilMs: at.monoMs + newsMs,
  };
  return [{ ...memory, state: news }, [{ do: "wish", wish: { of: "consent", is: "told", person, v } }]];
}
