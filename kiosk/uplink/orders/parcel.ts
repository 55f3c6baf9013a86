import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { CompactEncrypt, type JWK } from "jose";
import { Fault } from "../../core/fault.ts";

/** The public key of whoever helps, as a JWK: P-256 or X25519. */
export type SupportKey = Readonly<JWK>;

/** What fits a result. */
const parcelMaxChars = 4096;

/**
 * As many of the newest lines as fit, packed and sealed for one key, so that neither the cloud nor a hop on the way can
 * read them: compact JWE, ECDH-ES+A256KW, A256GCM, of gzip of the lines with newlines between them.
 *
 * @param lines oldest first.
 * @throws Fault `order-refused` where the key is none.
 */
export async function sealLines(
  lines: readonly string[],
  key: SupportKey,
): Promise<{ readonly parcel: string; readonly count: number }> {
  // Everything beside the content has the same length whatever is inside.
  const frameChars = (await sealed(Buffer.alloc(0), key)).length;
  const contentMax = Math.floor(((parcelMaxChars - frameChars) * 3) / 4);
  const packed = (count: number): Promise<Buffer> => pack(Buffer.from(lines.slice(lines.length - count).join("\n")));
  let fits = 0;
  for (let low = 1, high = lines.length; low <= high; ) {
    const middle = (low + high) >> 1;
    if ((await packed(middle)).length <= contentMax) {
      fits = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return { parcel: await sealed(await packed(fits), key), count: fits };
}

const pack = promisify(gzip) as (content: Buffer) => Promise<Buffer>;

async function sealed(content: Uint8Array, { kty, crv, x, y, kid }: SupportKey): Promise<string> {
  const header = { alg: "ECDH-ES+A256KW", enc: "A256GCM", ...(kid !== undefined && { kid }) };
  const key = { kty, crv, x, ...(y !== undefined && { y }) } as JWK;
  try {
    return await new CompactEncrypt(content).setProtectedHeader(header).encrypt(key);
  } catch (cause) {
    const remedy = "Give this clock a public key of the curve P-256 or X25519.";
    throw new Fault("order-refused", "the support key is not one that can be sealed for", remedy, cause);
  }
}
