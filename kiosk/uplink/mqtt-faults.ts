import { Fault, type FaultCode } from "../core/fault.ts";

/** What we were doing when it happened. */
export type BrokerAct = "connect" | "subscribe" | "publish";

/** What an MQTT broker, a socket or TLS says, in our words. `where` is host and port: never a login. */
export function brokerFault(where: string, cause: unknown, act: BrokerAct = "connect"): Fault {
  const reason = reasonOf(cause);
  const detail = `${where}: ${wordsOf(cause)}`;
  const fault = (code: FaultCode, message: string, remedy: string) => new Fault(code, message, remedy, cause);
  if (reason === takenOver) {
    return fault(
      "broker-taken-over",
      `Another client took this device's session at ${detail}`,
      "Two boxes use one identity: find the copy, switch it off and give it an identity of its own.",
    );
  }
  if (typeof reason === "number" && refusals.has(reason)) {
    const { message, remedy } = refused[act];
    return fault("broker-refused", `${message} at ${detail}`, remedy);
  }
  const known = typeof reason === "string" ? tlsTroubles.find(({ says }) => says.test(reason)) : undefined;
  if (known !== undefined) return fault(known.code, `${known.message} (${detail})`, known.remedy);
  if (reason === "ENOTFOUND" || reason === "EAI_AGAIN") {
    return fault(
      "broker-unreachable",
      `Nobody knows the broker's name at ${detail}`,
      "Check the broker's address in the uplink settings and this network's DNS; punches are kept here meanwhile.",
    );
  }
  if (act === "connect") {
    return fault(
      "broker-unreachable",
      `No MQTT connection with ${detail}`,
      "Check network and broker; punches are kept here and are sent by themselves once it is back.",
    );
  }
  return fault(
    "broker-unreachable",
    `The connection was lost when we wanted to ${act} at ${detail}`,
    "If it happens every time, look at the broker's access list: some brokers hang up instead of saying no. Punches are kept here.",
  );
}

/** OpenSSL speaks of threads, files and lines; Node keeps what it means beside it. */
function wordsOf(cause: unknown): string {
  const { reason, message } = (cause ?? {}) as { readonly reason?: unknown; readonly message?: unknown };
  if (typeof reason === "string" && reason !== "") return reason;
  return typeof message === "string" ? message : String(cause);
}

const refused: Readonly<Record<BrokerAct, { readonly message: string; readonly remedy: string }>> = {
  connect: {
    message: "The broker refused us",
    remedy: "Check the device's login or certificate and its rights on the broker.",
  },
  subscribe: {
    message: "The broker's access list (ACL) does not let us listen on our own topics",
    remedy: "Allow this device to read its own dn/# and its site's all/dn/# on the broker; docs/uplink.md shows how.",
  },
  publish: {
    message: "The broker's access list (ACL) does not let us publish on our own topics",
    remedy: "Allow this device to write its own up/# on the broker; punches are kept here and follow by themselves.",
  },
};

/** What OpenSSL and Node say about certificates; the first that fits. */
const tlsTroubles: readonly {
  readonly says: RegExp;
  readonly code: FaultCode;
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    says: /^CERT_NOT_YET_VALID$/,
    code: "clock-wrong",
    message: "By this box's clock the broker's certificate is not valid yet, so the clock is behind",
    remedy: "Set this box's clock (NTP, or its battery); punches go on and are corrected later.",
  },
  {
    says: /^CERT_HAS_EXPIRED$/,
    code: "certificate-expired",
    message: "By this box's clock the broker's certificate has expired",
    remedy: "Renew the certificate on the broker; if it is still good, set this box's clock.",
  },
  {
    says: /ALERT_CERTIFICATE_EXPIRED$/,
    code: "certificate-expired",
    message: "The broker says that this box's certificate has expired",
    remedy: "Renew the device's certificate and replace its file; punches are kept here meanwhile.",
  },
  {
    says: /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/,
    code: "broker-refused",
    message: "Whoever answers has another name in its certificate: this is not our broker",
    remedy: "Check the broker's address in the uplink settings, and the certificate of the broker.",
  },
  {
    says: /^(ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/,
    code: "broker-refused",
    message: "No trusted connection",
    remedy: "Check the CA, the certificate and the key in the uplink settings, and the box's clock.",
  },
];

/** What may be wrong with one message, on a connection that stays. */
export type Refusal = "slower" | "too-large" | "not-allowed" | "other";

/** What a PUBACK of MQTT 5 says; undefined where no broker said anything. */
export function refusalOf(cause: unknown): Refusal | undefined {
  const reason = reasonOf(cause);
  if (typeof reason !== "number" || reason < 0x80) return undefined;
  if (reason === 0x96 || reason === 0x97) return "slower";
  if (reason === 0x95) return "too-large";
  return reason === 0x87 ? "not-allowed" : "other";
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

function reasonOf(cause: unknown): number | string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  const { code, reasonCode } = cause as { readonly code?: unknown; readonly reasonCode?: unknown };
  const reason = reasonCode ?? code;
  return typeof reason === "number" || typeof reason === "string" ? reason : undefined;
}
