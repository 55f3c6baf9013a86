import { z } from "zod";
import { type CardText, isCardText } from "../core/card.ts";
import { wiegandCard, wiegandOf } from "./wiegand.ts";

/**
 * From what one reader says to what the card is, so that the same card is the same text on every reader of a site: one
 * types it as decimal, the next as hexadecimal with its bytes the other way round, a third with its parity.
 */

/** A complete card as one reader framed it. */
export interface Framed {
  /** Only [0-9A-Z]; hexadecimal where the reader sent bytes, the highest first. */
  readonly text: string;
  /** How many bits of it are the card's, where the reader says so. */
  readonly bits: number | null;
}

const technology = z.string().regex(/^[a-z0-9-]{1,16}$/, "a technology is 1 to 16 of a-z, 0-9 and -");

export const numberRule = z
  .strictObject({
    /** What kind of card it is; part of what is hashed. `w26` and so on where a Wiegand format was found. */
    technology: technology.default("card"),
    /** What the characters mean: text is kept as it is. */
    from: z.enum(["text", "decimal", "hex"]).default("text"),
    /** Characters taken off before anything else. */
    strip: z
      .strictObject({ front: z.int().min(0).max(32).default(0), back: z.int().min(0).max(32).default(0) })
      .default({ front: 0, back: 0 }),
    /** Bytes of the number; what is above them is cut off. Needed to turn a decimal round. */
    bytes: z.int().min(1).max(16).optional(),
    order: z.enum(["kept", "reversed"]).default("kept"),
    /** Some bits in the middle: how many lowest ones to leave out, and how many to take then. */
    bits: z.strictObject({ from: z.int().min(0).max(127), count: z.int().min(1).max(128) }).optional(),
    /** Facility and number; `by-length` asks the reader how many bits there are. */
    wiegand: z.union([z.literal(26), z.literal(34), z.literal(37), z.literal("by-length")]).optional(),
    parity: z.enum(["kept", "gone"]).default("kept"),
    /** A decimal that begins with the facility: how many of its last digits are the number. */
    numberDigits: z.int().min(1).max(12).optional(),
    to: z.enum(["decimal", "hex"]).default("decimal"),
    /** Zeros are put in front up to so many characters; without it there are none. */
    pad: z.int().min(1).max(32).optional(),
  })
  .refine((rule) => rule.order === "kept" || rule.from === "hex" || rule.bytes !== undefined, {
    message: "says `reversed` of a decimal and not how many bytes it has",
    path: ["bytes"],
  });
export type NumberRule = z.output<typeof numberRule>;

/** @returns null for what cannot be a card by this rule. */
export function interpret({ text, bits }: Framed, rule: NumberRule): CardText | null {
  const { front, back } = rule.strip;
  const rest = text.slice(front, text.length - back);
  if (rest === "" || rest.length > 32) return null;
  if (rule.from === "text") return asCard(rule.technology, padded(rest, rule));
  if (rule.numberDigits !== undefined) return split(rest, rule.numberDigits);
  const value = readNumber(rest, rule);
  if (value === null) return null;
  return rule.wiegand === undefined ? plain(value, rule) : asDoor(value, bits, rule);
}

function plain(value: bigint, rule: NumberRule): CardText | null {
  const digits = rule.to === "hex" ? value.toString(16).toUpperCase() : value.toString();
  return asCard(rule.technology, padded(digits, rule));
}

function asDoor(value: bigint, count: number | null, rule: NumberRule): CardText | null {
  const { wiegand, parity } = rule;
  const format = typeof wiegand === "number" ? { bits: wiegand, parity } : wiegandOf(count ?? 0);
  // A length of which nobody knows what it means is a number like any other, and says its length.
  if (format === null) return count === null ? null : asCard(`w${count}`, value.toString(16).toUpperCase());
  const card = wiegandCard(value, format.bits, format.parity);
  return card && asCard(`w${format.bits}`, `${card.facility}-${card.number}`);
}

/** "07761234": facility 77, number 61234. */
function split(digits: string, numberDigits: number): CardText | null {
  if (!/^[0-9]+$/.test(digits) || digits.length <= numberDigits) return null;
  const [facility, number] = [digits.slice(0, -numberDigits), digits.slice(-numberDigits)].map(Number);
  return asCard("w26", `${facility}-${number}`);
}

function readNumber(text: string, { from, bytes, order, bits }: NumberRule): bigint | null {
  if (!(from === "hex" ? /^[0-9A-F]+$/ : /^[0-9]+$/).test(text)) return null;
  const said = BigInt(from === "hex" ? `0x${text}` : text);
  const width = bytes ?? Math.ceil(text.length / 2);
  const cut = bytes === undefined ? said : BigInt.asUintN(width * 8, said);
  const turned = order === "reversed" ? reversed(cut, width) : cut;
  return bits === undefined ? turned : BigInt.asUintN(bits.count, turned >> BigInt(bits.from));
}

function reversed(value: bigint, width: number): bigint {
  const bytes = Buffer.from(value.toString(16).padStart(width * 2, "0"), "hex");
  return BigInt(`0x${bytes.reverse().toString("hex")}`);
}

const padded = (digits: string, { pad = 0 }: NumberRule): string => digits.padStart(pad, "0");

function asCard(kind: string, number: string): CardText | null {
  const card = `${kind}:${number}`;
  return isCardText(card) ? card : null;
}
