import { z } from "zod";

/** How people say who they are here, and how their time is counted: the settings of docs/attendance.md and docs/passes.md. */

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a wall time HH:MM");
const way = z.enum(["badge", "pin", "qr", "face"]);
const days = z.array(z.int().min(1).max(7)).min(1).max(7);

const rule = z.strictObject({
  people: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  sites: z.array(z.string()).optional(),
  when: z.strictObject({ days, from: wallTime, until: wallTime }).optional(),
  accepts: z.array(z.array(way).min(1).max(3)).min(1).max(8),
});

const job = z
  .strictObject({
    code: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, "1 to 32 of letters, digits, dot, _ and -"),
    label: z.string().min(1).max(40),
    group: z.string().min(1).max(40).optional(),
  })
  .transform(({ group, ...one }) => ({ ...one, ...(group !== undefined && { group }) }));

const shift = z.strictObject({ start: wallTime, end: wallTime, days });

export const siteSettings = {
  ways: z
    .array(way)
    .min(1)
    .max(4)
    .default(["badge", "face"])
    .describe("How people may say who they are, in the order of the wall: badge, pin, qr, face; with commas."),
  rules: z.array(rule).max(32).default([]).describe("Who must show more, and when; the first that fits counts."),
  scramblePad: z.boolean().default(false).describe("The PIN pad's digits stand in a new order each time."),
  direction: z
    .enum(["manual", "suggested", "schedule", "fixed-in", "fixed-out", "first-last"])
    .default("suggested")
    .describe("How a punch becomes in or out (docs/attendance.md)."),
  dayStartsAt: wallTime.default("04:00").describe("When one work-day ends and the next begins, HH:MM."),
  shifts: z
    .record(z.string(), z.array(shift))
    .default({})
    .describe("Shift plans by the name that the roster has for them."),
  jobs: z.array(job).max(200).default([]).describe("Jobs that somebody who is in may change to."),
  asksOpenShift: z.boolean().default(true).describe("Ask somebody who did not go out yesterday when it was."),
  muster: z.enum(["nobody", "everybody", "supervisors"]).default("nobody").describe("Who may see who is in."),
  alert: z
    .boolean()
    .default(false)
    .describe("Whether an emergency can be raised here; only where somebody receives it."),
  leave: z.boolean().default(false).describe("Whether people see their leave at the clock and ask for some."),
  ownHours: z.boolean().default(true).describe("Whether people may see their own hours at the clock."),
  visitors: z.boolean().default(false).describe("Whether visitors sign in and out at this clock (docs/visitors.md)."),
  visitorOutAt: wallTime
    .default("18:00")
    .describe("When visitors who are still here are signed out, HH:MM; the record says that nobody did it."),
  visitorContact: z
    .enum(["hidden", "optional"])
    .default("optional")
    .describe("Whether visitors are asked how to reach them; they never have to say."),
  visitorUnanswered: z
    .enum(["sign-in", "wait"])
    .default("sign-in")
    .describe("What becomes of a visitor whose host does not answer within a minute."),
  speech: z.boolean().default(false).describe("The wall also says what it shows, where the machine has a voice."),
  switchScanMs: z
    .int()
    .min(500)
    .max(10_000)
    .optional()
    .describe("For one switch instead of fingers: how long each target is offered before the next."),
  darkAfterMin: z.int().min(0).max(1_440).default(10).describe("Minutes until an idle wall goes dark; 0 is never."),
} as const;
