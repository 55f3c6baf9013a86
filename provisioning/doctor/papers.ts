import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Fault } from "../../kiosk/core/fault.ts";
import { bad, type Finding, good, weak, wrong } from "./finding.ts";

/** The files that the uplink's settings name. All dates are held against this machine's clock. */
export interface Papers {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

const dayMs = 86_400_000;
/** Long enough for somebody to notice, order and bring a new one. */
const soonDays = 30;

/** @param device whose the certificate has to be; null where this clock has no identity yet. */
export function examinePapers({ caFile, certFile, keyFile }: Papers, device: string | null, nowMs: number): Finding[] {
  const findings: Finding[] = [];
  if (caFile !== undefined) findings.push(examineCertificate("authority", caFile, nowMs));
  if (certFile === undefined) return findings;
  const own = examineCertificate("certificate", certFile, nowMs);
  findings.push(own);
  if (own.is === "wrong") return findings;
  const certificate = new X509Certificate(readFileSync(certFile));
  const holder = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  if (device !== null && holder !== undefined && /^k[0-9a-z]{20}$/.test(holder) && holder !== device) {
    const remedy = "Put the certificate and key that were issued for this clock in their place.";
    findings.push(
      wrong("certificate", new Fault("broker-refused", `It is made out to ${holder}, and this is ${device}`, remedy)),
    );
    return findings;
  }
  if (keyFile === undefined) {
    const remedy = "Name the private key of the certificate with --broker-key.";
    findings.push(wrong("key", new Fault("config-invalid", "brokerKey: a certificate needs its key", remedy)));
  } else findings.push(examineKey(keyFile, certificate));
  return [...findings, ...examineChain(certFile)];
}

function examineCertificate(about: string, file: string, nowMs: number): Finding {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(file));
  } catch (cause) {
    const remedy = "Name a readable PEM file of a certificate.";
    return wrong(about, new Fault("config-invalid", `${file} cannot be read as a certificate`, remedy, cause));
  }
  const { validFromDate, validToDate } = certificate;
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  if (validFromDate.getTime() > nowMs) {
    return bad("clock-wrong", `${file} is valid from ${day(validFromDate)}, and here it is earlier`, about);
  }
  const days = Math.floor((validToDate.getTime() - nowMs) / dayMs);
  if (days < 0) {
    return bad("certificate-expired", `${file} was valid until ${day(validToDate)}`, about);
  }
  const sentence = `${file} is valid until ${day(validToDate)}`;
  return days > soonDays ? good(about, sentence) : weak("certificate-soon", `${sentence}: ${days} days more`, about);
}

function examineKey(file: string, certificate: X509Certificate): Finding {
  try {
    if (certificate.checkPrivateKey(createPrivateKey(readFileSync(file))))
      return good("key", `${file} is the certificate's`);
  } catch (cause) {
    const remedy = "Name a readable PEM file of the private key, and make it belong to the clock's user.";
    return wrong("key", new Fault("config-invalid", `${file} cannot be read as a private key`, remedy, cause));
  }
  const remedy = "Certificate and key come in pairs: put both files of one pair in their places.";
  return wrong("key", new Fault("config-invalid", `${file} belongs to another certificate`, remedy));
}

/** Nothing where the file holds one certificate alone: whether the broker knows who signed it, the broker says. */
function examineChain(file: string): readonly Finding[] {
  const blocks = readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((block) => new X509Certificate(block));
  if (chain.length < 2) return [];
  const broken = chain.findIndex((certificate, at) => {
    const next = chain[at + 1];
    return next !== undefined && !(certificate.checkIssued(next) && certificate.verify(next.publicKey));
  });
  if (broken < 0) return [good("chain", `${chain.length} certificates in ${file}, each signed by the next`)];
  return [bad("certificate-chain", `in ${file}, number ${broken + 1} was not signed by number ${broken + 2}`, "chain")];
}
