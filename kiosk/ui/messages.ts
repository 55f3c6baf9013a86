import { z } from "zod";
import type { DemoAct, DemoState, Touch } from "../core/view.ts";
import { absenceAct } from "./acts/absence.ts";
import { alertAct } from "./acts/alert.ts";
import { consentAct } from "./acts/consent.ts";
import { guestsAct } from "./acts/guests.ts";
import { rightsAct } from "./acts/rights.ts";

/** What the page may post. Parsed once, here; anything else never gets further. */

const kind = z.enum(["in", "out", "break-start", "break-end"]);
const id = z.string().min(1).max(64);

const touchShape = z.discriminatedUnion("touch", [
  z.strictObject({ touch: z.literal("choose"), kind }),
  z.strictObject({ touch: z.literal("retry") }),
  z.strictObject({ touch: z.literal("hold") }),
  z.strictObject({ touch: z.literal("more-time") }),
  z.strictObject({ touch: z.literal("dismiss") }),
  z.strictObject({ touch: z.literal("ways") }),
  z.strictObject({ touch: z.literal("way"), way: z.enum(["face", "badge", "pin", "qr"]) }),
  z.strictObject({ touch: z.literal("digit"), digit: z.int().min(0).max(9) }),
  z.strictObject({ touch: z.literal("erase") }),
  z.strictObject({ touch: z.literal("enter") }),
  z.strictObject({ touch: z.literal("without") }),
  z.strictObject({
    touch: z.literal("errand"),
    errand: z.enum(["me", "muster", "override", "consent", "rights", "absence"]),
  }),
  z.strictObject({ touch: z.literal("not-me") }),
  z.strictObject({ touch: z.literal("jobs") }),
  z.strictObject({ touch: z.literal("request") }),
  z.strictObject({ touch: z.literal("pick"), id }),
  z.strictObject({ touch: z.literal("missing") }),
  z.strictObject({ touch: z.literal("step"), by: z.union([z.literal(-1), z.literal(1)]) }),
  z.strictObject({ touch: z.literal("confirm") }),
  z.strictObject({ touch: z.literal("unknown") }),
  z.strictObject({ touch: z.literal("same-shift") }),
  z.strictObject({ touch: z.literal("page"), page: z.int().min(0).max(9_999) }),
  z.strictObject({ touch: z.literal("back") }),
  z.strictObject({ touch: z.literal("consent"), act: consentAct }),
  z.strictObject({ touch: z.literal("rights"), act: rightsAct }),
  z.strictObject({ touch: z.literal("guests"), act: guestsAct }),
  z.strictObject({ touch: z.literal("absence"), act: absenceAct }),
  z.strictObject({ touch: z.literal("alert"), act: alertAct }),
]) satisfies z.ZodType<Touch>;

const demoShape = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("scene"), id }),
  z.strictObject({ act: z.literal("auto") }),
  z.strictObject({ act: z.literal("tap"), badge: id }),
  z.strictObject({ act: z.literal("network"), state: z.enum(["connected", "cut"]) }),
]) satisfies z.ZodType<DemoAct>;

export const parseTouch = (body: unknown): Touch | null => touchShape.safeParse(body).data ?? null;

/** Null also where the scene or badge is none of those on the table. */
export function parseDemoAct(body: unknown, { scenes, badges }: DemoState): DemoAct | null {
  const act = demoShape.safeParse(body).data;
  if (act === undefined) return null;
  if (act.act === "scene" && !scenes.some((scene) => scene.id === act.id)) return null;
  if (act.act === "tap" && !badges.some((badge) => badge.id === act.badge)) return null;
  return act;
}
