import { z } from "zod";
import type { RightsAct } from "../../core/rights/view.ts";

export const rightsAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<RightsAct>;
