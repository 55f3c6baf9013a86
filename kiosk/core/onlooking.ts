import type { LookDraft } from "./draft.ts";
import type { Effect } from "./event.ts";
import type { Memory } from "./memory.ts";
import { mustered } from "./muster.ts";
import { overriding } from "./override.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";

/** Whoever is about to see what the clock knows of others is written down first: nothing is shown before. */

export function looking(
  memory: Memory,
  look: Omit<LookDraft, "draft" | "at">,
  now: Stamp,
  policy: Policy,
): readonly [Memory, readonly Effect[]] {
  const draft: LookDraft = { draft: "look", ...look, at: now };
  return [{ ...memory, state: { at: "saving", draft, untilMs: now.monoMs + policy.saveMs } }, [{ do: "save", draft }]];
}

/** It is written down; whoever was told meanwhile that it could not be has gone on. */
export function looked(memory: Memory, draft: LookDraft, at: Stamp, policy: Policy): Memory {
  if (memory.state.at !== "saving" || memory.state.draft !== draft) return memory;
  return draft.what === "muster" ? mustered(memory, at, policy) : overriding(memory, draft.person, at, policy);
}
