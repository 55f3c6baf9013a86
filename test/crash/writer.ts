import type { RecordBody } from "../../kiosk/core/record.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

/**
 * A child that appends without end and says so after each: `ACK epoch seq rh`. Or `FAULT code` when it cannot go on.
 *
 * alone: one after the other. crowd: forty at once. forgetful: as a crowd, and all but the newest twenty are receipted
 * (`RECEIPTED seq`) and forgotten after a week; since `bornMs` a millisecond is some three hours.
 */
const [state = "", mode = "alone", bornMs = Date.now()] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const body: RecordBody = { type: "boot", data: { boot: 1, fw: "0.1.0" } };
const rule = { receivers: ["payroll"], keepDays: 7, holdSinceUtcMs: null };
try {
  const signer = await openSigner(`${state}/identity`);
  const system = await openSystemClock();
  const hurried = (): Stamp => {
    const { utcMs, monoMs } = system.now();
    return { utcMs: utcMs + (utcMs - Number(bornMs)) * 1e7, monoMs };
  };
  const clock = mode === "forgetful" ? { ...system, now: hurried } : system;
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const isFirstStart = signer.fresh;
  const options = { identity, signer, clock, firmware: "0.1.0", boot: 1, isFirstStart };
  const journal = await openJournal({ directory: `${state}/journal`, ...options });
  await signer.markUsed();
  const append = async (): Promise<void> => {
    const { stored } = await journal.append(body, clock.now());
    say(`ACK ${stored.epoch} ${stored.seq} ${stored.rh}`);
  };
  for (;;) {
    await Promise.all(Array.from({ length: mode === "alone" ? 1 : 40 }, append));
    if (mode === "forgetful") {
      const { epoch, seq } = journal.head();
      // Not the newest: what nobody has receipted must never go.
      journal.moveCursor("payroll", { epoch, seq: seq - 20 });
      say(`RECEIPTED ${seq - 20}`);
      await journal.checkpoint(clock.now());
      for (let isMore = true; isMore; ) isMore = await journal.prune(rule, clock.now());
    }
    // Lets the lines out before the next commit, so that the parent knows what was acknowledged.
    await new Promise(setImmediate);
  }
} catch (error) {
  say(`FAULT ${(error as { code?: string }).code ?? "bug"}`);
  process.exitCode = 1;
}
