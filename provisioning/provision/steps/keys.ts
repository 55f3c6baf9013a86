import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../../../kiosk/core/fault.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { hasCredentials, systemdVersion } from "../../doctor/systemd.ts";
import type { Context } from "../context.ts";
import { sealCredential } from "../credential.ts";
import type { Step } from "../step.ts";

/**
 * Keys, made here and never given away: the record key, the key of the TLS certificate, and what seals people. The first
 * two are files (Node's TLS takes no key of a TPM); the third is sealed by systemd, to the TPM where there is one.
 */
export const keys: Step = {
  name: "keys",
  would: "make this clock's keys, which never leave it",
  check: async (context) =>
    (await context.progress()).proved.includes("keys") && isMade(context) ? sentenceOf(context) : null,
  apply: async (context) => {
    const { state, tlsKey, credential } = context.places;
    if (!existsSync(join(state, "identity.json")) || !existsSync(join(state, "device.key.jwk"))) {
      await openSigner(state);
      await context.handOver([state, ...(await readdir(state)).map((name) => join(state, name))]);
    }
    if (!existsSync(tlsKey)) {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      await context.write(tlsKey, privateKey.export({ format: "pem", type: "pkcs8" }).toString(), true);
    }
    if (!existsSync(credential) && hasCredentials(await systemdVersion(context.ask))) {
      await mkdir(dirname(credential), { recursive: true, mode: 0o700 });
      const sealed = await sealCredential(context, "lintel.kek", randomBytes(32));
      if (sealed !== null) await context.write(credential, sealed);
    }
    const { proved } = await context.progress();
    await context.note({ proved: [...new Set([...proved, "keys" as const])] });
  },
  prove: async (context) => {
    if (!isMade(context))
      throw new Fault("state-unwritable", "the keys are not where they were written", "Run this again.");
    return sentenceOf(context);
  },
};

const isMade = ({ places: { state, tlsKey } }: Context): boolean =>
  ["identity.json", "device.key.jwk"].every((name) => existsSync(join(state, name))) && existsSync(tlsKey);

async function sentenceOf({ places: { state, credential } }: Context): Promise<string> {
  const { device, kid } = await openSigner(state);
  const seals = existsSync(credential) ? await howSealed(credential) : "a file that only the service reads";
  return `this clock is ${device}, its record key ${kid}; what seals people is ${seals}`;
}

const howSealed = async (credential: string): Promise<string> =>
  (await readFile(credential)).length > 0 ? "a credential that systemd sealed to this machine" : "nothing";
