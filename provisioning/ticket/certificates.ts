import "reflect-metadata";
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** Certificates and requests for them: P-256 throughout, through @peculiar/x509 over Node's own WebCrypto. */

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

export interface Certified {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

const newSerial = (): string => `00${randomBytes(15).toString("hex")}`;

const newPair = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const keyPemOf = async (key: webcrypto.CryptoKey): Promise<string> =>
  createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)),
    ...{ format: "der", type: "pkcs8" },
  } as const)
    .export({ format: "pem", type: "pkcs8" })
    .toString();

const signingKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    "pkcs8",
    createPrivateKey(pem).export({ format: "der", type: "pkcs8" }),
    algorithm,
    false,
    ["sign"],
  );

export const openAuthority = async ({ certificatePem, keyPem }: Certified): Promise<Authority> => ({
  certificate: new x509.X509Certificate(certificatePem),
  key: await signingKey(keyPem),
});

/** A root that signs leaves and nothing else. */
export async function makeAuthority(name: string, nowMs: number): Promise<Certified> {
  const keys = await newPair();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ serialNumber: newSerial(), name: `CN=${name}`, keys, signingAlgorithm: algorithm },
    ...{ notBefore: new Date(nowMs - dayMs), notAfter: new Date(nowMs + 3_650 * dayMs) },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString("pem"), keyPem: await keyPemOf(keys.privateKey) };
}

export interface LeafWish {
  readonly commonName: string;
  /** Names and addresses of a server; empty: a client's certificate. */
  readonly hosts: readonly string[];
  readonly days: number;
  readonly nowMs: number;
}

/** A certificate and its key, for a server or a receiver of a demo. */
export async function makeLeaf(by: Authority, wish: LeafWish): Promise<Certified> {
  const keys = await newPair();
  const certificate = await signLeaf(by, keys.publicKey, wish);
  return { certificatePem: certificate.toString("pem"), keyPem: await keyPemOf(keys.privateKey) };
}

export async function signLeaf(
  by: Authority,
  publicKey: webcrypto.CryptoKey,
  { commonName, hosts, days, nowMs }: LeafWish,
): Promise<x509.X509Certificate> {
  const isServer = hosts.length > 0;
  const names = hosts.map((host) => ({
    type: /^[\d.]+$|:/.test(host) ? ("ip" as const) : ("dns" as const),
    value: host,
  }));
  return x509.X509CertificateGenerator.create({
    ...{ serialNumber: newSerial(), subject: `CN=${commonName}`, issuer: by.certificate.subject },
    ...{ publicKey, signingKey: by.key, signingAlgorithm: algorithm },
    // A clock that is some minutes behind takes it all the same.
    ...{ notBefore: new Date(nowMs - 3_600_000), notAfter: new Date(nowMs + days * dayMs) },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        isServer ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(by.certificate, false),
      ...(isServer ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
}

export interface RequestedKey {
  readonly commonName: string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly spki: Uint8Array;
}

/** PKCS #10. @returns null where it is none, or whoever made it has not got the P-256 key that it names. */
export async function readRequest(der: Uint8Array): Promise<RequestedKey | null> {
  try {
    const request = new x509.Pkcs10CertificateRequest(Uint8Array.from(der));
    const [commonName = ""] = request.subjectName.getField("CN");
    const publicKey = await webcrypto.subtle.importKey("spki", request.publicKey.rawData, algorithm, true, ["verify"]);
    if (!(await request.verify())) return null;
    return { commonName, publicKey, spki: new Uint8Array(request.publicKey.rawData) };
  } catch {
    return null;
  }
}

/** A request in the name of `commonName`, PKCS #10, DER. @param keyPem of a P-256 key. */
export async function makeRequest(commonName: string, keyPem: string): Promise<Uint8Array> {
  const spki = createPublicKey(keyPem).export({ format: "der", type: "spki" });
  const publicKey = await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  const keys = { publicKey, privateKey: await signingKey(keyPem) };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    ...{ name: `CN=${commonName}`, keys, signingAlgorithm: algorithm },
  });
  return new Uint8Array(request.rawData);
}

/** Certificates alone in a PKCS #7, as EST answers (RFC 7030, 4.2.3): DER. */
export const packCertificates = (certificates: readonly x509.X509Certificate[]): Uint8Array =>
  new Uint8Array(new x509.X509Certificates([...certificates]).export("raw"));

/** @returns them as DER, in their order; null where it is no such thing. */
export function unpackCertificates(der: Uint8Array): readonly Uint8Array[] | null {
  try {
    return [...new x509.X509Certificates(Uint8Array.from(der))].map(({ rawData }) => new Uint8Array(rawData));
  } catch {
    return null;
  }
}

export const derOf = (pem: string): Uint8Array => new Uint8Array(new x509.X509Certificate(pem).rawData);

export const pemOf = (der: Uint8Array): string => new x509.X509Certificate(Uint8Array.from(der)).toString("pem");

/** SHA-256 of a key's SPKI, base64url. */
export const pinOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("base64url");

/** @param text DER, base64url. */
export const readCertificate = (text: string): x509.X509Certificate =>
  new x509.X509Certificate(Uint8Array.from(Buffer.from(text, "base64url")));
