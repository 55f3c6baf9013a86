import { createHash } from "node:crypto";

/** The code on the thanks screen: what an employee takes home, and can hold against everybody's books later. */

/** Crockford's base32, which has no letters that look like digits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** What a receipt code says about a record: enough to find it and to see that it was not exchanged. */
export interface ReceiptClue {
  /** What the record hash begins with, 10 bytes. */
  readonly hashPrefix: Uint8Array;
  /** `sourceHash` in hex; `epochLow` is the epoch modulo 65,536. */
  readonly place: { readonly sourceHash: string; readonly epochLow: number; readonly seq: number };
}

/**
 * To read, to type, and as it stands in the QR: version 1, device (5 bytes of SHA-256 of its source), epoch (2, the low bits),
 * number (4), and the first 10 bytes of the record hash. Whoever has the record can check 80 bits of it.
 *
 * @returns 36 characters in nine groups.
 */
export function longReceiptCode(record: {
  readonly source: string;
  readonly epoch: number;
  readonly seq: number;
  readonly rh: string;
}): string {
  const bytes = Buffer.alloc(22);
  bytes.writeUInt8(1, 0);
  sourceHash(record.source).copy(bytes, 1);
  bytes.writeUInt16BE(record.epoch % 0x10000, 6);
  bytes.writeUInt32BE(record.seq, 8);
  Buffer.from(record.rh, "base64url").copy(bytes, 12, 0, 10);
  // 176 bits in 36 letters of 5: four zero bits at the end.
  let bits = BigInt(`0x${bytes.toString("hex")}`) << 4n;
  let letters = "";
  for (let place = 0; place < 36; place += 1) {
    letters = alphabet.charAt(Number(bits & 31n)) + letters;
    bits >>= 5n;
  }
  return letters.match(/.{4}/g)?.join("-") ?? "";
}

/** As people read it out: any case, with or without hyphens, O for 0, I and L for 1. Null where it is no code of ours. */
export function readReceiptCode(text: string): ReceiptClue | null {
  const letters = text.toUpperCase().replaceAll(/[-\s]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  let bits = 0n;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter);
    if (value === -1) return null;
    bits = (bits << 5n) | BigInt(value);
  }
  if (letters.length !== 36 || (bits & 15n) !== 0n) return null;
  const bytes = Buffer.from((bits >> 4n).toString(16).padStart(44, "0"), "hex");
  if (bytes.length !== 22 || bytes.readUInt8(0) !== 1) return null;
  const place = {
    sourceHash: bytes.toString("hex", 1, 6),
    epochLow: bytes.readUInt16BE(6),
    seq: bytes.readUInt32BE(8),
  };
  return { hashPrefix: bytes.subarray(12), place };
}

/** Whether a record is the one that a code speaks of. */
export function isOfReceipt(
  { hashPrefix, place }: ReceiptClue,
  record: { readonly source: string; readonly epoch: number; readonly seq: number; readonly rh: string },
): boolean {
  const hash = Buffer.from(record.rh, "base64url");
  if (!hash.subarray(0, hashPrefix.length).equals(hashPrefix)) return false;
  return isOfSource({ place }, record.source) && record.epoch % 0x10000 === place.epochLow && record.seq === place.seq;
}

/** Whether a code was shown by this clock. */
export const isOfSource = ({ place }: Pick<ReceiptClue, "place">, source: string): boolean =>
  sourceHash(source).toString("hex") === place.sourceHash;

const sourceHash = (source: string): Buffer => createHash("sha256").update(source).digest().subarray(0, 5);
