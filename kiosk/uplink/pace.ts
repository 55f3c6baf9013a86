import type { Backoff } from "../core/backoff.ts";

/** Every number of the uplink that is a matter of time or size, in one place; tests and the demo make it quicker. */
export interface Pace {
  /** Between two connections. */
  readonly backoff: Backoff;
  /** A connection that stood this long starts over with the shortest wait. */
  readonly stableMs: number;
  /** Wait after another client took our session, from and to: two boxes must not chase each other. */
  readonly takenOverMs: readonly [number, number];
  readonly heartbeatMs: number;
  /** After CONNACK: how long for SUBACK and for the birth's PUBACK. */
  readonly greetMs: number;
  /** After `sync`: asked again, and drained without an answer. */
  readonly syncAgainMs: number;
  readonly drainAnywayMs: number;
  /** Sent, and no PUBACK at all for this long: the socket is half open. */
  readonly pubackMs: number;
  /** PUBACKed, and no receipt: asked, then sent again (doubling up to the cap). */
  readonly stallSyncMs: number;
  readonly rewindMs: number;
  readonly rewindCapMs: number;
  /** A record named in `miss` this soon after its PUBACK is likely still on its way to the receiver. */
  readonly missGraceMs: number;
  /** Records that a receiver had receipted and lacks again are sent again at most this often. */
  readonly replayGraceMs: number;
  /** After the broker complained of too much: how long at half the rate. */
  readonly slowMs: number;
  /** The broker's access list refused a record: how long until one tries again. */
  readonly refusedAgainMs: number;
  /** What the pace holds back is looked at again this soon. */
  readonly heldMs: number;
  /** Statuses because something changed, at most this often. */
  readonly changeMs: number;
  readonly telemetryMs: number;
  /** Overrides the profile's bound on publishes. */
  readonly publishesPerS?: number;
  /** Receipts that are looked at; what comes beyond is noise, because we are never told so much. */
  readonly heardPerS: number;
  /** Backlog records offered beyond the receipt cursor. */
  readonly receiptWindow: number;
  /** How often deadlines are looked at. */
  readonly tickMs: number;
}

export const usualPace: Pace = {
  backoff: { baseMs: 1000, capMs: 120_000 },
  stableMs: 600_000,
  takenOverMs: [300_000, 600_000],
  heartbeatMs: 300_000,
  greetMs: 10_000,
  syncAgainMs: 10_000,
  drainAnywayMs: 30_000,
  pubackMs: 18_000,
  stallSyncMs: 60_000,
  rewindMs: 600_000,
  rewindCapMs: 6 * 3_600_000,
  missGraceMs: 5000,
  replayGraceMs: 60_000,
  slowMs: 60_000,
  refusedAgainMs: 60_000,
  heldMs: 50,
  changeMs: 5000,
  telemetryMs: 60_000,
  heardPerS: 400,
  receiptWindow: 2000,
  tickMs: 1000,
};
