import type { KeyObject } from "node:crypto";
import type { KeyOf } from "../../core/jws.ts";
import { type Identity, isBefore, type Position, sourceOf } from "../../core/record.ts";

/** Which device may sign with which key: what a receiver was told when the device was provisioned. */
export interface KeyRegistry {
  /** @param span the places of the stream it signs, inclusive, where it was changed; wall time plays no part. */
  readonly add: (device: Identity, kid: string, key: KeyObject, span?: KeySpan) => void;
  readonly keyOf: KeyOf;
  /** The `source` whose key this is. */
  readonly ownerOf: (kid: string) => string | undefined;
  /** False where another key had been or would be in use at that place. */
  readonly isValidAt: (kid: string, position: Position) => boolean;
}

export interface KeySpan {
  readonly from?: Position;
  readonly upto?: Position;
}

export function openKeyRegistry(): KeyRegistry {
  const keys = new Map<string, Known>();
  return {
    add: (device, kid, key, span = {}) => {
      const source = sourceOf(device);
      const known = keys.get(kid);
      if (known !== undefined && (known.source !== source || !known.key.equals(key))) {
        throw new Error("this kid is registered for another key or device");
      }
      keys.set(kid, { key, source, span });
    },
    keyOf: (kid) => keys.get(kid)?.key,
    ownerOf: (kid) => keys.get(kid)?.source,
    isValidAt: (kid, position) => {
      const { from, upto } = keys.get(kid)?.span ?? {};
      return !(from !== undefined && isBefore(position, from)) && !(upto !== undefined && isBefore(upto, position));
    },
  };
}

interface Known {
  readonly key: KeyObject;
  readonly source: string;
  readonly span: KeySpan;
}
