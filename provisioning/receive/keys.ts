import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { epoch, publicJwk, seq } from "../../kiosk/uplink/contract/members.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import { type KeyRegistry, openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { signerFrom } from "./signer.ts";

export interface ReceiptKey {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  /** It was not there before. */
  readonly isNew: boolean;
}

const remedy = "It has to be an Ed25519 private key in PEM (PKCS #8); without the file, one is made.";

/** The key that receipts are signed with: read from the file, or made there. @throws Fault `key-unusable`. */
export function openReceiptKey(file: string): ReceiptKey {
  const isNew = makeIfMissing(file);
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(file));
  } catch (cause) {
    throw new Fault("key-unusable", `${file} is no private key that can be read`, remedy, cause);
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new Fault("key-unusable", `${file} holds a key of the kind ${key.asymmetricKeyType}`, remedy);
  }
  return { ...signerFrom(key), isNew };
}

/** Two receivers may start together: one of them makes it. */
function makeIfMissing(file: string): boolean {
  try {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
    writeFileSync(file, pem, { mode: 0o600, flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw new Fault(
      "key-unusable",
      `${file} cannot be written`,
      "Name a file in a folder that this user may write.",
      cause,
    );
  }
}

const place = z.tuple([epoch, seq]);
const deviceLine = z.object({
  source: z.string().regex(/^urn:lintel:[a-z0-9-]{1,24}:[a-z0-9-]{1,24}:k[0-9a-z]{20}$/),
  jwk: publicJwk,
  from: place.optional(),
  /** The first place from which the key is no longer believed. */
  revoked: place.optional(),
});

/**
 * The clocks that may speak: one JSON object a line, `{"source": "urn:lintel:…", "jwk": {…}}`.
 *
 * @throws Fault `key-unusable` with the line.
 */
export function readDevices(file: string): { readonly keys: KeyRegistry; readonly count: number } {
  const keys = openKeyRegistry();
  return { keys, count: addDevices(file, keys) };
}

/**
 * Adds clocks that were set up since, whenever the file changed; who was in it stays known.
 *
 * @returns to be called now and then. It throws Fault `key-unusable` once for each version of the file that cannot be used.
 */
export function followDevices(file: string, keys: KeyRegistry): () => void {
  let seen = markOf(file);
  return () => {
    const now = markOf(file);
    if (now === seen) return;
    seen = now;
    addDevices(file, keys);
  };
}

const markOf = (file: string): string => {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: -1, ino: 0 };
  return `${mtimeMs} ${size} ${ino}`;
};

function addDevices(file: string, keys: KeyRegistry): number {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Fault("key-unusable", `${file} cannot be read`, "Name the file that lists the clocks' keys.", cause);
  }
  let count = 0;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const { source, jwk, from, revoked } = deviceLine.parse(JSON.parse(line));
      const { y, ...rest } = jwk;
      const { kid, key } = keyFromJwk(y === undefined ? rest : { ...rest, y });
      keys.add(identityOf(source), kid, key, from === undefined ? {} : { from: { epoch: from[0], seq: from[1] } });
      if (revoked !== undefined) keys.revoke(kid, { epoch: revoked[0], seq: revoked[1] });
      count += 1;
    } catch (cause) {
      const form = '{"source": "urn:lintel:TENANT:SITE:DEVICE", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "…"}}';
      throw new Fault("key-unusable", `${file} line ${at + 1} names no clock's key`, `One a line: ${form}`, cause);
    }
  }
  return count;
}
