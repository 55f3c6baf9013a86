import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openRotation } from "../../kiosk/rotation.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

/**
 * A child that appends and changes its key again and again, and says what it did: `ACK epoch seq rh kid`. Each change is
 * ordered by an id that counts up from the second argument; the first of them may have been begun before a kill.
 */
const [state = "", firstOrder = "0"] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const clock = await openSystemClock();
const ring = await openSigner(`${state}/identity`);
const identity = { tenant: "acme", site: "blr-01", device: ring.device };
const options = { identity, signer: ring, clock, firmware: "0.1.0", boot: 1, isFirstStart: ring.fresh };
const journal = await openJournal({ directory: `${state}/journal`, ballastBytes: 64 * 1024, ...options });
await ring.markUsed();
const rotation = openRotation({ ring, journal, clock, receivers: ["payroll"] });
const append = async (): Promise<void> => {
  const kid = ring.kid;
  const { stored } = await journal.append({ type: "boot", data: { boot: 1, fw: "0.1.0" } }, clock.now());
  say(`ACK ${stored.epoch} ${stored.seq} ${stored.rh} ${kid}`);
};
for (let order = Number(firstOrder); ; order += 1) {
  await Promise.all([append(), append()]);
  const id = String(order);
  const change = rotation.handle({ id, op: "key.rotate", args: {}, expiresUtcMs: 0 });
  await Promise.all([append(), change, append()]);
  say(`DONE ${id} ${ring.kid}`);
  journal.moveCursor("payroll", journal.head());
  await rotation.retire();
  // Lets the lines out, so that the parent knows what was acknowledged.
  await new Promise(setImmediate);
}
