import { openUhidDevice } from "./uhid-device.ts";

/**
 * Four input lines of a GPIO chip, made of software: the kernel's own driver of the MCP2221A (hid-mcp2221) asks us what it
 * would ask the chip over USB, so `gpioget` and everything below it is real. Like the chip, it has no interrupts.
 * Source: the driver, and Microchip DS20005565B, chapter 3.1.
 */
export interface SoftwareLines {
  /** What lies on the line from outside. */
  readonly set: (line: number, level: 0 | 1) => void;
  readonly unplug: () => void;
}

const microchip = { vendor: 0x04d8, product: 0x00dd };
/** One input and one output report of 64 bytes without numbers, on a page of the vendor's own. */
const descriptor = "0600ff0901a1010902150026ff00750895408102090395409102c0";
const reportBytes = 64;
const commands = { status: 0x10, set: 0x50, get: 0x51 };
const setSpeed = 0x20;

export function openSoftwareLines(place: string): SoftwareLines {
  const levels = [1, 1, 1, 1];
  const answerTo = (question: Uint8Array): Uint8Array => {
    const said = new Uint8Array(reportBytes);
    const [command = 0] = question;
    said[0] = command;
    if (command === commands.status) said[3] = setSpeed;
    // Two bytes for each line, its value and its direction; the driver of Debian 12 takes one for the other.
    if (command === commands.get)
      said.set(
        levels.flatMap((level) => [level, level]),
        2,
      );
    if (command === commands.set) said.set(question.subarray(2, 18), 2);
    return said;
  };
  const chip = openUhidDevice({
    ...microchip,
    ...{ name: "Software lines", place, descriptor: Buffer.from(descriptor, "hex") },
    heard: (question) => chip.say(answerTo(question)),
  });
  return {
    set: (line, level) => {
      levels[line] = level;
    },
    unplug: chip.unplug,
  };
}
