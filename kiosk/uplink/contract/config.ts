import { z } from "zod";
import { LuError } from "../../core/jws.ts";
import { parseStrictJson, StrictJsonError } from "../../core/strict-json.ts";
import { audience } from "./audience.ts";
import { text, version } from "./members.ts";
import { signedEvent } from "./wire.ts";

/** Settings as the cloud wants them. What holds is in the device's status: `cfg: {v, h, err}`. */
export const configEvent = signedEvent.extend({
  type: z.literal("dev.lintel.config.v1"),
  data: z.looseObject({
    aud: audience,
    v: version.min(1),
    /** Older software leaves it alone. */
    min_fw: text,
    /** JSON as text: hashed and kept as it came. */
    doc: z.string().max(6 * 1024),
  }),
});
export type ConfigEvent = z.infer<typeof configEvent>;

/**
 * Whether settings may be tried. What they mean, the device's own schema says next.
 *
 * @param fw version of the software here, `1.4.2`.
 * @throws LuError 4003, 4004.
 */
export function acceptConfig({ v, min_fw, doc }: ConfigEvent["data"], haveV: number, fw: string): unknown {
  if (v <= haveV) throw new LuError(4003, "the settings are not newer");
  if (isOlder(fw, min_fw)) throw new LuError(4004, `the settings need software ${min_fw}`);
  let settings: unknown;
  try {
    settings = parseStrictJson(doc, { maxDepth: 8, integersOnly: false });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new LuError(4004, `the settings are no JSON: ${error.message}`);
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new LuError(4004, "the settings are no object");
  }
  return settings;
}

/** Number by number; what is no number counts as 0. */
function isOlder(one: string, other: string): boolean {
  const numbers = (version: string): number[] => version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const theirs = numbers(other);
  const ours = numbers(one);
  const at = theirs.findIndex((number, index) => number !== (ours[index] ?? 0));
  return at !== -1 && (ours[at] ?? 0) < (theirs[at] ?? 0);
}
