import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type webcrypto } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, renameSync } from "node:fs";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import { kidOf, type PublicJwk } from "../core/kid.ts";
import type { KeyRing } from "../core/ports/journal.ts";

/** The clock's own identity: its name, and the keys that its records are signed with. */
export interface DeviceSigner extends KeyRing {
  /** `k` and 20 random characters; made once, and stays when the software is replaced. */
  readonly device: string;
  /** Of the key that signs now. */
  readonly publicJwk: PublicJwk;
  /** True until `markUsed`: no journal was ever written under this identity, so a missing one is no loss. */
  readonly fresh: boolean;
  /** To be called once the journal is open. */
  readonly markUsed: () => Promise<void>;
}

const keyName = "device.key.jwk";
/** The key that shall follow. */
const nextName = "device.next.jwk";
const formerPattern = /^device\.former\.([A-Za-z0-9_-]{16})\.jwk$/;
const identityName = "identity.json";
const unusedName = "unused";

/**
 * Opens the identity in `directory`, or makes one on the very first start. The private keys never leave these files and
 * this module. `kid`, `publicKey` and `sign` are always those of the key that signs now: nobody holds a stale one.
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
    return await ringIn(directory);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

const unwritable = (directory: string, cause: unknown): unknown =>
  cause instanceof Fault
    ? cause
    : new Fault(
        "state-unwritable",
        `the clock's identity in ${directory} cannot be opened`,
        "Make the folder and its files belong to the clock's user; if the key file is damaged, move the folder aside and provision again.",
        cause,
      );

async function ringIn(directory: string): Promise<DeviceSigner> {
  const { device } = JSON.parse(await readFile(join(directory, identityName), "utf8")) as { device: unknown };
  if (typeof device !== "string" || !/^k[0-9a-z]{20}$/.test(device))
    throw new RangeError("identity.json has no device id");
  let current = keyIn(await readFile(join(directory, keyName), "utf8"));
  const nextText = await readIfThere(join(directory, nextName));
  let next = nextText === null ? null : keyIn(nextText);
  const fresh = (await readIfThere(join(directory, unusedName))) !== null;
  const formerKids = (): readonly string[] =>
    readdirSync(directory).flatMap((name) => formerPattern.exec(name)?.[1] ?? []);
  // A change of keys that was cut short before the new one took the old one's place.
  await rm(join(directory, formerName(current.kid)), { force: true });

  /** Kid of the key whose place on the disk the current one has yet to take. */
  let replaced: string | null = null;
  const settle = (): void => {
    if (replaced === null) return;
    try {
      linkSync(join(directory, keyName), join(directory, formerName(replaced)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    syncFolder(directory);
    renameSync(join(directory, nextName), join(directory, keyName));
    replaced = null;
    syncFolder(directory);
  };
  const onDisk = async (work: () => Promise<void>): Promise<void> => {
    try {
      settle();
      await work();
    } catch (cause) {
      throw unwritable(directory, cause);
    }
  };
  return {
    alg: "EdDSA",
    device,
    fresh,
    get kid() {
      return current.kid;
    },
    get publicKey() {
      return current.publicKey;
    },
    get publicJwk() {
      return current.publicJwk;
    },
    sign: (signingInput) => current.sign(signingInput),
    held: (kid) => [current, next].find((key) => key?.kid === kid) ?? undefined,
    prepare: async (cause) => {
      await onDisk(async () => {
        if (next?.cause === cause) return;
        const text = next === null ? newKey(cause) : JSON.stringify({ ...next.privateJwk(), cause });
        await writeAnew(directory, nextName, text);
        next = keyIn(text);
      });
      if (next === null) throw new RangeError("a key stands ready now");
      return next;
    },
    cause: () => current.cause,
    adopt: (kid) => {
      if (kid === current.kid) return;
      if (next?.kid !== kid) throw new RangeError("only the key that stands ready can follow");
      replaced = current.kid;
      current = next;
      next = null;
      try {
        settle();
      } catch {
        // The journal names it already: the next opening finds it there, and every later call here tries again.
      }
    },
    former: () => formerKids().filter((kid) => kid !== replaced),
    destroy: (kid) =>
      onDisk(async () => {
        if (kid === current.kid || kid === next?.kid) throw new RangeError("this key is in use");
        await overwrite(join(directory, formerName(kid)));
        syncFolder(directory);
      }),
    markUsed: async () => {
      await rm(join(directory, unusedName), { force: true });
      syncFolder(directory);
    },
  };
}

const formerName = (kid: string): string => `device.former.${kid}.jwk`;

interface OwnKey extends Signer {
  readonly publicJwk: PublicJwk;
  readonly cause: string | null;
  readonly privateJwk: () => webcrypto.JsonWebKey;
}

function keyIn(text: string): OwnKey {
  const { cause, ...jwk } = JSON.parse(text) as webcrypto.JsonWebKey & { readonly cause?: unknown };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  if (privateKey.asymmetricKeyType !== "ed25519") throw new RangeError("the record key is an Ed25519 key");
  const publicKey = createPublicKey(privateKey);
  const { x = "" } = publicKey.export({ format: "jwk" });
  const publicJwk: PublicJwk = { kty: "OKP", crv: "Ed25519", x };
  return {
    kid: kidOf(publicJwk),
    alg: "EdDSA",
    publicKey,
    publicJwk,
    cause: typeof cause === "string" ? cause : null,
    sign: (signingInput) => sign(null, Buffer.from(signingInput, "ascii"), privateKey),
    privateJwk: () => privateKey.export({ format: "jwk" }),
  };
}

const newKey = (cause?: string): string =>
  JSON.stringify({ ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), cause });

/** Overwritten before it is unlinked: the best a file system lets us do. */
async function overwrite(path: string): Promise<void> {
  try {
    await using file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size), 0, size, 0);
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(path);
}

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

/** Readable by the owner alone, whole or not there at all, also after a power cut. */
async function written(directory: string, name: string, text: string, place: typeof link): Promise<void> {
  const temporary = join(directory, `${name}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    {
      await using file = await open(temporary, "wx", 0o600);
      await file.writeFile(text);
      await file.sync();
    }
    await place(temporary, join(directory, name));
  } finally {
    await rm(temporary, { force: true });
    syncFolder(directory);
  }
}

const writeAnew = (directory: string, name: string, text: string): Promise<void> =>
  written(directory, name, text, rename);

/** Linked rather than renamed: of two processes that start for the first time at once, the second takes what the first made. */
async function writeOnce(directory: string, name: string, text: string): Promise<void> {
  try {
    await written(directory, name, text, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function syncFolder(directory: string): void {
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
