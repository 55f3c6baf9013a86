import type { Framed } from "./number.ts";

/**
 * RF IDeas pcProx readers, which answer questions instead of typing. Eight bytes each way by feature report 0.
 *
 * Source: the protocol description of the project micolous/pcprox (found out by watching, for RDR-6081AKU and -APU, USB
 * 0c27:3bfa): 0x8f asks for the card's bits, lowest byte first, all zero where there is none; only then 0x8e says how many
 * bits they are. TESTED HERE ONLY AGAINST A READER MADE OF SOFTWARE: nobody of us had the real one.
 */
export interface FeatureReports {
  readonly sendFeatureReport: (bytes: number[]) => Promise<number>;
  readonly getFeatureReport: (reportId: number, length: number) => Promise<Uint8Array>;
}

const payloadBytes = 8;
const askCard = 0x8f;
const askBits = 0x8e;

/** What one question and answer gave. */
export interface Polled {
  /** The eight bytes of the card, for the test screen. */
  readonly raw: Uint8Array;
  readonly framed: Framed | null;
}

/** @returns `framed` null where no card lies on the reader. Rejects as the device does where it is gone. */
export async function pollPcprox(device: FeatureReports): Promise<Polled> {
  const raw = await ask(device, askCard);
  if (raw.every((byte) => byte === 0)) return { raw, framed: null };
  const about = await ask(device, askBits);
  const bits = about[0] ?? 0;
  // A card that was taken away between the two questions is not there.
  if (bits === 0 || bits > payloadBytes * 8) return { raw, framed: null };
  const value = BigInt.asUintN(bits, BigInt(`0x${Buffer.from(raw.toReversed()).toString("hex")}`));
  const digits = Math.ceil(bits / 4);
  return { raw, framed: { text: value.toString(16).toUpperCase().padStart(digits, "0"), bits } };
}

async function ask(device: FeatureReports, command: number): Promise<Uint8Array> {
  await device.sendFeatureReport([0, command, ...new Array<number>(payloadBytes - 1).fill(0)]);
  const answer = await device.getFeatureReport(0, payloadBytes + 1);
  // The report's number comes first, also where it has none.
  return Uint8Array.from({ length: payloadBytes }, (_, at) => answer[at + 1] ?? 0);
}
