import type { AckExtras } from "../../kiosk/uplink/receiver/ack.ts";

/** How fast the store takes records, and what clocks are therefore asked for in their receipts. */
export interface Pressure {
  /** A transaction is done. */
  readonly took: (records: number, devices: number, ms: number, waiting: number) => void;
  /** Nothing where there is no need. */
  readonly wish: () => AckExtras["pace"];
}

/** A transaction that takes longer makes live punches wait. */
const slowMs = 2000;
const holdMaxS = 60;

/** @param waitingMax messages that wait before it is too many. */
export function openPressure(waitingMax: number): Pressure {
  let wish: AckExtras["pace"];
  return {
    took: (records, devices, ms, waiting) => {
      if (ms < slowMs && waiting < waitingMax) {
        wish = undefined;
        return;
      }
      // Four fifths of what it managed, divided among those who sent: the rest is for live records.
      const perS = (0.8 * records * 1000) / Math.max(1, ms) / Math.max(1, devices);
      wish = perS >= 1 ? { rps: Math.floor(perS) } : { hold: Math.min(holdMaxS, Math.ceil(1 / Math.max(perS, 0.01))) };
    },
    wish: () => wish,
  };
}
