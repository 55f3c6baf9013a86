import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { LuError } from "../../core/jws.ts";
import type { PublicJwk } from "../../core/kid.ts";
import type { Identity } from "../../core/record.ts";
import { keyFromJwk } from "../contract/keys.ts";
import { type KeyRegistry, openKeyRegistry } from "../receiver/registry.ts";
import { verifyRecord } from "../receiver/verify.ts";

/**
 * The demo device's keys as a backend has them: the first it was ever told, and what the records say since. A demo that
 * is started anew is told the key of today, which says nothing about records that still wait from before.
 *
 * @param file where the first is kept; null: nowhere.
 * @param stored the changes of keys among the records kept so far, in order.
 */
export function openDeviceKeys(
  device: { readonly identity: Identity; readonly jwk: PublicJwk },
  file: string | null,
  stored: readonly string[],
): KeyRegistry {
  const keys = openKeyRegistry();
  const add = (jwk: PublicJwk): void => {
    const { kid, key } = keyFromJwk(jwk);
    if (keys.keyOf(kid) === undefined) keys.add(device.identity, kid, key);
  };
  if (file !== null && existsSync(file)) add(JSON.parse(readFileSync(file, "utf8")) as PublicJwk);
  else if (file !== null) writeFileSync(file, JSON.stringify(device.jwk));
  for (const jws of stored) {
    try {
      keys.learn(verifyRecord(Buffer.from(jws), keys));
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
    }
  }
  add(device.jwk);
  return keys;
}
