import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { Config } from "../config.ts";
import { textVersion } from "../core/consent/texts/version.ts";
import { type Signer, signJws } from "../core/jws.ts";
import { kidOf, type PublicJwk } from "../core/kid.ts";
import type { PolicyStore } from "../store/privacy-policies.ts";
import { type CloudKey, keyFromJwk } from "../uplink/contract/keys.ts";

/**
 * The pretended employer of `npm start`: a policy of its own, signed by a key that lives as long as this process and that
 * no real clock trusts.
 */
export interface DemoEmployer {
  readonly key: CloudKey;
  readonly token: string;
  /** Keeps nothing: the next start signs anew. */
  readonly store: PolicyStore;
}

export function createDemoEmployer({ tenant, site }: Pick<Config, "tenant" | "site">): DemoEmployer {
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk = createPublicKey(privateKey).export({ format: "jwk" }) as PublicJwk;
  const signer: Signer = {
    kid: kidOf(jwk),
    alg: "EdDSA",
    publicKey: createPublicKey(privateKey),
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
  const since = "2026-01-01T00:00:00Z";
  const document = {
    ...{ v: 1, tenant, published_at: since, effective_at: since, minor: false },
    controller: { name: "Riverside Works", contact: "privacy@riverside.example" },
    dpo: "dpo@riverside.example",
    authority: "the data protection authority of your country",
    purposes: ["work-day"],
    basis: { kind: "consent" },
    face_sites: [site],
    term_days: 365,
    retention: {},
    pack: "default",
    min_age: 16,
    assessment: null,
    texts: textVersion,
  };
  let kept: ReturnType<PolicyStore["get"]> = { now: null, coming: null };
  return {
    key: { ...keyFromJwk(jwk), role: "cmd:dpo", source: `urn:lintel:${tenant}:cloud:demo` },
    token: signJws("lintel-pol+jws", JSON.stringify(document), signer).jws,
    store: {
      notice: null,
      get: () => kept,
      put: async (next) => {
        kept = next;
      },
    },
  };
}
