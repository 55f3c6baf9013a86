import type { Journal, StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import { openLeash } from "../../../kiosk/uplink/leash.ts";
import { type Fate, type PumpOptions, startPump } from "../../../kiosk/uplink/pump.ts";
import { openThrottle } from "../../../kiosk/uplink/throttle.ts";
import { openWindow } from "../../../kiosk/uplink/window.ts";

/** A pump behind the real window and throttle, whose broker answers when told to. */
export interface TestPumpOptions extends Partial<Pick<PumpOptions, "receiver" | "replayGraceMs">> {
  readonly journal: Journal;
  readonly windowSize: number;
  readonly receiptWindow: number;
  readonly missGraceMs: number;
  readonly nowMs: () => number;
  readonly batchMax?: number;
  readonly publishesPerS?: number;
  readonly send: (records: readonly StoredRecord[], answer: (fate: Fate) => void) => void;
}

export function openTestPump(options: TestPumpOptions) {
  const { nowMs, publishesPerS = Number.POSITIVE_INFINITY } = options;
  const window = openWindow(options.windowSize);
  const throttle = openThrottle({ publishesPerS, slowMs: 60_000, nowMs });
  const leash = openLeash(nowMs());
  const fill = () => {
    let step = pump.step();
    while (step === "sent") step = pump.step();
    return step;
  };
  const pump = startPump({
    journal: options.journal,
    receiver: options.receiver ?? "payroll",
    receiptWindow: options.receiptWindow,
    missGraceMs: options.missGraceMs,
    replayGraceMs: options.replayGraceMs ?? 60_000,
    leash,
    batchMax: () => options.batchMax ?? 1,
    nowMs,
    gate: (lane) => (!window.hasRoom(lane) ? "full" : throttle.mayPass(lane) ? "open" : "held"),
    send: (records, lane, fate) => {
      const leave = window.enter(lane, records.length);
      throttle.passed();
      options.send(records, (answer) => {
        leave();
        fate(answer);
        fill();
      });
    },
  });
  return { pump, window, throttle, leash, fill };
}
