import { z } from "zod";
import type { AlertAct } from "../../core/alert/view.ts";

export const alertAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("open") }),
  z.strictObject({ act: z.literal("raise") }),
  z.strictObject({ act: z.literal("end") }),
  z.strictObject({ act: z.literal("clear") }),
  z.strictObject({ act: z.literal("page"), page: z.int().min(0).max(10_000) }),
  z.strictObject({ act: z.literal("back") }),
]) satisfies z.ZodType<AlertAct>;
