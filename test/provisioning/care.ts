import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { RecordBody } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { openReceiver, type Receiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { type KeyRegistry, openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";

/** Clocks and receivers for what befalls them together: real journals, keys and stores, no network between. */

/** Opens a state folder's journal as the clock does. */
export async function openClock(state: string): Promise<Journal> {
  const signer = await openSigner(state);
  const journal = await openJournal({
    directory: state,
    identity: { tenant: "acme", site: "north", device: signer.device },
    signer,
    clock: await openSystemClock(),
    firmware: "0.1.0",
    boot: 1,
    isFirstStart: signer.fresh,
    ballastBytes: 64 * 1024,
  });
  await signer.markUsed();
  return journal;
}

export const sourceOfClock = async (state: string): Promise<string> =>
  `urn:lintel:acme:north:${(await openSigner(state)).device}`;

export const deviceLine = async (state: string): Promise<string> =>
  JSON.stringify({ source: await sourceOfClock(state), jwk: (await openSigner(state)).publicJwk });

const punch: RecordBody = {
  type: "punch",
  data: {
    kind: "in",
    sub: "p_0123456789abcdefghjk" as never,
    method: ["card"],
    assure: { match: "none", live: "na", card: "static" },
    t: { local: "2026-11-22T08:00:00.000+01:00", tz: "Europe/Berlin", src: "ntp", err: 1, age: 1, boot: 1, mono: 1 },
    loc: "gate",
    pol: "1",
    dec: "accept",
  },
};

/** @returns ids of the punches. */
export async function punches(journal: Journal, count: number): Promise<readonly string[]> {
  const clock = await openSystemClock();
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) ids.push((await journal.append(punch, clock.now())).stored.id);
  return ids;
}

export interface Payroll {
  readonly sink: Sink;
  readonly keys: KeyRegistry;
  readonly receiver: Receiver;
  /** Takes what a clock owes, as the uplink would send it, and moves the clock's cursor by what it answers. */
  readonly take: (journal: Journal, limit?: number) => Promise<Readonly<Record<"new" | "duplicate" | "fork", number>>>;
  /** Ids of all punches there are, in no order. */
  readonly punches: () => Promise<readonly string[]>;
}

export async function openPayroll(
  sink: Sink = openMemorySink(),
  keys: KeyRegistry = openKeyRegistry(),
): Promise<Payroll> {
  const receiver = openReceiver({ sink, keys, name: "payroll", signer: null });
  return {
    ...{ sink, keys, receiver },
    take: async (journal, limit = 10_000) => {
      const records = journal.read(journal.cursor("payroll"), limit);
      const { outcomes, stands } = await receiver.ingest(
        records.map(({ jws }) => ({ topic: null, bytes: Buffer.from(jws) })),
      );
      for (const { epoch, upto, rh } of stands) {
        const there = journal.at({ epoch, seq: upto });
        if (there !== undefined && there.rh === rh) journal.moveCursor("payroll", { epoch, seq: upto });
      }
      return outcomes;
    },
    punches: async () =>
      (await sink.read.ofType("dev.lintel.punch.v1")).map(({ jws }) => {
        const payload = Buffer.from(jws?.split(".")[1] ?? "", "base64url").toString("utf8");
        return String((JSON.parse(payload) as { id: string }).id);
      }),
  };
}

/** Tells a payroll of a clock's key. */
export async function introduce({ keys }: Payroll, state: string): Promise<void> {
  const { device, publicJwk } = await openSigner(state);
  const { kid, key } = keyFromJwk(publicJwk);
  keys.add({ tenant: "acme", site: "north", device }, kid, key);
}
