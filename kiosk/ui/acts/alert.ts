import { z } from "zod";
import type { AlertAct } from "../../core/alert/view.ts";

export const alertAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<AlertAct>;
