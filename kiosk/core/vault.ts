import type { PersonId } from "./person.ts";

/**
 * Sealed pieces about one subject each: an employee (`p_`), a visitor (`v_`). Every subject has a key of their own, which
 * is wrapped by the device's: destroying it makes every copy of their pieces unreadable, wherever it went.
 */
export interface Vault extends AsyncDisposable {
  readonly subjects: () => readonly PersonId[];
  /** Names of what is kept of them: 1 to 40 of [a-z0-9-]. */
  readonly pieces: (sub: PersonId) => readonly string[];
  /** Null where there is none. @throws Fault `seal-broken`: this piece, and no other, cannot be read. */
  readonly get: (sub: PersonId, piece: string) => Promise<Uint8Array | null>;
  /** Durable when it resolves. @throws Fault `disk-full`, `disk-read-only`, `state-unwritable`; `person-suppressed`. */
  readonly put: (sub: PersonId, piece: string, bytes: Uint8Array) => Promise<void>;
  /** @returns whether there was one. */
  readonly drop: (sub: PersonId, piece: string) => Promise<boolean>;
  /** The key first, then all pieces. @returns how many pieces there were. */
  readonly destroy: (sub: PersonId) => Promise<number>;
}
