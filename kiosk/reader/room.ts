import { type Device, devicesAsync, HIDAsync } from "node-hid";
import type { CardHash, CardText, HashCard } from "../core/card.ts";
import { Fault } from "../core/fault.ts";
import type { Clock, Reader } from "../core/ports/senses.ts";
import { type Listed, placed, portOf, type Verdict, verdicts } from "./devices.ts";
import { type HidDevice, type Lane, openLane, type Said } from "./lane.ts";
import { type Profile, parseProfiles } from "./profiles.ts";
import { tapQueue } from "./queue.ts";

/** All badge readers of this clock as one, over hidraw, so that no digit reaches the compositor. */

export interface ReadersOptions {
  readonly clock: Pick<Clock, "now">;
  /** Under the site's key: no number leaves this room. */
  readonly hash: HashCard;
  /** The first that fits a device is taken; ours where left out. */
  readonly profiles?: readonly Profile[];
  /** A hidraw node such as /dev/hidraw0: this one alone. */
  readonly path?: string;
  /** How a device is opened; the real thing unless a test plays one. */
  readonly openDevice?: (path: string) => Promise<HidDevice>;
  /** What hangs on this machine. */
  readonly listDevices?: () => Promise<readonly Device[]>;
  /** How often is looked for readers that were plugged in. */
  readonly scanMs?: number;
  /** Must not throw or wait. */
  readonly told?: (news: ReaderNews) => void;
}

/** `label` is the profile and the port: nothing that a card says. */
export interface ReaderNews {
  readonly is: "found" | "lost" | "closed-to-us";
  readonly label: string;
}

/** What the test screen shows of one card. The only place where a number is seen. */
export interface Seen extends Said {
  readonly label: string;
  readonly hash: CardHash | null;
}

/** Since the room was opened. */
export interface ReaderCounts {
  readonly taps: number;
  /** What was said and is no card. */
  readonly garbage: number;
  /** Taps that were dropped because too many waited. */
  readonly overflow: number;
  readonly lost: number;
}

export interface ReaderRoom extends Reader {
  readonly counts: () => ReaderCounts;
  /** Shows everything that readers say from now on. @returns ends it. */
  readonly watch: (hear: (seen: Seen) => void) => () => void;
  /** Labels of those that are open. */
  readonly open: () => readonly string[];
}

/** Nobody plugs in more. */
const lanesMax = 16;
const usualScanMs = 1_500;

/**
 * Opens every reader that a profile knows, and whatever is plugged in later. One that is pulled is closed and taken up
 * again when it is back; the others go on. Taps throw `reader-lost` once none is left.
 *
 * @throws Fault `reader-missing` where there is none, `reader-closed` where none may be opened, `tool-missing` where none can be listed.
 */
export async function openReaders(options: ReadersOptions): Promise<ReaderRoom> {
  // On Linux node-hid speaks hidraw unless it is told otherwise, which is what takes the keys from the compositor.
  const { clock, hash, profiles = parseProfiles(null), openDevice = HIDAsync.open as OpenDevice, told } = options;
  const { scanMs = usualScanMs } = options;
  const queue = tapQueue();
  const lanes = new Map<string, { readonly lane: Lane; readonly label: string; readonly path: string }>();
  const closedToUs = new Map<string, { readonly cause: unknown; readonly refusals: number }>();
  const watchers = new Set<(seen: Seen) => void>();
  const closing = new Set<Promise<void>>();
  const counts = { taps: 0, garbage: 0, overflow: 0, lost: 0 };
  const stop = new AbortController();

  const close = async (lane: Lane): Promise<void> => {
    const closed = Promise.resolve(lane[Symbol.asyncDispose]());
    closing.add(closed);
    await closed;
    closing.delete(closed);
  };

  const lose = (key: string, cause?: Error): void => {
    const held = lanes.get(key);
    if (held === undefined) return;
    lanes.delete(key);
    counts.lost += 1;
    told?.({ is: "lost", label: held.label });
    void close(held.lane);
    if (lanes.size > 0) return;
    const remedy = "Plug the badge reader in again; it is taken up by itself.";
    queue.end(new Fault("reader-lost", `the badge reader is gone: ${held.label}`, remedy, cause));
  };

  const take = async (key: string, { device, profile }: Verdict): Promise<void> => {
    if (profile === null || lanes.size >= lanesMax) return;
    const label = labelOf(device, profile);
    let opened: HidDevice;
    try {
      opened = await openDevice(device.path);
    } catch (cause) {
      // The first time udev may not have given it to us yet; from the second on somebody has to know.
      const refusals = (closedToUs.get(key)?.refusals ?? 0) + 1;
      if (refusals === 2) told?.({ is: "closed-to-us", label });
      closedToUs.set(key, { cause, refusals });
      return;
    }
    closedToUs.delete(key);
    const tapped = (card: CardText, at: ReturnType<Clock["now"]>): void => {
      if (queue.put(hash(card), at)) counts.taps += 1;
      else counts.overflow += 1;
    };
    const said = (what: Said): void => {
      if (watchers.size === 0) return;
      const seen: Seen = { ...what, label, hash: what.card && hash(what.card) };
      for (const hear of watchers) hear(seen);
    };
    const garbage = (): void => {
      counts.garbage += 1;
    };
    // A device can be lost within the opening itself: only what is in the map is lost.
    const lane = openLane({
      ...{ device: opened, profile, clock, tapped, said, garbage },
      lost: (cause) => queueMicrotask(() => lose(key, cause)),
    });
    if (stop.signal.aborted) return close(lane);
    lanes.set(key, { lane, label, path: device.path });
    told?.({ is: "found", label });
  };

  const scan = async (): Promise<readonly Verdict[]> => {
    const found = await listed(options);
    const all = verdicts(found, profiles, options.path);
    const wanted = new Map(
      all.flatMap((verdict) => (verdict.is === "take" ? [[keyOf(verdict.device), verdict] as const] : [])),
    );
    for (const key of [...lanes.keys()]) if (!wanted.has(key)) lose(key);
    for (const key of [...closedToUs.keys()]) if (!wanted.has(key)) closedToUs.delete(key);
    for (const [key, verdict] of wanted) if (!lanes.has(key) && !stop.signal.aborted) await take(key, verdict);
    return all;
  };

  await scan();
  if (lanes.size === 0) throw missing([...closedToUs.values()][0]?.cause, options.path);
  const scanning = keepScanning(scan, scanMs, stop.signal);
  return {
    label: "HID badge readers",
    simulated: false,
    taps: queue.taps,
    counts: () => ({ ...counts }),
    open: () => [...lanes.values()].map(({ label }) => label),
    watch: (hear) => {
      watchers.add(hear);
      return () => void watchers.delete(hear);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      queue.end();
      await scanning;
      for (const [key, { lane }] of [...lanes]) {
        lanes.delete(key);
        await close(lane);
      }
      await Promise.all(closing);
    },
  };
}

type OpenDevice = (path: string) => Promise<HidDevice>;

/**
 * What hangs here and what would become of it: for the technician's list.
 * @throws Fault `tool-missing`
 */
export async function surveyReaders(
  options: Pick<ReadersOptions, "listDevices" | "profiles" | "path">,
): Promise<readonly Verdict[]> {
  return verdicts(await listed(options), options.profiles ?? parseProfiles(null), options.path);
}

async function listed({ listDevices = devicesAsync }: Pick<ReadersOptions, "listDevices">): Promise<readonly Listed[]> {
  try {
    return await placed(await listDevices());
  } catch (cause) {
    throw new Fault(
      "tool-missing",
      "HID devices cannot be listed",
      "Install libudev1 and libusb-1.0-0 (provisioning/setup.sh does).",
      cause,
    );
  }
}

/** A list that cannot be had now is asked for again: what is open goes on. */
async function keepScanning(scan: () => Promise<unknown>, scanMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, scanMs);
      signal.addEventListener("abort", end, { once: true });
    });
    if (signal.aborted) return;
    await scan().catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
  }
}

/** A reader that was pulled and plugged in between two looks has another path. */
const keyOf = ({ path, vendorId, productId }: Listed): string => `${path} ${vendorId}:${productId}`;

const labelOf = (device: Listed, profile: Profile): string => `${profile.name} at ${portOf(device) ?? device.path}`;

function missing(cause: unknown, path: string | undefined): Fault {
  const remedy = "Plug the reader in and let udev give it to us (docs/readers.md); `--reader none` goes without.";
  if (cause !== undefined) return new Fault("reader-closed", "the badge reader cannot be opened", remedy, cause);
  const what = path === undefined ? "there is no badge reader at this machine" : `no profile knows a reader at ${path}`;
  return new Fault("reader-missing", what, remedy);
}
