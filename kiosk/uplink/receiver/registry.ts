import type { KeyObject } from "node:crypto";
import { type KeyOf, type LuCode, LuError } from "../../core/jws.ts";
import { type Identity, isBefore, type Position, sourceOf } from "../../core/record.ts";
import type { NamedKey } from "../contract/keys.ts";
import { nextKeyOf } from "../contract/next-key.ts";
import type { WireRecord } from "../contract/wire.ts";

/** Which device may sign with which key: what a receiver was told when the device was provisioned, and its changes since. */
export interface KeyRegistry {
  /** @param span the places of the stream it signs, inclusive, where it was changed; wall time plays no part. */
  readonly add: (device: Identity, kid: string, key: KeyObject, span?: KeySpan) => void;
  readonly keyOf: KeyOf;
  /** The `source` whose key this is. */
  readonly ownerOf: (kid: string) => string | undefined;
  /** False where another key had been or would be in use at that place. */
  readonly isValidAt: (kid: string, position: Position) => boolean;
  /** From this place on, inclusive, nothing that this key signed is taken: it may be in other hands. */
  readonly revoke: (kid: string, from: Position) => void;
  /**
   * A verified `keychange`: the old key signs up to it, the new one from the next record on. Of another record, or one
   * whose new key does not show that it is held, nothing is learned.
   *
   * @returns whether anything was learned.
   */
  readonly learn: (record: Signed) => boolean;
}

export interface KeySpan {
  readonly from?: Position;
  readonly upto?: Position;
}

export function openKeyRegistry(): KeyRegistry {
  const keys = new Map<string, Known>();
  const put = (source: string, kid: string, key: KeyObject, span: KeySpan): void => {
    const known = keys.get(kid);
    if (known !== undefined && (known.source !== source || !known.key.equals(key))) {
      throw new Error("this kid is registered for another key or device");
    }
    keys.set(kid, { key, source, span });
  };
  const isValidAt = (kid: string, position: Position): boolean => {
    const { from, upto } = keys.get(kid)?.span ?? {};
    return !(from !== undefined && isBefore(position, from)) && !(upto !== undefined && isBefore(upto, position));
  };
  return {
    add: (device, kid, key, span = {}) => put(sourceOf(device), kid, key, span),
    keyOf: (kid) => keys.get(kid)?.key,
    ownerOf: (kid) => keys.get(kid)?.source,
    isValidAt,
    revoke: (kid, { epoch, seq }) => {
      const known = keys.get(kid);
      const upto = { epoch, seq: seq - 1 };
      if (known === undefined || (known.span.upto !== undefined && isBefore(known.span.upto, upto))) return;
      keys.set(kid, { ...known, span: { ...known.span, upto } });
    },
    learn: (record) => {
      const next = nextKeyIn(record);
      const old = keys.get(record.kid);
      if (next === null || old?.source !== record.source) return false;
      const { epoch, seq } = record.event;
      const owner = keys.get(next.kid);
      // A key that is known keeps its span: nobody brings a revoked one back.
      if (owner !== undefined) return false;
      put(record.source, next.kid, next.key, { from: { epoch, seq: seq + 1 } });
      keys.set(record.kid, { ...old, span: { ...old.span, upto: { epoch, seq } } });
      return true;
    },
  };
}

/** As much of a verified record as a key registry looks at. */
interface Signed {
  readonly source: string;
  readonly event: WireRecord;
  readonly kid: string;
  readonly flaw: LuCode | null;
}

interface Known {
  readonly key: KeyObject;
  readonly source: string;
  readonly span: KeySpan;
}

function nextKeyIn({ event, kid, flaw }: Signed): NamedKey | null {
  if (event.type !== "dev.lintel.keychange.v1" || flaw !== null) return null;
  try {
    return nextKeyOf(event, kid);
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return null;
  }
}
