import { timingSafeEqual, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Answered, Asked, Registrar } from "./answer.ts";
import type { Book } from "./book.ts";
import { packCertificates, pinOf } from "./certificates.ts";
import type { AuthorityFolder } from "./folder.ts";

/** The endpoint that clocks enrol at: the part of EST (RFC 7030) that they need, and what a scanned pointer leads to. */
export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  /** SHA-256 of its public key, base64url. */
  readonly pin: string;
}

export interface EndpointOptions {
  readonly folder: AuthorityFolder;
  readonly registrar: Registrar;
  readonly book: Book;
  /** Default 127.0.0.1: whoever wants clocks from elsewhere says so. */
  readonly listen: string;
  readonly port: number;
  /** A clock was given its certificate: the six words are for a person to compare. Must not throw or wait. */
  readonly enrolled: (answered: Answered) => void;
  /** A clock was sent away. As above. */
  readonly refused?: (fault: Fault) => void;
}

const bodyMaxBytes = 16 * 1024;
const est = "/.well-known/est";

/** @throws Fault `port-taken`. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { folder, listen, port } = options;
  const { certificatePem: cert, keyPem: key } = folder.server;
  const ca = await readFile(folder.file("ca.pem"));
  const server = createServer(
    // A certificate is asked for and may be missing: a clock that enrols has none yet.
    {
      cert: `${cert}\n${ca.toString()}`,
      key,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
      requestTimeout: 10_000,
    },
    (request, response) => void answer(options, request, response),
  );
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Fault("port-taken", `${listen}:${port} is in use`, "Choose another port with --port.", cause)),
    );
    server.listen(port, listen, resolve);
  });
  const { port: open } = server.address() as AddressInfo;
  return {
    url: `https://${folder.about.hosts[0] ?? "localhost"}:${open}`,
    pin: pinOf(new X509Certificate(cert).publicKey),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(options, request, response);
  } catch (error) {
    if (error instanceof Fault) {
      options.refused?.(error);
      say(response, statusOf(error), "application/json", JSON.stringify(saidOf(error)));
    } else if (error instanceof TooLarge) say(response, 413, "text/plain", "too large");
    else say(response, 500, "text/plain", "the authority failed; its own log says more");
  }
}

async function route(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { folder, registrar, book, enrolled } = options;
  const { method = "", url = "" } = request;
  const ticketPath = /^\/t\/([A-Za-z0-9_-]{22})$/.exec(url)?.[1];
  if (method === "GET" && ticketPath !== undefined) {
    const file = folder.file(`tickets/${ticketPath}.jws`);
    if (!existsSync(file)) return say(response, 404, "text/plain", "no such ticket");
    return say(response, 200, "application/jose", await readFile(file, "utf8"));
  }
  if (method === "GET" && url === `${est}/cacerts`) {
    return sayCertificates(response, packCertificates([folder.authority.certificate]));
  }
  if (method === "GET" && url === "/site/card-key") return giveCardKey(folder, book, request, response);
  if (method === "POST" && (url === `${est}/simpleenroll` || url === `${est}/simplereenroll`)) {
    const asked = await askedIn(request);
    const isNew = url.endsWith("/simpleenroll");
    const answered = isNew ? await registrar.enrol(asked) : await registrar.renew(asked);
    if (isNew) enrolled(answered);
    return sayCertificates(response, answered.pkcs7);
  }
  say(response, 404, "text/plain", "not found");
}

/** The key that the site's cards are hashed under: to clocks that this authority certified, and to nobody else. */
async function giveCardKey(
  folder: AuthorityFolder,
  book: Book,
  { socket }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const tls = socket as TLSSocket;
  const own = tls.authorized ? Buffer.from(tls.getPeerCertificate().raw ?? []).toString("base64url") : "";
  const isOurs = own !== "" && (await book.pages()).some(({ certificate }) => isSame(certificate, own));
  if (!isOurs) return say(response, 403, "text/plain", "for clocks of this site");
  say(response, 200, "text/plain", await readFile(folder.file("card.key"), "utf8"));
}

function isSame(a: string | null, b: string): boolean {
  return a !== null && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

async function askedIn(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMaxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  const { authorization = "", "lintel-statement": statement, "lintel-succession": succession } = request.headers;
  return {
    ticket: /^Bearer (\S+)$/.exec(authorization)?.[1] ?? null,
    // RFC 7030, 4.2.1: base64 of the DER.
    csr: Buffer.from(Buffer.concat(chunks).toString("ascii"), "base64"),
    statement: typeof statement === "string" ? statement : "",
    succession: typeof succession === "string" ? succession.split(",") : [],
  };
}

class TooLarge extends Error {}

const statusOf = ({ code }: Fault): number =>
  code === "ticket-invalid" ? 400 : code.startsWith("ticket-") ? 403 : 422;

const saidOf = ({ code, message, remedy }: Fault) => ({ code, message, remedy });

function sayCertificates(response: ServerResponse, der: Uint8Array): void {
  response.setHeader("Content-Transfer-Encoding", "base64");
  const body = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n");
  say(response, 200, "application/pkcs7-mime; smime-type=certs-only", body);
}

function say(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  if (!(response.socket instanceof Socket) || response.writableEnded) return;
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", Connection: "close" }).end(body);
}
