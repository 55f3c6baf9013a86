import { Fault } from "../core/fault.ts";

/** What an MQTT broker, a socket or TLS says, in our words. `where` is host and port: never a login. */
export function brokerFault(where: string, cause: unknown): Fault {
  const reason = reasonOf(cause);
  const detail = `${where}: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (reason === takenOver) {
    return new Fault(
      "broker-taken-over",
      `Another client took this device's session at ${detail}`,
      "Two boxes use one identity: find the copy, switch it off and give it an identity of its own.",
      cause,
    );
  }
  if (typeof reason === "number" && refusals.has(reason)) {
    return new Fault(
      "broker-refused",
      `The broker refused us at ${detail}`,
      "Check the device's login or certificate and its rights on the broker.",
      cause,
    );
  }
  if (typeof reason === "string" && tlsTrouble.test(reason)) {
    return new Fault(
      "broker-refused",
      `No trusted connection with ${detail}`,
      "Check the CA, the certificate and the key in the uplink settings, and the box's clock.",
      cause,
    );
  }
  return new Fault(
    "broker-unreachable",
    `No MQTT connection with ${detail}`,
    "Check network and broker; punches are kept here and are sent by themselves once it is back.",
    cause,
  );
}

/** True where another try with MQTT 3.1.1 may succeed: refused by version, or hung up on before any answer. */
export const mayBeOldBroker = (cause: unknown): boolean => {
  const reason = reasonOf(cause);
  return reason === 0x84 || reason === 1 || cause === hungUp;
};

/** The broker closed the socket before it answered CONNECT. */
export const hungUp = new Error("connection closed before CONNACK");

const takenOver = 0x8e;

/** CONNACK codes of MQTT 3.1.1 (2, 4, 5) and reason codes of MQTT 5 that waiting alone will not cure. */
const refusals = new Set([1, 2, 4, 5, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x8f, 0x90, 0x95, 0x98, 0x99, 0x9a, 0x9b]);

const tlsTrouble = /^(ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

function reasonOf(cause: unknown): number | string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  const { code, reasonCode } = cause as { readonly code?: unknown; readonly reasonCode?: unknown };
  const reason = reasonCode ?? code;
  return typeof reason === "number" || typeof reason === "string" ? reason : undefined;
}
