import type { KeyObject } from "node:crypto";
import type { KeyOf } from "../../core/jws.ts";
import { type Identity, sourceOf } from "../../core/record.ts";

/** Which device may sign with which key: what a receiver was told when the device was provisioned. */
export interface KeyRegistry {
  readonly add: (device: Identity, kid: string, key: KeyObject) => void;
  readonly keyOf: KeyOf;
  /** The `source` whose key this is. */
  readonly ownerOf: (kid: string) => string | undefined;
}

export function openKeyRegistry(): KeyRegistry {
  const keys = new Map<string, { readonly key: KeyObject; readonly source: string }>();
  return {
    add: (device, kid, key) => {
      const source = sourceOf(device);
      const known = keys.get(kid);
      if (known !== undefined && (known.source !== source || !known.key.equals(key))) {
        throw new Error("this kid is registered for another key or device");
      }
      keys.set(kid, { key, source });
    },
    keyOf: (kid) => keys.get(kid)?.key,
    ownerOf: (kid) => keys.get(kid)?.source,
  };
}
