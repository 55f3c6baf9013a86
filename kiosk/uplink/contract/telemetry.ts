import { z } from "zod";
import { natural, text, whole } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** How the box feels, once a minute, best effort. Never a name, a subject or a score; integers in the unit of the name. */

const metric = z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/);

const atMost128 = <T extends z.ZodType<Readonly<Record<string, unknown>>>>(all: T): T =>
  all.refine((value) => Object.keys(value).length <= 128, "at most 128").meta({ maxProperties: 128 });

export const telemetryEvent = signedEvent.extend({
  type: z.literal("dev.lintel.telemetry.v1"),
  data: z.looseObject({
    /** Seconds that the figures are about. */
    over: natural.max(86_400),
    /** OpenTelemetry-like names: `system.cpu.utilization_permille`, `lintel.journal.commit_us`. */
    metrics: atMost128(z.record(metric, whole)),
    /** `{name: [[upper bound, count], ...]}`, ascending bounds. */
    histograms: atMost128(z.record(metric, z.array(z.tuple([whole, natural])).max(32))).optional(),
    fw: text.optional(),
  }),
});
