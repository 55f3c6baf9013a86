import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { isBefore, type Position, type RecordBody } from "../../kiosk/core/record.ts";
import { openUplink, type UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import type { FleetDevice } from "./devices.ts";

/** A clock without a wall: its real uplink, journal and key; nobody in front of it but a number. */
export interface VirtualKiosk extends AsyncDisposable {
  readonly isOnline: () => boolean;
  /** Code of why not, where it is not well. */
  readonly trouble: () => string | null;
  /** Punches that the journal has and no receipt covers. */
  readonly owed: () => number;
  /** @returns false where the journal refused it: then nobody was thanked. */
  readonly punch: (body: RecordBody) => Promise<boolean>;
}

export interface KioskOptions
  extends Pick<UplinkOptions, "broker" | "profile" | "receiver" | "pace" | "batches" | "fw"> {
  readonly device: FleetDevice;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Milliseconds from the journal's promise to the genuine receipt. */
  readonly receipted: (lagMs: number) => void;
  readonly connected: () => void;
}

export async function openVirtualKiosk(options: KioskOptions): Promise<VirtualKiosk> {
  const { device, journal, clock, receiver, receipted, connected, ...rest } = options;
  const uplink = await openUplink({
    ...rest,
    receiver,
    journal,
    clock,
    identity: device.identity,
    signer: device.signer,
    simulated: false,
  });
  const stop = new AbortController();
  const waiting: { readonly at: Position; readonly sinceMs: number }[] = [];
  let isOnline = false;
  let trouble: string | null = null;
  const listening = (async () => {
    for await (const news of uplink.news(stop.signal)) {
      if (news.online && !isOnline) connected();
      isOnline = news.online;
      trouble = news.trouble?.code ?? null;
      const { receipted: upto } = news;
      for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
        if (upto === null || isBefore(upto, first.at)) break;
        receipted(clock.now().monoMs - first.sinceMs);
        waiting.shift();
      }
    }
  })();
  return {
    isOnline: () => isOnline,
    trouble: () => trouble,
    owed: () => journal.waiting(receiver.name),
    punch: async (body) => {
      const appended = await journal.append(body, clock.now()).catch(() => null);
      if (appended === null) return false;
      waiting.push({ at: appended.stored, sinceMs: clock.now().monoMs });
      uplink.wake();
      return true;
    },
    [Symbol.asyncDispose]: async () => {
      await uplink[Symbol.asyncDispose]();
      stop.abort();
      await listening;
      await journal[Symbol.asyncDispose]();
    },
  };
}
