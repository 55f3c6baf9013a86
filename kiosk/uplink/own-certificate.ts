import { X509Certificate } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { type BrokerAct, brokerFault, hungUp } from "./mqtt-faults.ts";

/** Turns what went wrong with one broker into a Fault. */
export type Explain = (cause: unknown, act?: BrokerAct) => Fault;

export interface Introduction {
  /** Host and port: never a login. */
  readonly where: string;
  readonly clientId: string;
  /** PEM of the certificate that we showed. */
  readonly certificate: Uint8Array | null;
}

/**
 * Brokers say little of a certificate that they do not want: some hang up without a word, some call an expired one
 * "bad", some let it in and then forbid everything. What stands in it often says more. By our own clock and by our own
 * reading, so it only explains and never prevents.
 */
export function explainer({ where, clientId, certificate }: Introduction): Explain {
  return (cause, act) => {
    const fault = brokerFault(where, cause, act);
    const own = certificate === null ? null : readable(certificate);
    if (own === null || !isPerhapsOurs(fault, cause)) return fault;
    const until = own.validToDate;
    if (until.getTime() < Date.now()) {
      return new Fault(
        "certificate-expired",
        `This box's certificate was valid until ${until.toISOString().slice(0, 10)}, and ${where} does not take it`,
        "Renew the device's certificate and replace its file; punches are kept here meanwhile.",
        cause,
      );
    }
    const holder = /^CN=(k[0-9a-z]{20})$/m.exec(own.subject)?.[1];
    if (holder === undefined || holder === clientId || !/^k[0-9a-z]{20}$/.test(clientId)) return fault;
    return new Fault(
      "broker-refused",
      `This box's certificate is another clock's (${holder}, and this is ${clientId}), and ${where} does not take it`,
      "Put the certificate and the key that were issued for this clock where the uplink settings name them.",
      cause,
    );
  };
}

/** Refused, or hung up on; a name that nobody knows is nothing that a certificate explains. */
const isPerhapsOurs = ({ code }: Fault, cause: unknown): boolean =>
  code === "broker-refused" || cause === hungUp || (cause as NodeJS.ErrnoException | null)?.code === "ECONNRESET";

function readable(pem: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
