import { z } from "zod";
import { audience } from "./audience.ts";
import { name, natural, token, utc } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** Orders from the cloud. What may be ordered by whom is in `orders.ts`; here is only what an order looks like. */

export const commandEvent = signedEvent.extend({
  type: z.literal("dev.lintel.cmd.v1"),
  data: z.looseObject({
    op: z.string().regex(/^[a-z][a-z0-9.-]{0,39}$/),
    aud: audience,
    /** Counts up for each signer: what is not above the device's low mark has been seen. */
    cn: natural,
    nbf: utc,
    exp: utc,
    args: z.looseObject({}),
    /** Where a large result may be put. */
    res: name.optional(),
  }),
});
export type CommandEvent = z.infer<typeof commandEvent>;

/** Dual control: the same payload, signed by two keys of two roles. This outer event itself is unsigned. */
export const dualCommand = z.looseObject({
  specversion: z.literal("1.0"),
  type: z.literal("dev.lintel.cmd2.v1"),
  datacontenttype: z.literal("application/json"),
  data: z.looseObject({ jws: z.tuple([token, token]) }),
});
