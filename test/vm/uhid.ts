import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";

/**
 * A HID reader made of software, through /dev/uhid: to the kernel, to udev and to us it is a device like any other.
 * Source: the kernel's include/uapi/linux/uhid.h; events are a packed `struct uhid_event` of 4,380 bytes.
 */
export interface SoftwareReader {
  readonly say: (report: Uint8Array) => void;
  /** What lies on it, for a reader that answers questions; null: nothing. */
  readonly lay: (card: { readonly value: bigint; readonly bits: number } | null) => void;
  readonly unplug: () => void;
}

const eventBytes = 4_380;
const events = {
  destroy: 1,
  getReport: 9,
  getReportReply: 10,
  create2: 11,
  input2: 12,
  setReport: 13,
  setReportReply: 14,
};
const usbBus = 3;
const pollMs = 5;

/** Report descriptor of a boot keyboard: HID 1.11, appendix E.6, without the lamps. */
const bootKeyboard = "05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100";
/** The same collection with a feature report of eight bytes, as the readers have that answer questions. */
const feature = "06a0ff0901150026ff00750895 08b102".replaceAll(" ", "");
const end = "c0";

export interface SoftwareReaderOptions {
  readonly name: string;
  readonly vendor: number;
  readonly product: number;
  /** What the kernel calls the place it is plugged in. */
  readonly place: string;
  readonly answers?: boolean;
}

export function openSoftwareReader(options: SoftwareReaderOptions): SoftwareReader {
  const { name, vendor, product, place, answers = false } = options;
  const descriptor = Buffer.from(bootKeyboard + (answers ? feature : "") + end, "hex");
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
    descriptor.copy(bytes, 280);
  });
  let card: { readonly value: bigint; readonly bits: number } | null = null;
  let asked = 0;
  /** The kernel's questions: eight bytes to us, eight bytes from us. */
  const answer = (question: Buffer): void => {
    const [type, id] = [question.readUInt32LE(0), question.readUInt32LE(4)];
    if (type === events.setReport) {
      // The report's number, 0, stands before the bytes.
      asked = question[13] ?? 0;
      event(events.setReportReply, (bytes) => bytes.writeUInt32LE(id, 4));
    } else if (type === events.getReport) {
      const said = Buffer.alloc(9);
      if (asked === 0x8f && card !== null) said.writeBigUInt64LE(card.value, 1);
      if (asked === 0x8e) said[1] = card?.bits ?? 0;
      event(events.getReportReply, (bytes) => {
        bytes.writeUInt32LE(id, 4);
        bytes.writeUInt16LE(said.length, 10);
        said.copy(bytes, 12);
      });
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
    lay: (laid) => {
      card = laid;
    },
    unplug: () => {
      clearInterval(listening);
      event(events.destroy, () => undefined);
      closeSync(file);
    },
  };
}
