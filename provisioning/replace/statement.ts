import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { flattenedVerify, importJWK } from "jose";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";

/**
 * What a new board says to the receivers: "I go on in the place of this clock, from this epoch, after this record". JWS in
 * the general JSON form: always signed by the new key, which shows that it is held, and by the old one where the old disk
 * was there to sign.
 */
const claim = z.object({
  v: z.literal(1),
  source: z.string().regex(/^urn:lintel:[a-z0-9-]{1,24}:[a-z0-9-]{1,24}:k[0-9a-z]{20}$/),
  /** The last record of the old life that the new board knows of. */
  prev: z.object({ epoch: z.int().positive(), seq: z.int().nonnegative(), rh: z.string().length(43) }),
  /** The first epoch of the new one. */
  epoch: z.int().positive(),
  old: z.string().length(16).nullable(),
  jwk: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().length(43) }),
  made: z.iso.datetime(),
});
export type Claim = z.output<typeof claim>;

const statement = z.object({
  payload: z.string(),
  signatures: z
    .array(z.object({ protected: z.string(), signature: z.string() }))
    .min(1)
    .max(2),
});

const typ = "lintel-swap+jws";

/** In the new board's state folder. */
export const statementName = "replacement.json";

/** @param signers the new key first. */
export function stateReplacement(said: Claim, signers: readonly Pick<Signer, "kid" | "sign">[]): string {
  const payload = encode(said);
  const signatures = signers.map(({ kid, sign }) => {
    const header = encode({ alg: "EdDSA", kid, typ });
    return { protected: header, signature: Buffer.from(sign(`${header}.${payload}`)).toString("base64url") };
  });
  return `${JSON.stringify({ payload, signatures }, null, 2)}\n`;
}

/** Whether two keys signed it: of one that we wrote ourselves. */
export const isVouched = (text: string): boolean => statement.safeParse(jsonOf(text)).data?.signatures.length === 2;

/** What it says, signatures unread: of the one that lies in a board's own state folder. Null where there is none. */
export const claimIn = async (state: string): Promise<Claim | null> => {
  const text = await readFile(join(state, statementName), "utf8").catch(() => "");
  const payload = statement.safeParse(jsonOf(text)).data?.payload ?? "";
  return claim.safeParse(jsonOf(Buffer.from(payload, "base64url").toString("utf8"))).data ?? null;
};

export interface HeardClaim extends Claim {
  /** The old key signed it too: nobody else has to vouch for it. */
  readonly isVouched: boolean;
}

/**
 * @param oldKeys what the receiver knows of this clock, by kid.
 * @throws Fault `replace-refused` where it is none, or the new key does not show that it is held.
 */
export async function hearReplacement(
  file: string,
  oldKeys: (source: string, kid: string) => PublicJwk | undefined,
): Promise<HeardClaim> {
  const refused = (message: string): Fault =>
    new Fault("replace-refused", `${file} ${message}`, "Let the new board write it again with `lintel replace`.");
  const text = await readFile(file, "utf8").catch(() => "");
  const read = statement.safeParse(jsonOf(text));
  const said = claim.safeParse(jsonOf(Buffer.from(read.data?.payload ?? "", "base64url").toString("utf8")));
  if (read.data === undefined || said.data === undefined) throw refused("is no replacement");
  const { payload, signatures } = read.data;
  const signedBy = async (jwk: PublicJwk | undefined): Promise<boolean> => {
    if (jwk === undefined) return false;
    const key = await importJWK({ ...jwk }, "EdDSA");
    for (const one of signatures) {
      const found = await flattenedVerify({ payload, ...one }, key, { algorithms: ["EdDSA"] }).catch(() => null);
      if (found?.protectedHeader?.kid === kidOf(jwk) && found.protectedHeader.typ === typ) return true;
    }
    return false;
  };
  if (!(await signedBy(said.data.jwk))) throw refused("is not signed by the key that it brings");
  const { old, source } = said.data;
  return { ...said.data, isVouched: old !== null && (await signedBy(oldKeys(source, old))) };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
