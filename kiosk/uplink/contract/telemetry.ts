import { z } from "zod";
import { natural, text, whole } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** How the box feels, once a minute, best effort. Never a name, a subject or a score; integers in the unit of the name. */

const metric = z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/);

export const telemetryEvent = signedEvent.extend({
  type: z.literal("dev.lintel.telemetry.v1"),
  data: z.looseObject({
    /** Seconds that the figures are about. */
    over: natural.max(86_400),
    /** OpenTelemetry-like names: `system.cpu.utilization_permille`, `lintel.journal.commit_us`. */
    metrics: z.record(metric, whole).refine((all) => Object.keys(all).length <= 128, "at most 128"),
    /** `{name: [[upper bound, count], ...]}`, ascending bounds. */
    histograms: z.record(metric, z.array(z.tuple([whole, natural])).max(32)).optional(),
    fw: text.optional(),
  }),
});
