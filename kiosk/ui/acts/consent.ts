import { z } from "zod";
import type { ConsentAct } from "../../core/consent/view.ts";

/** Numbers of all strokes together: 700 points are a long name drawn slowly. */
const numbersMax = 1_400;

const stroke = z.array(z.int().min(0).max(1_000)).min(2).max(numbersMax);
const strokes = z
  .array(stroke)
  .max(64)
  .refine((drawn) => drawn.every(({ length }) => length % 2 === 0))
  .refine((drawn) => drawn.reduce((sum, { length }) => sum + length, 0) <= numbersMax);

export const consentAct = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.enum([
      ...(["close", "back", "read", "agree", "decline", "badge-pin"] as const),
      ...(["enrol", "release", "later", "stop", "sure"] as const),
    ]),
  }),
  z.strictObject({ act: z.literal("speak"), lang: z.string().regex(/^[a-z]{2}(-[A-Za-z]{4})?$/) }),
  z.strictObject({ act: z.literal("page"), page: z.int().min(0).max(99) }),
  z.strictObject({ act: z.literal("age"), isReached: z.boolean() }),
  z.strictObject({ act: z.literal("guardian"), isHere: z.boolean() }),
  z.strictObject({ act: z.literal("sign"), strokes }),
]) satisfies z.ZodType<ConsentAct>;
