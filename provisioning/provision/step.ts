import type { Context } from "./context.ts";

/** In the order in which they are done. */
export const stepNames = [
  "machine",
  "disk",
  "ticket",
  "time",
  "keys",
  "certificate",
  "words",
  "models",
  "camera",
  "reader",
  "broker",
  "settings",
  "services",
  "punch",
  "installed",
] as const;
export type StepName = (typeof stepNames)[number];

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

/** How a step stands, for whoever shows it. */
export type StepNews =
  | { readonly step: StepName; readonly is: "begun" }
  | { readonly step: StepName; readonly is: "so" | "done" | "would"; readonly sentence: string }
  | {
      readonly step: StepName;
      readonly is: "failed";
      readonly sentence: string;
      readonly remedy: string;
      readonly code: string;
    };
