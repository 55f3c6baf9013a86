import { z } from "zod";
import type { GuestsAct } from "../../core/guests/view.ts";

const simple = (act: "open" | "close" | "back" | "arrive" | "code" | "leave" | "erase" | "next" | "skip" | "confirm") =>
  z.strictObject({ act: z.literal(act) });

/** One key: a letter with its marks is a few code units. Controls, and what turns text round, are no letters. */
const keyText = z
  .string()
  .min(1)
  .max(8)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);

export const guestsAct = z.discriminatedUnion("act", [
  simple("open"),
  simple("close"),
  simple("back"),
  simple("arrive"),
  simple("code"),
  simple("leave"),
  simple("erase"),
  simple("next"),
  simple("skip"),
  simple("confirm"),
  z.strictObject({ act: z.literal("out") }),
  z.strictObject({ act: z.literal("key"), text: keyText }),
  z.strictObject({ act: z.literal("digit"), digit: z.int().min(0).max(9) }),
  z.strictObject({
    act: z.literal("host"),
    id: z
      .string()
      .regex(/^p_[0-9a-z]{20}$/)
      .nullable(),
  }),
]) satisfies z.ZodType<GuestsAct>;
