import { z } from "zod";
import type { GuestsAct } from "../../core/guests/view.ts";

export const guestsAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<GuestsAct>;
