import { z } from "zod";
import { type AbsenceAct, leaveKinds } from "../../core/absence/view.ts";

export const absenceAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("ask") }),
  z.strictObject({ act: z.literal("kind"), k: z.literal([...leaveKinds]) }),
  z.strictObject({ act: z.literal("turn"), by: z.union([z.literal(-1), z.literal(1)]) }),
  z.strictObject({ act: z.literal("day"), day: z.string().regex(/^\d{4}-\d\d-\d\d$/) }),
  z.strictObject({ act: z.literal("cancel"), id: z.string().max(64) }),
  z.strictObject({ act: z.literal("confirm") }),
  z.strictObject({ act: z.literal("back") }),
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<AbsenceAct>;
