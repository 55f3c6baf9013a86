import { questionOf } from "./asking.ts";
import { bookOf } from "./attendance/attendance.ts";
import { jobGroups, jobNow } from "./attendance/jobs.ts";
import { canTransfer, jobLabelOf } from "./hours.ts";
import type { Memory, VisitState } from "./memory.ts";
import { musterView } from "./muster.ts";
import { nameOn } from "./naming.ts";
import { canStep } from "./open-shift-asked.ts";
import { overrideQuestion } from "./override.ts";
import { canEnter } from "./pad.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { localText } from "./time.ts";
import type { VisitView } from "./visit-view.ts";
import { errandsOf, waysNow } from "./ways.ts";

/** What the wall shows of a visit by hand: a projection, as everything else. */
export function visitView(memory: Memory, state: VisitState, policy: Policy): VisitView {
  const nameOf = (person: PersonId): string => nameOn(memory, person, policy);
  const local = (utcMs: number): string => localText(utcMs, policy.timeZone);
  switch (state.at) {
    case "ways":
      return {
        ...{ at: "ways", ways: waysNow(memory, policy, state.errand), errand: state.errand },
        // Whoever has said what they came for is not asked again.
        ...(state.errand === "punch" && { errands: errandsOf(policy) }),
      };
    case "pin": {
      const { step, number, pin, order, ticket, problem, waitUntilUtcMs, errand, claim } = state;
      return {
        ...{ at: "pin", step, order, problem, errand },
        number: step === "number" ? number : "",
        count: state[step].length,
        canEnter: ticket === null && canEnter(state),
        isChecking: ticket !== null,
        waitUntil: problem === "wait" && waitUntilUtcMs !== null ? local(waitUntilUtcMs) : null,
        // Whoever shows a second way may go on without it; whoever shows the first may take another.
        ways: claim === null && pin === "" ? waysNow(memory, policy, errand).filter((way) => way !== "pin") : [],
        canSkip: claim !== null,
      };
    }
    case "also":
      return { at: "also", name: nameOf(state.claim.person), wants: state.wants };
    case "choose": {
      const { proof, since, kind, kinds } = state;
      return { at: "choose", name: nameOf(proof.person), local: local(since.utcMs), suggested: kind, kinds };
    }
    case "open-shift": {
      const { proof, open, endUtcMs } = state;
      return {
        at: "open-shift",
        name: nameOf(proof.person),
        sinceLocal: local(open.sinceUtcMs),
        endLocal: local(endUtcMs),
        canEarlier: canStep(state, -1),
        canLater: canStep(state, 1),
      };
    }
    case "hours": {
      const { person } = state.proof;
      return {
        ...{ at: "hours", name: nameOf(person), ...state.sheet },
        job: jobLabelOf(memory, person, policy),
        canJob: canTransfer(memory, person, policy),
        canRequest: state.sheet.days.some(({ marks }) => marks.length > 0),
        canLeave: policy.leave,
      };
    }
    case "job": {
      const { person } = state.proof;
      const groups = jobGroups(policy.jobs).map(({ group, jobs }) => ({
        group,
        jobs: jobs.map(({ code, label }) => ({ code, label })),
      }));
      return { at: "job", name: nameOf(person), groups, now: jobNow(bookOf(memory.attendance, person)) };
    }
    case "request":
      return { at: "request", name: nameOf(state.person), ask: questionOf(state, policy) };
    case "told":
      return { at: "told", what: state.what, name: state.what === "not-me" ? "" : nameOf(state.person) };
    case "muster":
      return musterView(state);
    case "override":
      return { at: "override", ask: overrideQuestion(memory, state) };
  }
}
