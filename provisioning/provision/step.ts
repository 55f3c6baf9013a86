import type { Context } from "./context.ts";
import type { StepName } from "./news.ts";

/** One thing that must be so on a clock that is set up. */
export interface Step {
  readonly name: StepName;
  /** What `apply` would do, in one sentence. */
  readonly would: string;
  /** @returns the sentence that says that it is so already; null where something is to be done. Changes nothing. */
  readonly check: (context: Context) => Promise<string | null>;
  /** Makes it so; may be cut at any moment, and done twice. @throws Fault why it cannot be, and what to do. */
  readonly apply: (context: Context) => Promise<void>;
  /** Looks again, by use where it can. @returns the sentence that says what is so now. @throws Fault */
  readonly prove: (context: Context) => Promise<string>;
}
