import { z } from "zod";
import { LuError } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";

/** For whom a message from the cloud is: device ids, `site:{site}`, `group:{group}`. */
export const audience = z
  .array(z.string().regex(/^(k[0-9a-z]{20}|(site|group):[a-z0-9-]{1,24})$/))
  .min(1)
  .max(64);

/**
 * A broker delivers what it likes to whom it likes, and what another clock was sent is signed as well as ours.
 *
 * @throws LuError 3002 where a message is for others.
 */
export function checkAudience(
  aud: readonly string[],
  { site, device }: Pick<Identity, "site" | "device">,
  groups: readonly string[],
): void {
  const names = [device, `site:${site}`, ...groups.map((group) => `group:${group}`)];
  if (!aud.some((one) => names.includes(one))) throw new LuError(3002, "the message is for others");
}
