import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scrypt,
  sign,
} from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../kiosk/core/fault.ts";
import { isOperatorId, type OperatorId } from "../kiosk/core/roles.ts";

/**
 * An operator's key file: an Ed25519 key sealed by a passphrase (scrypt, AES-256-GCM). It never leaves the operator: a
 * clock knows the public half and asks for a signature, so nothing that lies on a clock, or went over its socket, lets
 * anybody act in their name.
 */
export interface OperatorKey {
  readonly operator: OperatorId | null;
  readonly x: string;
  readonly sign: (text: string) => string;
}

const passphraseMin = 10;
/** About a quarter of a second on a technician's laptop, and 128 MiB for each guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

const fileShape = z.strictObject({
  v: z.literal(1),
  operator: z.custom<OperatorId>((value) => typeof value === "string" && isOperatorId(value)).nullable(),
  x: z.string(),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z.literal(cost.N),
    r: z.literal(cost.r),
    p: z.literal(cost.p),
    salt: z.string(),
  }),
  iv: z.string(),
  tag: z.string(),
  sealed: z.string(),
});
type KeyFile = z.infer<typeof fileShape>;

/** @throws Fault `key-unusable` for a short passphrase. */
export async function newOperatorKey(
  passphrase: string,
): Promise<{ readonly key: OperatorKey; readonly file: KeyFile }> {
  if (passphrase.length < passphraseMin) {
    const remedy = "Several words that do not belong together are easy to keep in mind.";
    throw unusable(`a passphrase has ${passphraseMin} characters at least`, remedy);
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "" } = privateKey.export({ format: "jwk" });
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await derived(passphrase, salt), iv).setAAD(Buffer.from(x));
  const plain = privateKey.export({ format: "der", type: "pkcs8" });
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  const kdf = { name: "scrypt" as const, n: cost.N, r: cost.r, p: cost.p, salt: salt.toString("base64url") };
  const parts = { iv: text(iv), tag: text(cipher.getAuthTag()), sealed: text(sealed) };
  return { key: keyOf(privateKey, null, x), file: { v: 1, operator: null, x, kdf, ...parts } };
}

/**
 * @param operator null before a clock knows the key: the file must not be there yet, so that nothing is lost afterwards.
 * @throws Fault `key-unusable` where it cannot be written.
 */
export async function writeOperatorKey(path: string, file: KeyFile, operator: OperatorId | null): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify({ ...file, operator }, null, 2)}\n`, {
      mode: 0o600,
      flag: operator === null ? "wx" : "w",
    });
  } catch (cause) {
    throw unusable(`${path} cannot be written`, "Name a new file in a folder of yours.", cause);
  }
}

/** @throws Fault `key-unusable`, for a wrong passphrase too. */
export async function openOperatorKey(path: string, passphrase: string): Promise<OperatorKey> {
  const found = await read(path);
  try {
    const key = await derived(passphrase, bytes(found.kdf.salt));
    const decipher = createDecipheriv("aes-256-gcm", key, bytes(found.iv), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(found.x)).setAuthTag(bytes(found.tag));
    const der = Buffer.concat([decipher.update(bytes(found.sealed)), decipher.final()]);
    return keyOf(createPrivateKey({ key: der, format: "der", type: "pkcs8" }), found.operator, found.x);
  } catch (cause) {
    throw unusable("the passphrase does not open this key", "Type it again; nobody can recover it.", cause);
  }
}

async function read(path: string): Promise<KeyFile> {
  try {
    return fileShape.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw unusable(`${path} is no operator's key`, "Name the file that `lintel operator enrol` made.", cause);
  }
}

const keyOf = (key: KeyObject, operator: OperatorId | null, x: string): OperatorKey => ({
  ...{ operator, x },
  sign: (said) => sign(null, Buffer.from(said), key).toString("base64url"),
});

const derived = (passphrase: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, 32, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

const text = (raw: Uint8Array): string => Buffer.from(raw).toString("base64url");
const bytes = (encoded: string): Buffer => Buffer.from(encoded, "base64url");

const unusable = (message: string, remedy: string, cause?: unknown): Fault =>
  new Fault("key-unusable", message, remedy, cause);
