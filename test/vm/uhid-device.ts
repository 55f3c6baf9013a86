import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";

/**
 * A HID device made of software, through /dev/uhid: to the kernel and to udev it is one like any other, plugged into USB.
 * Source: the kernel's include/uapi/linux/uhid.h; events are a packed `struct uhid_event` of 4,380 bytes.
 */
export interface UhidDevice {
  /** An input report, as the device would send it. */
  readonly say: (report: Uint8Array) => void;
  readonly unplug: () => void;
}

export interface UhidOptions {
  readonly name: string;
  readonly vendor: number;
  readonly product: number;
  /** What the kernel calls the place it is plugged in. */
  readonly place: string;
  /** Report descriptor, HID 1.11. */
  readonly descriptor: Uint8Array;
  /** The kernel sets a feature report; its number stands before the bytes. */
  readonly set?: (report: Uint8Array) => void;
  /** The kernel asks for one; its number stands before the bytes. */
  readonly get?: () => Uint8Array;
  /** An output report came; its number stands before the bytes where the descriptor has numbers. */
  readonly heard?: (report: Uint8Array) => void;
}

const eventBytes = 4_380;
const dataBytes = 4_096;
const events = {
  destroy: 1,
  output: 6,
  getReport: 9,
  getReportReply: 10,
  create2: 11,
  input2: 12,
  setReport: 13,
  setReportReply: 14,
};
const usbBus = 3;
const pollMs = 5;

export function openUhidDevice(options: UhidOptions): UhidDevice {
  const { name, vendor, product, place, descriptor } = options;
  const file = openSync("/dev/uhid", constants.O_RDWR | constants.O_NONBLOCK);
  const event = (type: number, fill: (bytes: Buffer) => void): void => {
    const bytes = Buffer.alloc(eventBytes);
    bytes.writeUInt32LE(type, 0);
    fill(bytes);
    writeSync(file, bytes);
  };
  event(events.create2, (bytes) => {
    bytes.write(name, 4, 127);
    bytes.write(place, 132, 63);
    bytes.writeUInt16LE(descriptor.length, 260);
    bytes.writeUInt16LE(usbBus, 262);
    bytes.writeUInt32LE(vendor, 264);
    bytes.writeUInt32LE(product, 268);
    bytes.set(descriptor, 280);
  });
  const answer = (question: Buffer): void => {
    const [type, id] = [question.readUInt32LE(0), question.readUInt32LE(4)];
    if (type === events.setReport) {
      options.set?.(question.subarray(12, 12 + question.readUInt16LE(10)));
      event(events.setReportReply, (bytes) => bytes.writeUInt32LE(id, 4));
    } else if (type === events.getReport) {
      const said = options.get?.() ?? new Uint8Array(1);
      event(events.getReportReply, (bytes) => {
        bytes.writeUInt32LE(id, 4);
        bytes.writeUInt16LE(said.length, 10);
        bytes.set(said, 12);
      });
    } else if (type === events.output) {
      options.heard?.(question.subarray(4, 4 + question.readUInt16LE(4 + dataBytes)));
    }
  };
  const listening = setInterval(() => {
    const bytes = Buffer.alloc(eventBytes);
    try {
      while (readSync(file, bytes) > 0) answer(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }, pollMs);
  return {
    say: (report) =>
      event(events.input2, (bytes) => {
        bytes.writeUInt16LE(report.length, 4);
        bytes.set(report, 6);
      }),
    unplug: () => {
      clearInterval(listening);
      event(events.destroy, () => undefined);
      closeSync(file);
    },
  };
}
