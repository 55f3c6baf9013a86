import { z } from "zod";
import type { ConsentAct } from "../../core/consent/view.ts";

export const consentAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<ConsentAct>;
