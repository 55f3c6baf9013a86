import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Config } from "./config.ts";
import { Fault } from "./core/fault.ts";
import { kidOf, type PublicJwk } from "./core/kid.ts";
import { type CloudKey, keyFromJwk } from "./uplink/contract/keys.ts";
import { cloudRoles } from "./uplink/contract/orders.ts";
import type { Receiver } from "./uplink/uplink.ts";

/** Who is believed, and for what. */
export interface CloudTrust {
  /** Every key of the cloud, each with one role. */
  readonly keys: readonly CloudKey[];
  /** Whom the screen speaks of; null where no key of the role `ack` is known. */
  readonly receiver: Receiver | null;
  /** Others that must have every record as well, each with a cursor of its own. */
  readonly alsoReceivers: readonly Receiver[];
  /** Names of those whose receipts a record needs before it may be forgotten. */
  readonly required: readonly string[];
}

const entry = z.looseObject({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string().optional(),
  kid: z.string().optional(),
  role: z.string(),
  name: z.string().regex(/^[a-z0-9-]{1,24}$/),
  required: z.boolean().optional(),
});
const jwks = z.looseObject({ keys: z.array(z.unknown()).max(64) });

type Trusting = Pick<Config, "tenant" | "receiver" | "receiverKey" | "cloudKeys">;

/**
 * Reads the keys that the settings name: the JWKS file, and the one receiver of the simple form.
 *
 * @throws Fault `config-invalid` naming the file, the key by its number, and what is wrong with it.
 */
export async function readCloudKeys(config: Trusting): Promise<CloudTrust> {
  const simple = config.receiverKey === undefined ? [] : [await simpleReceiver(config, config.receiverKey)];
  const listed = config.cloudKeys === undefined ? [] : await listedKeys(config.tenant, config.cloudKeys);
  const all = [...simple];
  for (const one of listed) {
    // Both forms may name the same receiver.
    const twin = all.find(({ cloud }) => cloud.kid === one.cloud.kid);
    if (twin?.cloud.role === one.cloud.role && twin.receiver?.name === one.receiver?.name) continue;
    if (twin !== undefined) throw wrong(`key ${one.cloud.kid} is there twice`, "A key has one role and one name.");
    all.push(one);
  }
  const receivers = all.filter(({ receiver }) => receiver !== null);
  const names = receivers.map(({ receiver }) => receiver?.name ?? "");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw wrong(`two receivers are named ${twice}`, "Give each a name of its own: receipts are counted by name.");
  }
  const required = receivers.filter((one) => one.isRequired).map(({ receiver }) => receiver?.name ?? "");
  if (names.length > 0 && required.length === 0) {
    throw wrong(
      "no receiver is required",
      "Leave out `required` of at least one: what nobody needs would never be safe.",
    );
  }
  const first = names.includes(config.receiver) ? config.receiver : required[0];
  const byName = (isFirst: boolean): Receiver[] =>
    receivers.flatMap(({ receiver }) => (receiver !== null && (receiver.name === first) === isFirst ? [receiver] : []));
  return {
    keys: all.map(({ cloud }) => cloud),
    receiver: byName(true)[0] ?? null,
    alsoReceivers: byName(false),
    required,
  };
}

interface Trusted {
  readonly cloud: CloudKey;
  /** Null where the role is not `ack`. */
  readonly receiver: Receiver | null;
  readonly isRequired: boolean;
}

async function simpleReceiver({ tenant, receiver }: Trusting, path: string): Promise<Trusted> {
  const jwk = await parsedFile(path, "receiverKey");
  return trusted({ ...asObject(jwk), role: "ack", name: receiver }, tenant, `receiverKey: ${path}`);
}

async function listedKeys(tenant: string, path: string): Promise<readonly Trusted[]> {
  const file = jwks.safeParse(await parsedFile(path, "cloudKeys"));
  if (!file.success) throw wrong(`${path} is no JWKS`, 'The file is {"keys": [...]} with at most 64 keys.');
  return file.data.keys.map((key, index) => trusted(key, tenant, `${path}, key ${index + 1}`));
}

function trusted(value: unknown, tenant: string, where: string): Trusted {
  if ("d" in asObject(value)) {
    throw wrong(`${where}: this is a private key`, "Make a new pair and put only its public half on the clock.");
  }
  const found = entry.safeParse(value);
  if (!found.success) {
    const member = String(found.error.issues[0]?.path[0] ?? "it");
    throw wrong(`${where}: \`${member}\` is missing or wrong`, "Each key is a public JWK with `role` and `name`.");
  }
  const { kty, crv, x, y, kid, role, name, required } = found.data;
  if (!cloudRoles.includes(role)) {
    throw wrong(`${where}: there is no role "${role}"`, `A role is one of ${cloudRoles.join(", ")}.`);
  }
  if (required !== undefined && role !== "ack") {
    throw wrong(`${where}: only a receiver can be required`, "Leave `required` out where the role is not ack.");
  }
  const jwk: PublicJwk = { kty, crv, x, ...(y !== undefined && { y }) };
  const cloud = { ...usable(jwk, where), role, source: `urn:lintel:${tenant}:cloud:${name}` };
  if (kid !== undefined && kid !== cloud.kid && !kidIsThumbprint(kid, jwk)) {
    throw wrong(
      `${where}: its \`kid\` is not its thumbprint`,
      "Leave `kid` out, or write the first 16 characters of RFC 7638.",
    );
  }
  return { cloud, receiver: role === "ack" ? { name, jwk } : null, isRequired: role === "ack" && (required ?? true) };
}

function usable(jwk: PublicJwk, where: string): ReturnType<typeof keyFromJwk> {
  try {
    return keyFromJwk(jwk);
  } catch (cause) {
    const remedy = "Keys are Ed25519 or P-256, as their owner's key store exports the public half.";
    throw wrong(`${where}: this key cannot be used`, remedy, cause);
  }
}

/** Some tools write the whole thumbprint. */
const kidIsThumbprint = (kid: string, jwk: PublicJwk): boolean => kid.length === 43 && kid.startsWith(kidOf(jwk));

const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

async function parsedFile(path: string, setting: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw wrong(
      `${setting}: ${path} cannot be read as JSON`,
      `Name the file with --${setting === "cloudKeys" ? "cloud-keys" : "receiver-key"}.`,
      cause,
    );
  }
}

const wrong = (message: string, remedy: string, cause?: unknown): Fault =>
  new Fault("config-invalid", message, remedy, cause);
