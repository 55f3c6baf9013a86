import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

/** The real journal of a folder with the folder's own key, as every start of a clock opens it. */
export async function openOwnJournal(state: string, clock: Clock, rooms: AsyncDisposableStack) {
  const ring = await openSigner(state);
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const journal = rooms.use(
    await openJournal({
      ...{ directory: state, identity, signer: ring, clock, firmware: "0.1.0", boot: 1, ballastBytes: 65_536 },
      isFirstStart: ring.fresh,
    }),
  );
  await ring.markUsed();
  return { identity, journal };
}
