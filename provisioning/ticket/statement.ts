import { createHash, createPublicKey } from "node:crypto";
import { z } from "zod";
import { fromBase64url } from "../../kiosk/core/base64url.ts";
import { LuError, type Signer, signJws, verifyJws } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";

/**
 * What a clock says of itself beside its certificate request, signed with its record key (`typ` `lintel-enr+jws`): so whoever
 * answers knows that the record key, the TLS key and the ticket came together in one machine.
 */
const statement = z.object({
  v: z.literal(1),
  /** Id of the ticket; null in a renewal, which has none. */
  jti: z.string().nullable(),
  /** SHA-256 of the ticket's text, base64url; null in a renewal. */
  tkt: z.string().nullable(),
  device: z.string().regex(/^k[0-9a-z]{20}$/),
  jwk: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  /** SHA-256 of the request's DER, base64url. */
  csr: z.string(),
});
export type Statement = z.infer<typeof statement>;

const requestHash = (csr: Uint8Array): string => createHash("sha256").update(csr).digest("base64url");

export interface Stating {
  readonly device: string;
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  readonly csr: Uint8Array;
  readonly ticket: { readonly jti: string; readonly hash: string } | null;
}

export function makeStatement({ device, signer, jwk, csr, ticket }: Stating): string {
  const { kty, crv, x } = jwk;
  const body = { v: 1, jti: ticket?.jti ?? null, tkt: ticket?.hash ?? null, device, jwk: { kty, crv, x } };
  return signJws("lintel-enr+jws", JSON.stringify({ ...body, csr: requestHash(csr) }), signer).jws;
}

/** @returns null where it is none, or not by the key that it names, or about another request. */
export function readStatement(text: string, csr: Uint8Array): Statement | null {
  try {
    const claimed = statement.parse(JSON.parse(Buffer.from(fromBase64url(text.split(".")[1] ?? "") ?? []).toString()));
    const key = createPublicKey({ key: claimed.jwk, format: "jwk" });
    const { payload } = verifyJws(text, "lintel-enr+jws", (kid) => (kid === kidOf(claimed.jwk) ? key : undefined));
    const stated = statement.parse(payload);
    return stated.csr === requestHash(csr) ? stated : null;
  } catch (error) {
    if (error instanceof LuError || error instanceof z.ZodError || error instanceof SyntaxError) return null;
    throw error;
  }
}
