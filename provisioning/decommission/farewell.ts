import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../kiosk/config.ts";
import { type Identity, isBefore, type Position } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import type { DeviceSigner } from "../../kiosk/host/signer.ts";
import { openNetwork, readTrust } from "../../kiosk/network.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

export interface Farewell {
  /** The clock's last record. */
  readonly last: Position & { readonly rh: string };
  /** Punches and corrections that some receiver has not receipted. */
  readonly owed: number;
  /** Names of those who receipted everything, the last record included. */
  readonly told: readonly string[];
}

/**
 * Writes into the journal that this clock ends, and sends everything that is owed, for as long as `patienceMs` allows. Nobody
 * is looked at or recognised: no camera, reader or screen is opened.
 *
 * @throws Fault `journal-busy` while the clock runs, and what keeps a journal from opening.
 */
export async function sayFarewell(config: Config, signer: DeviceSigner, patienceMs: number): Promise<Farewell> {
  const clock = await openSystemClock();
  const identity: Identity = { tenant: config.tenant, site: config.site, device: signer.device };
  await using rooms = new AsyncDisposableStack();
  const journal = rooms.use(
    await openJournal({
      ...{ directory: config.state, identity, signer, clock, firmware },
      ...{ boot: 0, isFirstStart: signer.fresh },
    }),
  );
  const data = {
    act: "decommission",
    sub: null,
    by: "owner",
    detail: "everything is erased after this record",
  } as const;
  const { stored } = await journal.append({ type: "audit", data }, clock.now());
  const receivers = config.broker === "embedded" ? [] : (await readTrust(config)).required;
  const isTold = (name: string): boolean => !isBefore(journal.cursor(name), stored);
  if (receivers.length > 0 && patienceMs > 0) {
    const network = await openNetwork(
      config,
      { identity, signer, clock, journal, fw: firmware },
      rooms,
      await readTrust(config),
    );
    network.uplink.wake();
    const untilMs = performance.now() + patienceMs;
    while (!receivers.every(isTold) && performance.now() < untilMs) await delay(100);
  }
  return {
    last: journal.head(),
    owed: Math.max(0, ...receivers.map(journal.waiting), ...(receivers.length === 0 ? [journal.waiting("")] : [])),
    told: receivers.filter(isTold),
  };
}
