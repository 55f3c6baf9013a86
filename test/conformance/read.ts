import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export const readCases = (file: string): unknown => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);

/** Two machines' gzip may write the same bag in different bytes, so what is inside is compared. */
export const sameCases = (one: unknown, other: unknown): boolean => textOf(one) === textOf(other);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === "string" && member.startsWith("H4sI") ? unpacked(member) : member,
  );

function unpacked(bag: string): string {
  try {
    return `gzip of ${gunzipSync(Buffer.from(bag, "base64")).toString("base64")}`;
  } catch {
    // Damaged on purpose, and so compared as it is.
    return bag;
  }
}
