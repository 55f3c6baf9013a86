import { z } from "zod";
import type { RightsAct } from "../../core/rights/view.ts";

const kinds = [
  ...(["name", "language", "badges", "pin", "face", "alike", "signature", "consents", "times", "leave"] as const),
  ...(["guests", "requests", "looks", "snapshots", "messages", "office", "choices", "holds", "other"] as const),
] as const;
const deeds = [
  ...(["freeze", "release", "stop", "no-pictures", "pictures", "rename", "times", "erase", "copy", "choose"] as const),
] as const;

/** One letter as people see it, with its marks; never a control, nor anything that turns the direction of a line. */
const letter = z.string().regex(/^(?:[\p{L}\p{M} '’.-]){1,4}$/u);

export const rightsAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("item"), kind: z.enum(kinds) }),
  z.strictObject({ act: z.literal("page"), page: z.int().min(0).max(10_000) }),
  z.strictObject({ act: z.literal("deeds") }),
  z.strictObject({ act: z.literal("deed"), deed: z.enum(deeds) }),
  z.strictObject({ act: z.literal("sure") }),
  z.strictObject({ act: z.literal("choose"), what: z.enum(["name", "messages"]) }),
  z.strictObject({ act: z.literal("lang"), lang: z.string().max(8).nullable() }),
  z.strictObject({ act: z.literal("letter"), letter }),
  z.strictObject({ act: z.literal("rub") }),
  z.strictObject({ act: z.literal("send") }),
  z.strictObject({ act: z.literal("door"), door: z.enum(["stick", "lan"]) }),
  z.strictObject({ act: z.literal("back") }),
  z.strictObject({ act: z.literal("close") }),
]) satisfies z.ZodType<RightsAct>;
