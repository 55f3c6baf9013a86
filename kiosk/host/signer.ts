import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import { kidOf } from "../core/kid.ts";

/** The clock's own identity: the key its records are signed with, and its name. */
export interface DeviceSigner extends Signer {
  /** `k` and 20 random characters; made once, and stays when the software is replaced. */
  readonly device: string;
  readonly publicJwk: { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };
  /** True until `markUsed`: no journal was ever written under this identity, so a missing one is no loss. */
  readonly fresh: boolean;
  /** To be called once the journal is open. */
  readonly markUsed: () => Promise<void>;
}

const keyName = "device.key.jwk";
const identityName = "identity.json";
const unusedName = "unused";

/**
 * Opens the identity in `directory`, or makes one on the very first start. The private key never leaves this file and
 * this function.
 *
 * @throws Fault `state-unwritable` where the folder or the key cannot be read or written.
 */
export async function openSigner(directory: string): Promise<DeviceSigner> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const key = await readIfThere(join(directory, keyName));
    if (key === null) {
      // Before the key: a crash in between must not make a used identity of one that never signed.
      await writeOnce(directory, unusedName, "no journal was written under this key yet\n");
      await writeOnce(directory, keyName, newKey());
    }
    if ((await readIfThere(join(directory, identityName))) === null) {
      await writeOnce(directory, identityName, JSON.stringify({ device: newDeviceId() }));
    }
    return await signerIn(directory);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      "state-unwritable",
      `the clock's identity in ${directory} cannot be opened`,
      "Make the folder and its files belong to the clock's user; if the key file is damaged, move the folder aside and provision again.",
      cause,
    );
  }
}

async function signerIn(directory: string): Promise<DeviceSigner> {
  const jwk = JSON.parse(await readFile(join(directory, keyName), "utf8"));
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  if (privateKey.asymmetricKeyType !== "ed25519") throw new RangeError("the record key is an Ed25519 key");
  const publicKey = createPublicKey(privateKey);
  const { x = "" } = publicKey.export({ format: "jwk" });
  const publicJwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const { device } = JSON.parse(await readFile(join(directory, identityName), "utf8")) as { device: unknown };
  if (typeof device !== "string" || !/^k[0-9a-z]{20}$/.test(device))
    throw new RangeError("identity.json has no device id");
  return {
    kid: kidOf(publicJwk),
    alg: "EdDSA",
    publicKey,
    publicJwk,
    device,
    fresh: (await readIfThere(join(directory, unusedName))) !== null,
    sign: (signingInput) => sign(null, Buffer.from(signingInput, "ascii"), privateKey),
    markUsed: async () => {
      await rm(join(directory, unusedName), { force: true });
      await syncFolder(directory);
    },
  };
}

const newKey = (): string => JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));

const crockford = "0123456789abcdefghjkmnpqrstvwxyz";

/** 100 random bits in Crockford's base32: no i, l, o, u to misread on a label. */
function newDeviceId(): string {
  const characters = [...randomBytes(20)].map((byte) => crockford.charAt(byte % 32));
  return `k${characters.join("")}`;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Readable by the owner alone, whole or not there at all, also after a power cut. Linked rather than renamed into place:
 * of two processes that start for the first time at once, the second takes what the first made.
 */
async function writeOnce(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `${name}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    {
      await using file = await open(temporary, "wx", 0o600);
      await file.writeFile(text);
      await file.sync();
    }
    await link(temporary, join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(directory);
}

async function syncFolder(directory: string): Promise<void> {
  await using folder = await open(directory, "r");
  await folder.sync();
}
