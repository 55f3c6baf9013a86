import { z } from "zod";
import { text, version } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** Settings as the cloud wants them. What holds is in the device's status: `cfg: {v, h, err}`. */
export const configEvent = signedEvent.extend({
  type: z.literal("dev.lintel.config.v1"),
  data: z.looseObject({
    v: version.min(1),
    /** Older software leaves it alone. */
    min_fw: text,
    /** JSON as text: hashed and kept as it came. */
    doc: z.string().max(6 * 1024),
  }),
});
export type ConfigEvent = z.infer<typeof configEvent>;
