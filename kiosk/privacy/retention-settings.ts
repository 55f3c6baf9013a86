import { z } from "zod";
import type { RetentionClass } from "../core/keepsake.ts";
import { matrix, type RetentionDays, retentionClasses } from "../core/retention.ts";

/** Only what is there has been proved to be a class with days that it allows. */
const isClass = (text: string): text is RetentionClass => retentionClasses.some((cls) => cls === text);

/** For how many days each class is kept: between the floor that law sets and the ceiling that was promised. */
export const retentionSetting = z
  .record(z.string(), z.int())
  .superRefine((chosen, context) => {
    for (const [cls, days] of Object.entries(chosen)) {
      if (!isClass(cls)) {
        context.addIssue({ code: "custom", message: `"${cls}" is none of ${retentionClasses.join(", ")}` });
        continue;
      }
      const { min, max } = matrix[cls];
      if (days >= min && days <= max) continue;
      context.addIssue({
        code: "custom",
        message: `${cls} is kept for ${min} to ${max} days, and ${days} was asked for`,
      });
    }
  })
  .transform((chosen): Partial<RetentionDays> => chosen)
  .default({})
  .describe("Days that things are kept, by class: visitor 30 (1 to 180), snapshot 90, template 180 without use…");
