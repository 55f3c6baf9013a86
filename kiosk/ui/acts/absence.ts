import { z } from "zod";
import type { AbsenceAct } from "../../core/absence/view.ts";

export const absenceAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<AbsenceAct>;
