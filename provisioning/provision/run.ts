import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { type Context, forgetTicket } from "./context.ts";
import type { StepName } from "./news.ts";
import type { Step } from "./step.ts";

export interface RunOptions {
  readonly isDryRun: boolean;
  /** The last step that is done; null: all. */
  readonly until: StepName | null;
}

/**
 * Does the steps in their order and stops at the first that cannot be done; whoever runs it again goes on there. A dry run
 * says what is so and what would be done, and changes nothing.
 *
 * @returns false where a step could not be done; it was told then.
 */
export async function runSteps(steps: readonly Step[], context: Context, options: RunOptions): Promise<boolean> {
  const { talk, signal } = context;
  let isAhead = false;
  for (const step of steps) {
    const { name } = step;
    talk.step({ step: name, is: "begun" });
    try {
      signal.throwIfAborted();
      // In a dry run nothing that comes after what is not done can be looked at.
      const sentence = isAhead ? null : await step.check(context);
      if (sentence !== null) talk.step({ step: name, is: "so", sentence });
      else if (options.isDryRun) {
        isAhead = true;
        talk.step({ step: name, is: "would", sentence: step.would });
      } else {
        await step.apply(context);
        talk.step({ step: name, is: "done", sentence: await step.prove(context) });
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (isSpent(error) && !options.isDryRun) await forgetTicket(context);
      const { message, remedy, code } = error;
      talk.step({ step: name, is: "failed", sentence: message, remedy, code });
      return false;
    }
    if (name === options.until) return true;
  }
  return true;
}

/** With this ticket no second try can succeed: the next run asks for another. */
const isSpent = (error: Fault): boolean => isFault(error, "ticket-used", "ticket-expired", "ticket-foreign");
