import type { AcceptanceNews, Presented } from "../core/acceptance.ts";
import type { Event } from "../core/event.ts";
import { blankMemory, type Memory, withPeople } from "../core/memory.ts";
import type { Policy } from "../core/policy.ts";
import type { Clock } from "../core/ports/senses.ts";
import { attentionOf, viewOf } from "../core/show.ts";
import type { Attention, FaceSeen, Sight } from "../core/sight.ts";
import { deadlineOf, step } from "../core/station.ts";
import { type Borrower, type Loan, nobody } from "./loan.ts";

/**
 * One presentation to the clock's own judgement. The very reducer that decides about punches decides here, on a memory of
 * its own and for somebody who does not exist, as if whatever is shown were recognised for certain: liveness alone stands
 * between it and a punch. That is the worst case, and says nothing about who would have been recognised.
 */

export interface PresentRooms {
  readonly loan: Pick<Loan, "take" | "giveBack">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly policy: Policy;
  /** In [0, 1): sides and visits are drawn with it, as at the wall. */
  readonly random: () => number;
}

/** For whoever has to come to the clock first. */
const comeMs = 20_000;
const lookEveryMs = 100;

export async function present(
  { loan, clock, policy: site, random }: PresentRooms,
  species: string,
  tell: (news: AcceptanceNews) => void,
  gone: AbortSignal,
): Promise<Presented> {
  // Faces alone, and no question afterwards: it is the look that is tested.
  const policy: Policy = { ...site, ways: ["face"], rules: [], asksOpenShift: false, jobs: [], direction: "suggested" };
  const beganMs = clock.now().monoMs;
  let memory = emptyStation();
  let best: number | null = null;
  let isLooking = false;
  const problems = new Map<string, number>();
  let answer: Presented | null = null;

  const end = (is: Presented["is"], why: string): void => {
    const tookMs = Math.round(clock.now().monoMs - beganMs);
    answer ??= { of: "present", species, is, why, score: best, asked: memory.challenges, tookMs };
  };

  const feed = (event: Event): void => {
    if (answer !== null) return;
    const before = memory.state;
    const [next, effects] = step({ ...memory, padDraw: random() }, event, policy);
    memory = next;
    if (effects.some((effect) => effect.do === "save" && effect.draft.draft === "punch")) {
      end("accepted", memory.challenges > 0 ? "movement" : "score");
      return;
    }
    const { state } = memory;
    if (state.at === "look") isLooking = true;
    else if (state.at === "refused") end(best === null ? "no-response" : "refused", whyNot(best, state.why, problems));
    else if (state.at === "idle" && before.at === "look") end("no-response", "left");
    else if (state.at !== "idle") end("accepted", memory.challenges > 0 ? "movement" : "score");
  };

  const borrower: Borrower = {
    attention: (): Attention => ({ ...attentionOf(memory, policy), effort: "look", claim: nobody, codes: false }),
    saw: ({ sight, draw, at }) => {
      const { face } = sight;
      if (face?.live !== undefined && face.live !== null) best = Math.max(best ?? 0, face.live);
      if (face !== null && face.problem !== null) problems.set(face.problem, (problems.get(face.problem) ?? 0) + 1);
      feed({ kind: "sight", sight: recognised(sight), draw, at });
      tell({ test: stageOf(memory), problem: face?.problem ?? null });
    },
    view: () => (memory.state.at === "look" ? viewOf(memory, policy) : null),
  };
  loan.take(borrower);
  try {
    while (answer === null && !gone.aborted) {
      await clock.sleep(lookEveryMs, gone);
      const at = clock.now();
      if ((deadlineOf(memory, policy) ?? Number.POSITIVE_INFINITY) <= at.monoMs) feed({ kind: "tick", at });
      if (!isLooking && at.monoMs - beganMs >= comeMs) end("no-response", "no-face");
    }
  } finally {
    loan.giveBack(borrower);
  }
  tell({ test: "step-away", problem: null });
  if (answer === null) end("no-response", "cancelled");
  return answer ?? { of: "present", species, is: "no-response", why: "cancelled", score: best, asked: 0, tookMs: 0 };
}

const emptyStation = (): Memory => ({
  ...withPeople(blankMemory, [{ id: nobody, displayName: "", badges: [], lookAlikes: [] }], 1),
  state: { at: "idle" },
  health: {
    ...{ camera: { is: "up" }, engine: { is: "up" }, reader: { is: "none" } },
    ...{ uplink: { is: "up" }, journal: { is: "up" } },
  },
});

/** As if nobody could look more like them; which is for the other thresholds to keep apart, and not tested here. */
function recognised(sight: Sight): Sight {
  const { face } = sight;
  if (face === null) return sight;
  const match: FaceSeen["match"] =
    face.live === null ? null : { person: nobody, similarity: 1, margin: 2, agreeing: Number.MAX_SAFE_INTEGER };
  return { ...sight, codes: [], face: { ...face, claim: null, match } };
}

/** Without a score there was nothing to judge, and what was wrong most often says why. */
function whyNot(best: number | null, why: string, problems: ReadonlyMap<string, number>): string {
  if (best !== null) return why;
  const [most] = [...problems].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "too-short";
}

function stageOf({ state }: Memory): AcceptanceNews["test"] {
  if (state.at !== "look") return "nobody";
  return state.asked?.challenge.kind ?? "look";
}
