/** In the order in which they are done. */
export const stepNames = [
  "machine",
  "disk",
  "ticket",
  "time",
  "keys",
  "certificate",
  "words",
  "updates",
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
