import { readFile } from "node:fs/promises";
import { CompactEncrypt, calculateJwkThumbprint, importJWK } from "jose";
import { Fault } from "../core/fault.ts";
import { publicJwk } from "./contract/members.ts";

/** Seals what only the holder of the tenant's key for visitors may read. */
export type VisitorSeal = (content: string) => Promise<string>;

/** As `pii` of a record allows. */
const sealedMaxChars = 4_096;

/**
 * @param file a JWK, P-256 or X25519. Whoever has its private half reads names of visitors, so it stays off this clock.
 * @throws Fault `config-invalid` where it is none, or a private one.
 */
export async function openVisitorSeal(file: string): Promise<VisitorSeal> {
  const refused = (what: string, cause?: unknown): Fault =>
    new Fault(
      "config-invalid",
      `visitorKey: ${file} ${what}`,
      "Name the JWK file of a public key, P-256 or X25519; lintel visitors key makes one.",
      cause,
    );
  let found: unknown;
  try {
    found = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw refused("cannot be read as a JWK", cause);
  }
  const jwk = publicJwk.safeParse(found);
  if (!jwk.success || jwk.data.crv === "Ed25519") throw refused("is no key of P-256 or X25519");
  if ("d" in jwk.data) throw refused("is a private key, which must not lie on a clock");
  const { kty, crv, x, y } = jwk.data;
  const bare = { kty, crv, x, ...(y !== undefined && { y }) };
  const kid = (await calculateJwkThumbprint(bare)).slice(0, 16);
  const key = await importJWK(bare, "ECDH-ES+A256KW").catch((cause: unknown) => {
    throw refused("is no key of P-256 or X25519", cause);
  });
  return async (content) => {
    const header = { alg: "ECDH-ES+A256KW", enc: "A256GCM", kid };
    const sealed = await new CompactEncrypt(new TextEncoder().encode(padded(content)))
      .setProtectedHeader(header)
      .encrypt(key);
    if (sealed.length > sealedMaxChars) throw new RangeError("more than a record takes");
    return sealed;
  };
}

const stepChars = 128;

/** How long a name is says something about it. JSON takes spaces at its end. */
const padded = (content: string): string => content.padEnd(Math.ceil(content.length / stepChars) * stepChars);
