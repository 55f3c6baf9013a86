import type { VisitAct } from "../core/guests/types.ts";
import type { KeptVisit, Visits } from "../store/visits.ts";

/** What becomes of a sealed visit when something was written about it, or was not. Doing it twice is doing it once. */

export async function follow(visits: Visits, visit: KeptVisit, act: VisitAct, utcMs: number): Promise<void> {
  const { v, stage, window } = visit;
  switch (act) {
    case "asked":
      await visits.change(v, { stage: "asked" });
      return;
    case "no-answer":
      await visits.change(v, { stage: "unanswered" });
      return;
    case "in":
      if (stage !== "here") await visits.change(v, { stage: "here", inUtcMs: utcMs, reply: null });
      return;
    case "out":
    case "auto-out":
      if (stage !== "over") await visits.change(v, { stage: "over", outUtcMs: utcMs, end: act });
      return;
    case "declined":
      // They did not come in, so there is nothing that an entry book would have to know of them.
      if (window === null) {
        await visits.destroy(v);
        return;
      }
      await visits.change(v, { stage: "over", end: "declined", reply: null });
      await visits.forgetCaller(v);
  }
}

/** Nothing was ever written of it: an invitation is as good as before, and of anything else nothing is left. */
export async function takeBack(visits: Visits, { v, window }: KeptVisit): Promise<void> {
  if (window === null) {
    await visits.destroy(v);
    return;
  }
  await visits.change(v, { stage: "expected" });
  await visits.forgetCaller(v);
}
