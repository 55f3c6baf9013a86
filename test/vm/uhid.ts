import { openUhidDevice } from "./uhid-device.ts";

/** A HID reader made of software: to the kernel, to udev and to us it is a device like any other. */
export interface SoftwareReader {
  readonly say: (report: Uint8Array) => void;
  /** What lies on it, for a reader that answers questions; null: nothing. */
  readonly lay: (card: { readonly value: bigint; readonly bits: number } | null) => void;
  readonly unplug: () => void;
}

/** Report descriptor of a boot keyboard: HID 1.11, appendix E.6, without the lamps. */
const bootKeyboard = "05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100";
/** The same collection with a feature report of eight bytes, as the readers have that answer questions. */
const feature = "06a0ff0901150026ff0075089508b102";
const end = "c0";

export interface SoftwareReaderOptions {
  readonly name: string;
  readonly vendor: number;
  readonly product: number;
  /** What the kernel calls the place it is plugged in. */
  readonly place: string;
  readonly answers?: boolean;
}

export function openSoftwareReader({ answers = false, ...plugged }: SoftwareReaderOptions): SoftwareReader {
  let card: { readonly value: bigint; readonly bits: number } | null = null;
  let asked = 0;
  const { say, unplug } = openUhidDevice({
    ...plugged,
    descriptor: Buffer.from(bootKeyboard + (answers ? feature : "") + end, "hex"),
    // The kernel's questions: the report's number, which is 0, and eight bytes to us; the same from us.
    set: (question) => {
      asked = question[1] ?? 0;
    },
    get: () => {
      const said = Buffer.alloc(9);
      if (asked === 0x8f && card !== null) said.writeBigUInt64LE(card.value, 1);
      if (asked === 0x8e) said[1] = card?.bits ?? 0;
      return said;
    },
  });
  return {
    say,
    lay: (laid) => {
      card = laid;
    },
    unplug,
  };
}
