import { z } from "zod";
import { hash, name, utc, version } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** What a device asks for besides `sync`, and the answer to one of the questions. */

/** "I have this roster, or half of a newer one: send me what I need." */
export const rosterRequest = signedEvent.extend({
  type: z.literal("dev.lintel.roster-request.v1"),
  data: z.looseObject({ have: version, root: hash }),
});

export const configRequest = signedEvent.extend({
  type: z.literal("dev.lintel.config-request.v1"),
  data: z.looseObject({ have: version, h: hash.nullable() }),
});

export const timeRequest = signedEvent.extend({
  type: z.literal("dev.lintel.time-request.v1"),
  /** A fresh random text: the answer must carry it. */
  data: z.looseObject({ n: name }),
});

/** Signed with the role `tim`. True time was between `utc` and `utc` and the way there and back when it came. */
export const timeReply = signedEvent.extend({
  type: z.literal("dev.lintel.time.v1"),
  data: z.looseObject({ n: name, utc }),
});
