import { checked } from "./checksum.ts";
import type { ReportFraming } from "./profiles.ts";

/** Readers with reports of their own, described by their profile: where in a report the card stands. */

export type Heard =
  | { readonly is: "card"; readonly text: string }
  /** The reader says that nothing lies on it. */
  | { readonly is: "away" }
  /** Not about cards. */
  | { readonly is: "other" }
  | { readonly is: "garbage" };

export function heardIn(report: Uint8Array, framing: ReportFraming): Heard {
  const { reportId, offset, length, order, text, checksum } = framing;
  if (reportId !== undefined && report[0] !== reportId) return { is: "other" };
  const body = reportId === undefined ? report : report.subarray(1);
  const count = typeof length === "number" ? length : (body[length.at] ?? 0);
  if (count === 0) return { is: "away" };
  const field = body.subarray(offset, offset + count);
  if (field.length < count || count > 32) return { is: "garbage" };
  const bytes = cutAt(field, framing.end);
  if (bytes.every((value) => value === 0)) return { is: "away" };
  const said = text === "ascii" ? characters(bytes) : hexOf(order === "low" ? bytes.toReversed() : bytes);
  const card = said === null ? null : checked(said, checksum);
  return card === null ? { is: "garbage" } : { is: "card", text: card };
}

function cutAt(bytes: Uint8Array, end: number | undefined): Uint8Array {
  const at = end === undefined ? -1 : bytes.indexOf(end);
  return at < 0 ? bytes : bytes.subarray(0, at);
}

/** Whatever is no digit or letter is not a card, whoever sent it. */
function characters(bytes: Uint8Array): string | null {
  const text = Buffer.from(cutAt(bytes, 0)).toString("latin1").toUpperCase();
  return /^[0-9A-Z]+$/.test(text) ? text : null;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();
