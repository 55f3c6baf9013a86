import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { type AuditData, type Identity, isBefore, type Position } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import type { DeviceSigner } from "../../kiosk/host/signer.ts";
import { openNetwork, readTrust } from "../../kiosk/network.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { ordersToldOf } from "../../kiosk/uplink/orders/past.ts";

export interface Farewell<Along> {
  /** The clock's last record. */
  readonly last: Position & { readonly rh: string };
  /** What `mayEnd` gave. */
  readonly along: Along;
  /** Names of those who receipted everything, the last record included. */
  readonly told: readonly string[];
}

/** What is said where the end was ordered from afar: nobody stands here who could carry the certificate away. */
export interface LastWords {
  /** `id` of the order. */
  readonly order: string;
  /** Erases what the journal does not need, looks, and signs. The same certificate however often it is called. */
  readonly prove: () => Promise<string>;
}

/**
 * Sends everything that is owed, for as long as `patienceMs` allows; then writes into the journal that this clock ends, and
 * sends that too. Nobody is looked at or recognised: no camera, reader or screen is opened.
 *
 * @param mayEnd gets how many punches some receiver has not receipted. Throws where the clock must go on: then the journal
 *   says nothing of an end.
 * @param words with them, nobody counts as told before every receiver has receipted the record that carries the certificate.
 * @throws Fault `journal-busy` while the clock runs, `decommission-refused` while the certificate is not receipted, and what
 *   keeps a journal from opening.
 */
export async function sayFarewell<Along>(
  config: Config,
  signer: DeviceSigner,
  patienceMs: number,
  mayEnd: (owed: number) => Promise<Along>,
  words: LastWords | null = null,
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
  let untilMs = performance.now() + patienceMs;
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
  const stored = words === null ? await appendEnd(journal, clock, {}) : await answer(journal, clock, words);
  const isTold = (name: string): boolean => !isBefore(journal.cursor(name), stored);
  network?.uplink.wake();
  if (words !== null) untilMs = performance.now() + patienceMs;
  if (network !== null) await until(() => receivers.every(isTold));
  const told = receivers.filter(isTold);
  if (words !== null && (told.length === 0 || told.length < receivers.length)) {
    throw new Fault(
      "decommission-refused",
      "the certificate is not receipted by all yet, so the records and the key that signs them stay",
      "Give the clock its network and run this again; on an installed clock it is tried again by itself.",
    );
  }
  return { last: journal.head(), along, told };
}

type End = Pick<Journal, "append" | "read">;

const appendEnd = async (journal: End, clock: Clock, more: Partial<AuditData>): Promise<Position> => {
  const data: AuditData = {
    ...{ act: "decommission", sub: null, by: "owner", detail: "everything is erased after this record" },
    ...more,
  };
  return (await journal.append({ type: "audit", data }, clock.now())).stored;
};

/** The order's answer, where a crash kept the clock from writing it, and the certificate. Each of them once. */
async function answer(journal: End, clock: Clock, { order, prove }: LastWords): Promise<Position> {
  const wip = await prove();
  const said = (await ordersToldOf(journal, beforeEverything, new AbortController().signal)).get(order);
  if (said?.isOver !== true) {
    const detail = "it erases itself; its last record is the certificate";
    await journal.append({ type: "cmdlog", data: { cmd: order, state: "done", detail } }, clock.now());
  }
  const detail = "all is erased but the records and the key that signs them; they go when this is receipted";
  return endIn(journal, order) ?? appendEnd(journal, clock, { by: "cloud", detail, ref: order, wip });
}

const beforeEverything: Position = { epoch: 0, seq: -1 };

/** Where an earlier run wrote it. */
function endIn(journal: End, order: string): Position | null {
  for (let from = beforeEverything; ; ) {
    const page = journal.read(from, 256);
    for (const { type, jws, epoch, seq } of page) {
      if (type !== "audit") continue;
      const { act, ref } = eventOf(jws).data as AuditData;
      if (act === "decommission" && ref === order) return { epoch, seq };
    }
    const last = page.at(-1);
    if (last === undefined) return null;
    from = last;
  }
}
