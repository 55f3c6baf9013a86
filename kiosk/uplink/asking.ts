import { v7 } from "uuid";
import { signJws } from "../core/jws.ts";
import { sourceOf } from "../core/record.ts";
import { utcText } from "../core/time.ts";
import { wrap } from "./contract/envelope.ts";
import type { Speaker } from "./statements.ts";

/** Who asks. */
export type Asker = Pick<Speaker, "identity" | "signer" | "clock">;

/** A signed question to the cloud (`up/req`) that is no `sync`. */
export function question(type: "roster-request" | "config-request", data: object, asker: Asker): Uint8Array {
  const { identity, signer, clock } = asker;
  const event = {
    specversion: "1.0" as const,
    id: v7(),
    source: sourceOf(identity),
    type: `dev.lintel.${type}.v1`,
    time: utcText(clock.now().utcMs),
    data,
  };
  return wrap(signJws("lintel-req+jws", JSON.stringify(event), signer).jws, event);
}
