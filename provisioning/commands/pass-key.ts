import { createPrivateKey, type JsonWebKeyInput } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { signerFrom } from "../receive/signer.ts";

/** Whoever signs passes. */

const privateJwk = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string(), d: z.string() });
const roleSet = z.object({ keys: z.array(z.looseObject({ role: z.string() })) });

/** Of a key file of its own, or of those of `lintel receive`. @throws Fault `key-unusable`. */
export function passSignerIn(file: string) {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    const key = roleSet.safeParse(found).data?.keys.find(({ role }) => role === "pass") ?? found;
    const input: JsonWebKeyInput = { key: privateJwk.parse(key), format: "jwk" };
    return signerFrom(createPrivateKey(input)).signer;
  } catch (cause) {
    throw new Fault("key-unusable", `${file} holds no key that signs passes`, "Make one with lintel pass key.", cause);
  }
}
