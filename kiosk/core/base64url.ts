/** base64url without padding, decoded strictly: an encoding that is not the canonical one is refused. */

export const toBase64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url");

/** The bytes, or null where `text` has foreign characters, padding, or trailing bits that are not zero. */
export function fromBase64url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64url");
  // What decodes leniently is not written like that again.
  return bytes.toString("base64url") === text ? bytes : null;
}
