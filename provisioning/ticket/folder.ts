import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { ticketSettings, waivers } from "../../kiosk/core/ticket.ts";
import { labelPattern } from "../../kiosk/core/ticket-members.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { signerFrom } from "../receive/signer.ts";
import { type Authority, type Certified, makeAuthority, makeLeaf, openAuthority } from "./certificates.ts";

/**
 * A tenant's authority for a laptop, a site office and tests: one folder with the key that signs tickets, the authority that
 * signs clocks' certificates, and the book of what was burnt. Files that only their owner reads: a real tenant's keys lie
 * in a key store, and docs/provisioning.md says what such a backend has to do alike.
 */

const about = z.strictObject({
  tenant: z.string().regex(labelPattern),
  site: z.string().regex(labelPattern),
  /** Names and addresses that the endpoint is reached by. */
  hosts: z.array(z.string().min(1)).min(1),
  port: z.int().min(1).max(65_535),
  brokers: z
    .array(z.string().regex(/^mqtts?:\/\//))
    .min(1)
    .max(4),
  profile: z.string().min(1),
  may: z.array(z.enum(waivers)),
  settings: z
    .record(z.string(), z.string())
    .refine((settings) => Object.keys(settings).every((name) => ticketSettings.includes(name)), {
      error: `settings of a ticket are ${ticketSettings.join(", ")}`,
    }),
  /** How long a clock's certificate is good. */
  days: z.int().min(1).max(825),
});
export type About = z.infer<typeof about>;

export interface AuthorityFolder {
  readonly directory: string;
  readonly about: About;
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  readonly authority: Authority;
  readonly server: Certified;
  /** PEM files that vouch for the endpoint and the brokers. */
  readonly roots: readonly string[];
  readonly file: (name: string) => string;
}

/** @throws Fault `config-invalid` where there is one already, or a setting is not what it must be. */
export async function makeFolder(directory: string, wanted: About, brokerCa: string | null): Promise<void> {
  const file = (name: string): string => join(directory, name);
  if (existsSync(file("authority.json"))) {
    throw new Fault("config-invalid", `${directory} is an authority already`, "Name another folder, or use that one.");
  }
  const parsed = about.safeParse(wanted);
  if (!parsed.success) throw new Fault("config-invalid", z.prettifyError(parsed.error), "Correct that option.");
  await mkdir(file("tickets"), { recursive: true, mode: 0o700 });
  await mkdir(file("spent"), { recursive: true, mode: 0o700 });
  const root = await makeAuthority(`${wanted.tenant} ${wanted.site} clocks`, Date.now());
  const by = await openAuthority(root);
  const [host = "localhost"] = wanted.hosts;
  const server = await makeLeaf(by, { commonName: host, hosts: wanted.hosts, days: 825, nowMs: Date.now() });
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  for (const [name, bytes] of [
    ["ca.pem", root.certificatePem],
    ["ca.key", root.keyPem],
    ["server.pem", server.certificatePem],
    ["server.key", server.keyPem],
    ["provisioning.key", key.toString()],
    ["card.key", `${randomBytes(32).toString("base64")}\n`],
    ...(brokerCa === null ? [] : ([["broker-ca.pem", await readFile(brokerCa, "utf8")]] as const)),
    // The last: with it the folder is whole.
    ["authority.json", `${JSON.stringify(parsed.data, null, 2)}\n`],
  ] as const)
    await writeAtomically(file(name), bytes);
}

/** @throws Fault `key-unusable` where the folder is not a whole authority. */
export async function openFolder(directory: string): Promise<AuthorityFolder> {
  const file = (name: string): string => join(directory, name);
  const text = (name: string): Promise<string> => readFile(file(name), "utf8");
  try {
    const key = createPrivateKey(await text("provisioning.key"));
    const { signer, jwk } = signerFrom(key);
    const ca = await text("ca.pem");
    return {
      ...{ directory, signer, jwk, file },
      about: about.parse(JSON.parse(await text("authority.json"))),
      authority: await openAuthority({ certificatePem: ca, keyPem: await text("ca.key") }),
      server: { certificatePem: await text("server.pem"), keyPem: await text("server.key") },
      roots: [ca, ...(existsSync(file("broker-ca.pem")) ? [await text("broker-ca.pem")] : [])],
    };
  } catch (cause) {
    const remedy = "Make one with `lintel ticket init`, or name the folder that it made.";
    throw new Fault("key-unusable", `${directory} is no authority's folder`, remedy, cause);
  }
}
