import { createPrivateKey, generateKeyPairSync, type JsonWebKeyInput } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import { cloudRoles } from "../../kiosk/uplink/contract/orders.ts";
import { signerFrom } from "./signer.ts";

/** What a receiver's side signs with, by role: each role has a key of its own, so that none can be used for another. */
export interface CloudSigners {
  /** `urn:lintel:{tenant}:cloud:{name}` is who signs. */
  readonly name: string;
  readonly signers: ReadonlyMap<string, Signer>;
}

const remedy =
  "It has to be a JSON Web Key Set of private Ed25519 keys with role and name, as lintel receive makes it.";

const keySet = z.object({
  keys: z
    .array(
      z.looseObject({
        ...{ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), d: z.string() },
        role: z.enum(cloudRoles),
        name: z.string().regex(/^[a-z0-9-]{1,24}$/),
      }),
    )
    .min(1),
});

/** Makes a file with a key for every role. Two receivers may start together: one of them makes it. */
export function makeCloudKeys(file: string, name: string): boolean {
  const keys = cloudRoles.map((role) => {
    const { kty, crv, x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    return { kty, crv, x, d, role, name };
  });
  try {
    writeFileSync(file, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    const folder = "Name a file in a folder that this user may write.";
    throw new Fault("key-unusable", `${file} cannot be written`, folder, cause);
  }
}

/**
 * Keys of one or several files: where two people must agree, each has a file of their own.
 *
 * @throws Fault `key-unusable`.
 */
export function openCloudKeys(files: readonly string[]): CloudSigners {
  const keys = files.flatMap((file) => {
    try {
      return keySet.parse(JSON.parse(readFileSync(file, "utf8"))).keys.map(({ role, name, ...key }) => {
        const input: JsonWebKeyInput = { key, format: "jwk" };
        return { role, name, signer: signerFrom(createPrivateKey(input)).signer };
      });
    } catch (cause) {
      throw new Fault("key-unusable", `${file} holds no keys that can be used`, remedy, cause);
    }
  });
  const [name = "", ...others] = new Set(keys.map((key) => key.name));
  if (others.length > 0) {
    throw new Fault("key-unusable", `The keys sign as ${[name, ...others].join(" and ")}`, "Name keys of one signer.");
  }
  return { name, signers: new Map(keys.map(({ role, signer }) => [role, signer])) };
}

/** What clocks are given with `--cloud-keys`: public halves only. */
export function publicSetOf({ name, signers }: CloudSigners): string {
  const keys = [...signers].map(([role, { kid, publicKey }]) => {
    const { kty, crv, x } = publicKey.export({ format: "jwk" });
    return { kty, crv, x, kid, alg: "EdDSA", use: "sig", role, name };
  });
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}
