import { X509Certificate } from "node:crypto";
import { type RequestOptions, request } from "node:https";
import type { TLSSocket } from "node:tls";
import { z } from "zod";
import { Fault, type FaultCode, isFault } from "../../kiosk/core/fault.ts";
import { ticketHash } from "../../kiosk/core/ticket.ts";
import type { Asked } from "../ticket/answer.ts";
import { pinOf } from "../ticket/certificates.ts";
import type { Pointer } from "../ticket/pointer.ts";

/** The clock's side of the authority's endpoint (docs/provisioning.md). */

interface Reply {
  readonly status: number;
  readonly body: Buffer;
  /** What the server's own clock said; null where it said nothing. */
  readonly dateMs: number | null;
}

const patienceMs = 15_000;
/** Changes of keys that are told, each of some 900 characters: a line of a request's head that is longer than 8 KiB, some servers refuse. */
const linksMax = 8;
const replyMaxBytes = 64 * 1024;

/**
 * The ticket that a scanned pointer leads to. Whose key answers there is checked before the first byte is sent, and the
 * ticket's hash when it has come.
 * @throws Fault `authority-unreachable`, `authority-refused`, `ticket-invalid`.
 */
export async function fetchTicket({ base, jti, hash, pin }: Pointer): Promise<string> {
  const isPinned = (socket: TLSSocket): boolean => {
    const { raw } = socket.getPeerCertificate();
    return raw !== undefined && pinOf(new X509Certificate(raw).publicKey) === pin;
  };
  const { status, body } = await send(`${base}/t/${jti}`, { rejectUnauthorized: false }, null, isPinned);
  const text = body.toString("utf8").trim();
  if (status === 200 && ticketHash(text) === hash) return text;
  const remedy = "Have the code shown anew, or a new ticket made.";
  throw new Fault("ticket-invalid", "the authority has no such ticket any more, or another one", remedy);
}

/** `/simpleenroll`, or `/simplereenroll` where there is no ticket. @returns PKCS #7, DER. */
export async function enrolAt(base: string, roots: readonly string[], asked: Asked): Promise<Uint8Array> {
  const { ticket, csr, statement, succession = [] } = asked;
  const headers = {
    "Content-Type": "application/pkcs10",
    "Content-Transfer-Encoding": "base64",
    "Lintel-Statement": statement,
    ...(succession.length > 0 && { "Lintel-Succession": succession.slice(-linksMax).join(",") }),
    ...(ticket !== null && { Authorization: `Bearer ${ticket}` }),
  };
  const path = `/.well-known/est/${ticket === null ? "simplereenroll" : "simpleenroll"}`;
  const options = { method: "POST", headers, ca: [...roots] };
  const reply = await send(`${base}${path}`, options, Buffer.from(csr).toString("base64"));
  if (reply.status !== 200) throw refusalIn(reply);
  return Buffer.from(reply.body.toString("ascii"), "base64");
}

/** The site's card key, as text; null where the authority gives none. */
export async function fetchCardKey(
  base: string,
  roots: readonly string[],
  own: { readonly cert: string; readonly key: string },
): Promise<string | null> {
  const { status, body } = await send(`${base}/site/card-key`, { ca: [...roots], ...own }, null);
  return status === 200 ? body.toString("utf8") : null;
}

/** What time the authority says it is; null where it does not say. @throws Fault `authority-unreachable` */
export const timeAt = async (base: string, roots: readonly string[]): Promise<number | null> =>
  (await send(`${base}/.well-known/est/cacerts`, { ca: [...roots] }, null)).dateMs;

function send(
  url: string,
  options: RequestOptions,
  body: string | null,
  isTheirs: (socket: TLSSocket) => boolean = () => true,
): Promise<Reply> {
  const { host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const headers = {
    ...(options.headers as Record<string, string> | undefined),
    ...(body !== null && { "Content-Length": body.length }),
  };
  const asking = request(url, { ...options, headers, agent: false, timeout: patienceMs }, (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > replyMaxBytes) asking.destroy(new Error("it says too much"));
      else chunks.push(chunk);
    });
    response.on("error", reject);
    response.on("end", () => {
      const dateMs = Date.parse(response.headers.date ?? "");
      resolve({
        ...{ status: response.statusCode ?? 0, body: Buffer.concat(chunks) },
        dateMs: Number.isNaN(dateMs) ? null : dateMs,
      });
    });
  });
  asking.on("timeout", () => asking.destroy(new Error("no answer in time")));
  asking.on("error", reject);
  // Nothing is sent before it is known whose key is at the other end.
  asking.on("socket", (socket) => {
    socket.once("secureConnect", () => {
      if (!isTheirs(socket as TLSSocket)) asking.destroy(stranger(host));
      else asking.end(body ?? undefined);
    });
  });
  return promise.catch((cause: unknown) => {
    throw isFault(cause) ? cause : unreachable(host, cause);
  });
}

const said = z.object({
  code: z.string().regex(/^(ticket|authority)-[a-z]+$/),
  message: z.string(),
  remedy: z.string(),
});

function refusalIn({ status, body }: Reply): Fault {
  try {
    const { code, message, remedy } = said.parse(JSON.parse(body.toString("utf8")));
    return new Fault(code as FaultCode, message.slice(0, 300), remedy.slice(0, 300));
  } catch {
    const remedy = "Read the authority's own log, then run this again.";
    return new Fault("authority-refused", `the authority answered with ${status} and gave no certificate`, remedy);
  }
}

const stranger = (host: string): Fault =>
  new Fault(
    "authority-refused",
    `whoever answers at ${host} does not hold the key that the code names`,
    "Have the code shown anew; if it happens again, somebody stands between this clock and the authority.",
  );

function unreachable(host: string, cause: unknown): Fault {
  const code = String((cause as NodeJS.ErrnoException).code ?? "");
  if (code === "CERT_NOT_YET_VALID" || code === "CERT_HAS_EXPIRED") {
    const remedy =
      "Set this machine's clock (date -u -s '2026-11-22 12:00'), or connect it to a time server; then run this again.";
    return new Fault(
      "clock-wrong",
      `by this machine's clock the certificate of ${host} is not valid now`,
      remedy,
      cause,
    );
  }
  const isTls = /CERT|SIGNATURE|ALTNAME|SSL|TLS/.test(code);
  if (isTls) {
    const remedy = "Have the authority's own certificate put there, or a new ticket made that names the right one.";
    return new Fault(
      "authority-refused",
      `${host} shows a certificate that the ticket does not vouch for`,
      remedy,
      cause,
    );
  }
  const why = {
    ENOTFOUND: "nobody knows that name",
    ECONNREFUSED: "nobody listens there",
    EAI_AGAIN: "no name server answers",
  }[code];
  const remedy =
    "Check the network cable and that `lintel ticket serve` runs there; or carry the request by USB (--usb).";
  return new Fault(
    "authority-unreachable",
    `the authority at ${host} is not reached: ${why ?? "no answer"}`,
    remedy,
    cause,
  );
}
