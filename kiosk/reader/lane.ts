import type { CardText } from "../core/card.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Stamp } from "../core/time.ts";
import { keyboardDecoder } from "./keyboard.ts";
import { type Framed, interpret } from "./number.ts";
import { type FeatureReports, pollPcprox } from "./pcprox.ts";
import { createPresence } from "./presence.ts";
import type { KeyboardFraming, Profile, ReportFraming } from "./profiles.ts";
import { heardIn } from "./report.ts";

/** One reader at work. What it said so far is its own: nothing of it ever meets what another reader says. */
export interface Lane extends AsyncDisposable {
  readonly profile: Profile;
}

/** What we use of an opened HID device. */
export interface HidDevice extends Partial<FeatureReports> {
  readonly on: {
    (event: "data", hear: (report: Uint8Array) => void): unknown;
    (event: "error", hear: (error: unknown) => void): unknown;
  };
  readonly close: () => Promise<void> | void;
}

/** What came of some reports: for the technician's test screen, and for nothing else. */
export interface Said {
  /** Bytes of the reports since the last card, the newest few. */
  readonly reports: readonly Uint8Array[];
  readonly framed: string | null;
  /** Null where it was garbage. */
  readonly card: CardText | null;
}

export interface LaneOptions {
  readonly device: HidDevice;
  readonly profile: Profile;
  readonly clock: Pick<Clock, "now">;
  /** A card was laid down. */
  readonly tapped: (card: CardText, at: Stamp) => void;
  /** Something was said that is no card. */
  readonly garbage: () => void;
  readonly said: (said: Said) => void;
  /** The device is gone; nothing more is said. Called at most once. */
  readonly lost: (cause: Error) => void;
}

/** Reports that are kept for the test screen: a card of 32 characters is 66. */
const reportsMax = 80;
const reportMaxBytes = 64;

export function openLane(options: LaneOptions): Lane {
  const { device, profile, lost } = options;
  const { framing } = profile;
  const hears = createHearing(options);
  const stop = new AbortController();
  let isLost = false;
  const lose = (error: unknown): void => {
    if (isLost || stop.signal.aborted) return;
    isLost = true;
    // node-hid reports an unplugged device as a string.
    lost(error instanceof Error ? error : new Error(String(error)));
  };
  device.on("error", lose);
  if (framing.kind === "keyboard") hearKeys(device, framing, hears, stop.signal);
  else if (framing.kind === "report") hearReports(device, framing, hears);
  // What it types is not heard: a reader that is asked may type as well, and would then say everything twice.
  const asking = framing.kind === "pcprox" ? ask(device, framing.pollMs, hears, stop.signal).catch(lose) : null;
  return {
    profile,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await asking;
      try {
        await device.close();
      } catch {
        // A device that was pulled may refuse to be closed; it is gone all the same.
      }
    },
  };
}

interface Hearing {
  readonly report: (bytes: Uint8Array) => void;
  readonly card: (framed: Framed) => void;
  readonly garbage: () => void;
  readonly away: () => void;
}

function createHearing({ profile, clock, tapped, garbage, said }: LaneOptions): Hearing {
  const presence = createPresence(profile.absentMs);
  let reports: Uint8Array[] = [];
  const tell = (framed: string | null, card: CardText | null): void => {
    said({ reports, framed, card });
    reports = [];
  };
  return {
    report: (bytes) => {
      reports = [...reports.slice(1 - reportsMax), Uint8Array.from(bytes.subarray(0, reportMaxBytes))];
    },
    card: (framed) => {
      const card = interpret(framed, profile.number);
      const at = clock.now();
      if (card === null) garbage();
      else if (presence.seen(card, at.monoMs)) tapped(card, at);
      else {
        // Lies there still.
        reports = [];
        return;
      }
      tell(framed.text, card);
    },
    garbage: () => {
      garbage();
      tell(null, null);
    },
    away: () => {
      reports = [];
      presence.away(clock.now().monoMs);
    },
  };
}

function hearKeys(device: HidDevice, framing: KeyboardFraming, hears: Hearing, signal: AbortSignal): void {
  const decoder = keyboardDecoder(framing, hears.garbage);
  let count = 0;
  let silence: NodeJS.Timeout | undefined;
  const put = (text: string | null): void => {
    if (text !== null) hears.card({ text, bits: null });
  };
  const bite = (): void => {
    const before = count;
    // A thread that was busy has unread reports waiting: read those before a card is cut in two.
    setImmediate(() => {
      if (count === before && !signal.aborted) put(decoder.silence());
    });
  };
  signal.addEventListener("abort", () => clearTimeout(silence), { once: true });
  device.on("data", (report) => {
    if (signal.aborted) return;
    count += 1;
    clearTimeout(silence);
    hears.report(report);
    put(decoder.push(report));
    silence = setTimeout(bite, framing.gapMs);
  });
}

function hearReports(device: HidDevice, framing: ReportFraming, hears: Hearing): void {
  device.on("data", (report) => {
    const heard = heardIn(report, framing);
    if (heard.is !== "other") hears.report(report);
    if (heard.is === "card") hears.card({ text: heard.text, bits: null });
    else if (heard.is === "garbage") hears.garbage();
    else if (heard.is === "away") hears.away();
  });
}

/** @throws what the device throws when it is gone. */
async function ask(device: HidDevice, pollMs: number, hears: Hearing, signal: AbortSignal): Promise<void> {
  const { sendFeatureReport, getFeatureReport } = device;
  if (sendFeatureReport === undefined || getFeatureReport === undefined) {
    throw new Error("this device answers no questions");
  }
  const asked: FeatureReports = {
    sendFeatureReport: (bytes) => sendFeatureReport.call(device, bytes),
    getFeatureReport: (id, length) => getFeatureReport.call(device, id, length),
  };
  while (!signal.aborted) {
    const { raw, framed } = await pollPcprox(asked);
    if (signal.aborted) return;
    hears.report(raw);
    if (framed === null) hears.away();
    else hears.card(framed);
    await sleep(pollMs, signal);
  }
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
