import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Fault } from "../../kiosk/core/fault.ts";
import type { KeychangeData } from "../../kiosk/core/record.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { lineage } from "../../kiosk/store/rescue.ts";
import { makeRequest, pemOf, unpackCertificates } from "../ticket/certificates.ts";
import { makeStatement } from "../ticket/statement.ts";
import { enrolAt } from "./client.ts";
import type { Context } from "./context.ts";
import { authorityFile, authorityText, identityOf } from "./steps/certificate.ts";

/**
 * A new certificate for the same key once two thirds of the old one's life are over, asked for in the name of the record key:
 * so it is given also where the old one has ended. Where that key was changed since, at once: as long as the authority has
 * not seen the new one, whoever got hold of the old one could ask in its name. The uplink reads the file anew with every connection.
 *
 * @returns what was done, in one sentence.
 * @throws Fault `authority-unreachable`, `authority-refused`, `clock-wrong`; the old certificate stays then.
 */
export async function renew(context: Context): Promise<string> {
  const { places, clock } = context;
  const now = new X509Certificate(await readFile(places.certificate).catch(missing));
  const [fromMs, toMs] = [now.validFromDate.getTime(), now.validToDate.getTime()];
  const dueMs = fromMs + ((toMs - fromMs) * 2) / 3;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const { est, told } = authorityFile.parse(JSON.parse(await readFile(places.authority, "utf8").catch(missing)));
  const succession = lineage(places.state);
  const newest = succession.at(-1);
  const isNews = newest !== undefined && heirIn(newest) !== told;
  if (clock.now().utcMs < dueMs && !isNews)
    return `The certificate is good until ${day(toMs)}; it is renewed from ${day(dueMs)} on.`;
  const { signer, device, jwk } = await identityOf(context);
  const tlsKey = await readFile(places.tlsKey, "utf8");
  const csr = await makeRequest(device, tlsKey);
  const statement = makeStatement({ device, signer, jwk, csr, ticket: null });
  const pkcs7 = await enrolAt(est, [await readFile(places.roots, "utf8")], {
    ...{ ticket: null, csr, statement, succession },
  });
  const roots = (await readFile(places.roots, "utf8"))
    .split(/(?<=-----END CERTIFICATE-----)\s*/)
    .filter((pem) => pem.trim());
  const own = (unpackCertificates(pkcs7) ?? [])
    .map((der) => new X509Certificate(der))
    .find((one) => one.subject === `CN=${device}` && one.checkPrivateKey(createPrivateKey(tlsKey)));
  const isGenuine = own !== undefined && roots.some((pem) => own.verify(new X509Certificate(pem).publicKey));
  if (!isGenuine) {
    const remedy = "Tell whoever runs the authority; the old certificate is kept.";
    throw new Fault("authority-refused", "what the authority sent is no certificate for this clock", remedy);
  }
  await context.write(places.certificate, pemOf(new Uint8Array(own.raw)), true);
  await context.write(places.authority, authorityText({ est, told: signer.kid }));
  return `The certificate was renewed; it is good until ${day(own.validToDate.getTime())}.`;
}

const heirIn = (change: string): string => (eventOf(change).data as KeychangeData).new.kid;

const missing = (cause: unknown): never => {
  const remedy = "Set it up with a ticket first: sudo lintel provision.";
  throw new Fault("ticket-missing", "this clock has no certificate that could be renewed", remedy, cause);
};
