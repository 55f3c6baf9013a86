/**
 * Card numbers as door readers send them: a facility and a number between two parity bits.
 * Source: HID Global, "Understanding Card Data Formats": H10301 (26 bits), H10306 (34), H10304 (37).
 */
const wiegandBits = [26, 34, 37] as const;
export type WiegandBits = (typeof wiegandBits)[number];

export interface WiegandCard {
  readonly facility: number;
  readonly number: number;
}

interface Layout {
  readonly facilityBits: number;
  readonly numberBits: number;
  /** Data bits that the first (even) and the last (odd) parity bit cover, from their own side. */
  readonly coveredBits: number;
}

const layouts: Readonly<Record<WiegandBits, Layout>> = {
  26: { facilityBits: 8, numberBits: 16, coveredBits: 12 },
  34: { facilityBits: 16, numberBits: 16, coveredBits: 16 },
  // 35 bits of data: the one in the middle is covered twice.
  37: { facilityBits: 16, numberBits: 19, coveredBits: 18 },
};

/**
 * @param value the card's bits as a number, the first one sent being the highest.
 * @param parity kept: both parity bits are there and are checked; gone: the reader took them off.
 * @returns null where a parity bit is wrong, or there are more bits than the format has.
 */
export function wiegandCard(value: bigint, bits: WiegandBits, parity: "kept" | "gone"): WiegandCard | null {
  const { facilityBits, numberBits, coveredBits } = layouts[bits];
  const dataBits = facilityBits + numberBits;
  if (value >= 1n << BigInt(parity === "kept" ? bits : dataBits)) return null;
  const data = parity === "kept" ? low(value >> 1n, dataBits) : value;
  if (parity === "kept") {
    const isEven = (ones(data >> BigInt(dataBits - coveredBits)) + Number(value >> BigInt(bits - 1))) % 2 === 0;
    const isOdd = (ones(low(data, coveredBits)) + Number(low(value, 1))) % 2 === 1;
    if (!isEven || !isOdd) return null;
  }
  return { facility: Number(data >> BigInt(numberBits)), number: Number(low(data, numberBits)) };
}

/** The format of so many bits, and whether its parity is among them; null for lengths that mean several things. */
export function wiegandOf(count: number): { readonly bits: WiegandBits; readonly parity: "kept" | "gone" } | null {
  for (const bits of wiegandBits) {
    if (count === bits) return { bits, parity: "kept" };
    if (count === bits - 2) return { bits, parity: "gone" };
  }
  return null;
}

const low = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value);

const ones = (value: bigint): number => value.toString(2).replaceAll("0", "").length;
