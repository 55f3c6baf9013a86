import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../kiosk/config.ts";
import { type Identity, isBefore, type Position } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import type { DeviceSigner } from "../../kiosk/host/signer.ts";
import { openNetwork, readTrust } from "../../kiosk/network.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

export interface Farewell<Along> {
  /** The clock's last record. */
  readonly last: Position & { readonly rh: string };
  /** What `mayEnd` gave. */
  readonly along: Along;
  /** Names of those who receipted everything, the last record included. */
  readonly told: readonly string[];
}

/**
 * Sends everything that is owed, for as long as `patienceMs` allows; then writes into the journal that this clock ends, and
 * sends that too. Nobody is looked at or recognised: no camera, reader or screen is opened.
 *
 * @param mayEnd gets how many punches some receiver has not receipted. Throws where the clock must go on: then the journal
 *   says nothing of an end.
 * @throws Fault `journal-busy` while the clock runs, and what keeps a journal from opening.
 */
export async function sayFarewell<Along>(
  config: Config,
  signer: DeviceSigner,
  patienceMs: number,
  mayEnd: (owed: number) => Promise<Along>,
): Promise<Farewell<Along>> {
  const clock = await openSystemClock();
  const identity: Identity = { tenant: config.tenant, site: config.site, device: signer.device };
  await using rooms = new AsyncDisposableStack();
  const journal = rooms.use(
    await openJournal({
      ...{ directory: config.state, identity, signer, clock, firmware },
      ...{ boot: 0, isFirstStart: signer.fresh },
    }),
  );
  const trust = config.broker === "embedded" ? null : await readTrust(config);
  const receivers = trust?.required ?? [];
  const untilMs = performance.now() + patienceMs;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo() && performance.now() < untilMs) await delay(100);
  };
  const owed = (): number => Math.max(...(receivers.length === 0 ? [""] : receivers).map(journal.waiting));
  const network =
    trust === null || patienceMs === 0
      ? null
      : await openNetwork(config, { identity, signer, clock, journal, fw: firmware }, rooms, trust);
  if (network !== null) await until(() => owed() === 0);
  const along = await mayEnd(owed());
  const data = {
    act: "decommission",
    sub: null,
    by: "owner",
    detail: "everything is erased after this record",
  } as const;
  const { stored } = await journal.append({ type: "audit", data }, clock.now());
  const isTold = (name: string): boolean => !isBefore(journal.cursor(name), stored);
  network?.uplink.wake();
  if (network !== null) await until(() => receivers.every(isTold));
  return { last: journal.head(), along, told: receivers.filter(isTold) };
}
