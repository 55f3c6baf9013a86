import { EventEmitter } from "node:events";
import type { Device } from "node-hid";
import type { CardText } from "../../kiosk/core/card.ts";
import type { HidDevice } from "../../kiosk/reader/lane.ts";
import { reportsOf } from "./keyboard.ts";

/** Readers made of software, as node-hid gives them to us: reports as they come, and its errors are strings. */
export class PlayedDevice extends EventEmitter implements HidDevice {
  closed = 0;
  say(...reports: readonly (readonly number[] | Uint8Array)[]): void {
    for (const report of reports) this.emit("data", Buffer.from(report));
  }
  type(text: string): void {
    this.say(...reportsOf(text));
  }
  pull(): void {
    this.emit("error", "could not read from HID device");
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** Answers questions as a pcProx is said to: the bits of the card, lowest byte first, and only then how many. */
export class PlayedPcprox extends PlayedDevice {
  /** What lies on it. */
  card: { readonly value: bigint; readonly bits: number } | null = null;
  isPulled = false;
  #asked = 0;
  #sawCard = false;
  readonly sendFeatureReport = async (bytes: readonly number[]): Promise<number> => {
    if (this.isPulled) throw new Error("could not send feature report");
    if (bytes.length !== 9 || bytes[0] !== 0) throw new Error("a feature report of eight bytes was expected");
    this.#asked = bytes[1] ?? 0;
    return bytes.length;
  };
  readonly getFeatureReport = async (_id: number, length: number): Promise<Uint8Array> => {
    if (this.isPulled) throw new Error("could not get feature report");
    const answer = Buffer.alloc(length);
    if (this.#asked === 0x8f) {
      this.#sawCard = this.card !== null;
      if (this.card !== null) answer.writeBigUInt64LE(this.card.value, 1);
    } else if (this.#asked === 0x8e && this.#sawCard) answer.fill(this.card?.bits ?? 0, 1, 3);
    return answer;
  };
}

let places = 0;

/** What `devices()` of node-hid says of a keyboard at a path. */
export const listedKeyboard = (more: Partial<Device> = {}): Device => {
  places += 1;
  return {
    ...{ vendorId: 0x09d8, productId: 0x0410, path: `/dev/no-such-hidraw${places}`, release: 1, interface: 0 },
    ...{ usagePage: 1, usage: 6 },
    ...more,
  };
};

/** A table with sockets: what is plugged in is listed, and opens. */
export function openTable() {
  const plugged = new Map<string, { readonly device: Device; readonly played: PlayedDevice }>();
  const opened: string[] = [];
  return {
    opened,
    plug: <D extends PlayedDevice>(device: Device, played: D): D => {
      plugged.set(`${device.path} ${device.usagePage}:${device.usage}`, { device, played });
      return played;
    },
    unplug: (played: PlayedDevice): void => {
      for (const [key, one] of plugged) if (one.played === played) plugged.delete(key);
    },
    listDevices: async (): Promise<readonly Device[]> => [...plugged.values()].map(({ device }) => device),
    openDevice: async (path: string): Promise<HidDevice> => {
      opened.push(path);
      const found = [...plugged.values()].find(({ device }) => device.path === path);
      if (found === undefined) throw new Error("cannot open device");
      return found.played;
    },
  };
}

/** No secret, so that tests read what a card was understood as. */
export const plainHash = (card: CardText): never => card as never;
