import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

/** A child that appends without end and says so after each: `ACK epoch seq rh`. Or `FAULT code` when it cannot open. */
const [state = ""] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
try {
  const signer = await openSigner(`${state}/identity`);
  const clock = await openSystemClock();
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const isFirstStart = signer.fresh;
  const options = { identity, signer, clock, firmware: "0.1.0", boot: 1, isFirstStart };
  const journal = await openJournal({ directory: `${state}/journal`, ...options });
  await signer.markUsed();
  for (;;) {
    const { stored } = await journal.append({ type: "boot", data: { boot: 1, fw: "0.1.0" } }, clock.now());
    say(`ACK ${stored.epoch} ${stored.seq} ${stored.rh}`);
    // Lets the line out before the next commit, so that the parent knows what was acknowledged.
    await new Promise(setImmediate);
  }
} catch (error) {
  say(`FAULT ${(error as { code?: string }).code ?? "bug"}`);
  process.exitCode = 1;
}
