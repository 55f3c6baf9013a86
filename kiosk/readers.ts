import type { CardHash, HashCard } from "./core/card.ts";
import type { ReaderCards, ReaderSeen, ReaderTally } from "./core/desk.ts";
import { Fault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import type { Reader, Tap } from "./core/ports/senses.ts";
import type { Figures } from "./core/vitals.ts";
import { type KeepOptions, keep } from "./keep.ts";
import { listen } from "./listen.ts";
import { hex, portOf, type Verdict } from "./reader/devices.ts";
import type { Profile } from "./reader/profiles.ts";
import {
  openReaders,
  type ReaderNews,
  type ReaderRoom,
  type ReadersOptions as RoomOptions,
  type Seen,
  surveyReaders,
} from "./reader/room.ts";
import { openSocketReader } from "./reader/socket.ts";
import type { Station } from "./run.ts";

/** Badge readers as the rest of the clock sees them: taps for the station, or the next one for a technician. */

export interface ReadersOptions {
  readonly hash: HashCard;
  readonly profiles: readonly Profile[];
  /** For the log; a label holds nothing of any card. Must not throw or wait. */
  readonly told?: (news: ReaderNews) => void;
  /** The real ones unless a test plays some. */
  readonly devices?: Pick<RoomOptions, "listDevices" | "openDevice" | "scanMs">;
}

export interface Readers extends ReadersOptions {
  /**
   * The next free card on any reader is not a punch but the answer. One at a time. Cards that are not free are punches as
   * ever: whoever walks by meanwhile is not kept from theirs.
   * @throws Fault `desk-refused` where somebody waits for one already, and when `signal` aborts.
   */
  readonly nextTap: (isFree: (badge: CardHash) => boolean, signal: AbortSignal) => Promise<Tap>;
  /** Shows what readers say until the signal aborts, from whichever readers are open meanwhile. */
  readonly watch: (hear: (seen: ReaderSeen) => void, signal: AbortSignal) => Promise<void>;
  readonly survey: () => Promise<ReaderCards>;
  readonly counts: () => ReaderTally;
  /** For telemetry: what was counted since the call before. */
  readonly figures: () => Figures;
  /** For `keepReader`: the room that is open now. */
  readonly lend: (room: ReaderRoom | null) => void;
  /** For `keepReader`: @returns true where the tap was waited for, and is nobody's punch. */
  readonly claim: (tap: Tap) => boolean;
}

const noCounts: ReaderTally = { taps: 0, garbage: 0, overflow: 0, lost: 0 };

export function createReaders(options: ReadersOptions): Readers {
  let room: ReaderRoom | null = null;
  let before = noCounts;
  let waiting: { readonly isFree: (badge: CardHash) => boolean; readonly take: (tap: Tap) => void } | null = null;
  let told = noCounts;
  const watchers = new Set<(seen: Seen) => void>();
  const counts = (): ReaderTally => (room === null ? before : sum(before, room.counts()));
  return {
    ...options,
    nextTap: async (isFree, signal) => {
      if (waiting !== null) throw refusal("somebody waits for a card already", "Try again when they are done.");
      const tapped = Promise.withResolvers<Tap>();
      const stop = (): void =>
        tapped.reject(refusal("no card was laid on a reader", "Begin anew, and lay the card on within a minute."));
      waiting = { isFree, take: tapped.resolve };
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      try {
        return await tapped.promise;
      } finally {
        waiting = null;
        signal.removeEventListener("abort", stop);
      }
    },
    watch: (hear, signal) =>
      new Promise((resolve) => {
        const show = (seen: Seen): void => hear(asSeen(seen));
        const end = (): void => {
          watchers.delete(show);
          resolve();
        };
        if (signal.aborted) return resolve();
        watchers.add(show);
        signal.addEventListener("abort", end, { once: true });
      }),
    survey: async () => {
      const open = room?.open() ?? [];
      const found = await surveyReaders({ profiles: options.profiles, ...options.devices });
      return { readers: found.map((verdict) => readerCard(verdict, open)), counts: counts() };
    },
    counts,
    figures: () => {
      const now = counts();
      const since = Object.entries(now).map(([name, n]) => [
        `lintel.reader.${name}`,
        n - told[name as keyof ReaderTally],
      ]);
      told = now;
      return { metrics: Object.fromEntries(since) };
    },
    lend: (lent) => {
      if (room !== null) before = sum(before, room.counts());
      room = lent;
      lent?.watch((seen) => {
        for (const hear of watchers) hear(seen);
      });
    },
    claim: (tap) => {
      if (waiting === null || !waiting.isFree(tap.badge)) return false;
      waiting.take(tap);
      waiting = null;
      return true;
    },
  };
}

interface ReaderKeeping extends Omit<KeepOptions<Reader>, "open" | "use"> {
  readonly post: Station["post"];
  readonly readers: Readers;
}

/** Somebody who plugs a reader in does not wait for long. */
const backoff = { baseMs: 300, capMs: 1_500 };

/**
 * Keeps the readers open that the setting names.
 * @param cards the pretended reader of a demo; null where cards are real.
 */
export function keepReader(
  setting: string,
  cards: Reader | null,
  keeping: ReaderKeeping,
  signal: AbortSignal,
): Promise<void> {
  const { clock, post, report, readers } = keeping;
  const [kind, path] = setting.split(/:(.*)/s);
  const isPretended = (kind === "sim" && !path) || (kind === "auto" && cards !== null);
  if (kind === "none" || (isPretended && cards === null)) {
    report({ is: "none" });
    return Promise.resolve();
  }
  let hadOne = false;
  const told = (state: RoomState): void => {
    hadOne ||= state.is === "up";
    const isNever = kind === "auto" && !hadOne && state.is === "down" && state.code === "reader-missing";
    // A site that never had a reader is not ill; one that is plugged in later is taken up all the same.
    report(isNever ? { is: "none" } : state);
  };
  const { hash, profiles, devices, told: news } = readers;
  const openReal = async (): Promise<ReaderRoom> => {
    const wanted = { ...(path && { path }), ...(news && { told: news }) };
    const room = await openReaders({ clock, hash, profiles, ...devices, ...wanted });
    readers.lend(room);
    return room;
  };
  return keep<Reader>(
    {
      ...keeping,
      backoff,
      report: told,
      open: async () => {
        if (isPretended && cards !== null) return cards;
        return kind === "sim" && path ? openSocketReader({ path, hash, clock }) : openReal();
      },
      use: async (reader, until, healthy) => {
        healthy();
        try {
          await listen(reader.taps(until), (tap) => {
            if (!readers.claim(tap)) post({ kind: "tap", tap, at: clock.now() });
          });
        } finally {
          readers.lend(null);
        }
      },
    },
    signal,
  );
}

function readerCard({ device, profile, is, why }: Verdict, open: readonly string[]): ReaderCards["readers"][number] {
  const { path, vendorId, productId, usagePage = 0, usage = 0 } = device;
  const port = portOf(device);
  const isOpen = is === "take" && profile !== null && open.includes(`${profile.name} at ${port ?? path}`);
  const stands = { take: isOpen ? "open" : "not-open", same: "same", leave: "not-ours" } as const;
  return {
    ...{ path, vendor: hex(vendorId), product: hex(productId), usage: `${hex(usagePage)}:${hex(usage)}`, port },
    profile: profile?.name ?? null,
    is: stands[is],
    why: is === "take" && !isOpen ? "it may not be opened, or this clock reads other readers" : why,
  };
}

const asSeen = ({ label, reports, framed, card, hash }: Seen): ReaderSeen => ({
  ...{ reader: label, framed, card, hash },
  reports: reports.map((report) => Buffer.from(report).toString("hex")),
});

const sum = (a: ReaderTally, b: ReaderTally): ReaderTally => ({
  taps: a.taps + b.taps,
  garbage: a.garbage + b.garbage,
  overflow: a.overflow + b.overflow,
  lost: a.lost + b.lost,
});

const refusal = (message: string, remedy: string): Fault => new Fault("desk-refused", message, remedy);
