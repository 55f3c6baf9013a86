import { type Device, devicesAsync, HIDAsync } from "node-hid";
import { cardHash } from "../core/card.ts";
import { Fault } from "../core/fault.ts";
import type { Clock, Reader } from "../core/ports.ts";
import { keyboardDecoder, usualFormat } from "./keyboard.ts";
import { tapQueue } from "./queue.ts";

/** What we use of an opened HID device. */
export interface HidDevice {
  readonly on: {
    (event: "data", hear: (report: Uint8Array) => void): unknown;
    (event: "error", hear: (error: unknown) => void): unknown;
  };
  readonly close: () => Promise<void> | void;
}

export interface HidOptions {
  readonly clock: Pick<Clock, "now">;
  /** A hidraw node such as /dev/hidraw0; the first badge reader where it is left out. */
  readonly path?: string;
  /** How a device is opened; the real thing unless a test plays one. */
  readonly openDevice?: (path: string) => Promise<HidDevice>;
  /** What hangs on this machine; asked for where `path` is left out. */
  readonly listDevices?: () => Promise<readonly Device[]>;
}

/**
 * Vendors whose keyboards are badge readers. Only these are taken unasked: a person's own keyboard looks the same to us,
 * and what they type is none of our business. Any other reader is named with `--reader hid:PATH`.
 * Source: the USB ID repository (linux-usb.org), entries of these makers.
 */
const readerVendors: ReadonlySet<number> = new Set([
  0x0c27, // RF IDeas
  0x08ff, // AuthenTec, used by many 125 kHz wedges
  0x076b, // HID Global, OmniKey
  0x09d8, // Elatec
  0xffff, // "Sycreader" 13.56 MHz wedges
]);
const keyboardUsage = { page: 1, usage: 6 };

/**
 * Opens a badge reader that types its cards, over hidraw, so that no digit reaches the compositor.
 * @throws Fault `reader-missing` where there is none or it may not be read.
 */
export async function openHidReader(options: HidOptions): Promise<Reader> {
  // On Linux node-hid speaks hidraw unless it is told otherwise, which is what takes the keys from the compositor.
  const { clock, path, openDevice = HIDAsync.open, listDevices = devicesAsync } = options;
  const node = path ?? (await firstReader(listDevices));
  if (node === null) throw missing("there is no badge reader at this machine");
  const device = await openDevice(node).catch((cause: unknown) => {
    throw missing(`the badge reader at ${node} cannot be opened`, cause);
  });
  const queue = tapQueue();
  const decoder = keyboardDecoder();
  let reports = 0;
  let silence: NodeJS.Timeout | undefined;
  const put = (card: string | null): void => {
    if (card !== null) queue.put(cardHash(`hid:${card}`), clock.now());
  };
  const bite = (): void => {
    const before = reports;
    // A thread that was busy has unread reports waiting: read those before a card is cut in two.
    setImmediate(() => {
      if (reports === before) put(decoder.silence());
    });
  };
  device.on("data", (report) => {
    reports += 1;
    clearTimeout(silence);
    put(decoder.push(report));
    silence = setTimeout(bite, usualFormat.gapMs);
  });
  device.on("error", (error) => {
    // node-hid reports an unplugged device as a string.
    const cause = error instanceof Error ? error : new Error(String(error));
    const remedy = "Plug the badge reader in again; it is taken up by itself.";
    queue.end(new Fault("reader-lost", "the badge reader is gone", remedy, cause));
  });
  return {
    label: "HID badge reader",
    simulated: false,
    taps: queue.taps,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(silence);
      queue.end();
      try {
        await device.close();
      } catch {
        // A device that was pulled may refuse to be closed; it is gone all the same.
      }
    },
  };
}

async function firstReader(listDevices: () => Promise<readonly Device[]>): Promise<string | null> {
  const devices = await listDevices().catch((cause: unknown) => {
    throw new Fault(
      "tool-missing",
      "HID devices cannot be listed",
      "Install libudev1 and libusb-1.0-0 (provisioning/setup.sh does).",
      cause,
    );
  });
  const reader = devices.find(
    ({ vendorId, usagePage, usage }) =>
      readerVendors.has(vendorId) && usagePage === keyboardUsage.page && usage === keyboardUsage.usage,
  );
  return reader?.path ?? null;
}

const missing = (message: string, cause?: unknown): Fault =>
  new Fault(
    "reader-missing",
    message,
    "Plug the reader in and let udev give it to us; `--reader none` goes without.",
    cause,
  );
