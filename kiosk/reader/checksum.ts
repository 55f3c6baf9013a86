/**
 * Checks that readers put at the end of what they say: one byte as two hexadecimal characters over the bytes before it,
 * or one decimal digit over the digits before it.
 * Sources: ISO 1155 (lrc: two's complement of the sum), ISO/IEC 7812-1 annex B (luhn); `sum` and `xor` are what readers of
 * 125 kHz modules such as the RDM6300 document.
 */
export const checksums = ["none", "sum", "xor", "lrc", "luhn"] as const;
export type Checksum = (typeof checksums)[number];

/** @returns the text without its check, or null where the check does not fit. */
export function checked(text: string, checksum: Checksum): string | null {
  if (checksum === "none") return text;
  return checksum === "luhn" ? luhnChecked(text) : byteChecked(text, checksum);
}

function byteChecked(text: string, checksum: "sum" | "xor" | "lrc"): string | null {
  if (text.length < 4 || !/^([0-9A-F]{2})+$/.test(text)) return null;
  const bytes = Buffer.from(text, "hex");
  const body = bytes.subarray(0, -1);
  const sum = body.reduce((total, byte) => total + byte, 0) % 256;
  const xor = body.reduce((mixed, byte) => mixed ^ byte, 0);
  const wanted = { sum, xor, lrc: (256 - sum) % 256 }[checksum];
  return wanted === bytes.at(-1) ? text.slice(0, -2) : null;
}

function luhnChecked(text: string): string | null {
  if (!/^[0-9]{2,}$/.test(text)) return null;
  const sum = [...text].toReversed().reduce((total, digit, at) => {
    const weighed = Number(digit) * (at % 2 === 0 ? 1 : 2);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0 ? text.slice(0, -1) : null;
}
