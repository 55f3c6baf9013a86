/** The short code on the thanks screen: enough for two people to talk about the same punch, not a proof by itself. */

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The first 40 bits of a record hash in Crockford's base32, which has no letters that look like digits.
 *
 * @param rh record hash, base64url, 43 characters.
 * @returns eight characters in two groups: "4F7K-Q2M9".
 */
export function receiptCode(rh: string): string {
  const bits = Buffer.from(rh, "base64url").readUIntBE(0, 5);
  const letters = Array.from({ length: 8 }, (_, place) => alphabet.charAt(Math.floor(bits / 32 ** (7 - place)) % 32));
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
}
