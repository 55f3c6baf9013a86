import { Fault } from "../../kiosk/core/fault.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { checkTicket, type ReadTicket, readTicket } from "../../kiosk/core/ticket.ts";
import type { Book, Page } from "./book.ts";
import { packCertificates, type RequestedKey, readCertificate, readRequest, signLeaf } from "./certificates.ts";
import type { AuthorityFolder } from "./folder.ts";
import { readStatement, type Statement } from "./statement.ts";
import { heirOf } from "./succession.ts";
import { sixWords } from "./words.ts";

/** What a clock asks with, over the network or by hand. */
export interface Asked {
  /** Null in a renewal. */
  readonly ticket: string | null;
  /** PKCS #10, DER. */
  readonly csr: Uint8Array;
  readonly statement: string;
  /** The clock's changes of keys, signed, oldest first: in a renewal, where it signs by another key than it enrolled with. */
  readonly succession?: readonly string[];
}

export interface Answered {
  /** Certificates alone in a PKCS #7, DER: the clock's own first. */
  readonly pkcs7: Uint8Array;
  readonly device: string;
  readonly words: readonly string[];
  /** It was given before, to the same keys. */
  readonly isAgain: boolean;
}

export interface Registrar {
  /** @throws Fault `ticket-*`, `authority-refused`: nothing was burnt then, or to another clock. */
  readonly enrol: (asked: Asked) => Promise<Answered>;
  /** A new certificate for a clock that has one, or had. @throws Fault `authority-refused`. */
  readonly renew: (asked: Asked) => Promise<Answered>;
}

/**
 * Burns tickets and signs certificates, one request after the other. A ticket is burnt for two keys before anything is
 * signed; the same two keys are given the same again, as often as they ask, so that a power cut on either side of the
 * answer costs nobody the ticket, and nobody else gains anything by it.
 */
export function openRegistrar(folder: AuthorityFolder, book: Book, nowMs: () => number = Date.now): Registrar {
  const { about, authority, signer } = folder;
  const identity = (device: string) => ({ tenant: about.tenant, site: about.site, device });

  const sign = async ({ commonName, publicKey }: RequestedKey) =>
    signLeaf(authority, publicKey, { commonName, hosts: [], days: about.days, nowMs: nowMs() });

  const enrolNow = async ({ ticket: text, csr, statement }: Asked): Promise<Answered> => {
    const read = readTicket(text ?? "", new Map([[signer.kid, signer.publicKey]]));
    const { ticket } = read;
    checkTicket(ticket, about, null);
    const [stated, requested] = await understood(csr, statement);
    if (stated.jti !== ticket.jti || stated.tkt !== read.hash) throw refused("the request names another ticket");
    const before = await book.page(ticket.jti);
    if (before !== null && !isTheirs(before, stated, requested)) throw used(before);
    // Who was here in time and lost the answer is not sent away because it is tomorrow now.
    if (before === null) checkTicket(ticket, about, nowMs());
    const source = sourceOf(identity(stated.device));
    if (before === null && (await book.knows(source, kidOf(stated.jwk))) === "another key") throw anothers();
    const page = before ?? pageOf(read, stated, requested, nowMs());
    if (before === null) await book.write(page);
    const kept = page.certificate;
    const certificate = kept === null ? await sign(requested) : readCertificate(kept);
    if (kept === null) await book.write({ ...page, certificate: certificate.toString("base64url") });
    await book.register({ source, jwk: page.jwk });
    return {
      pkcs7: packCertificates([certificate, authority.certificate]),
      ...{ device: stated.device, words: page.words.split(" "), isAgain: before !== null },
    };
  };

  const renewNow = async ({ csr, statement, succession = [] }: Asked): Promise<Answered> => {
    const [stated, requested] = await understood(csr, statement);
    const page = (await book.pages()).findLast(({ device }) => device === stated.device);
    if (page === undefined) throw refused("this authority knows no such clock");
    const heir = heirOf(succession, page.jwk, sourceOf(identity(page.device)));
    if (kidOf(heir) !== kidOf(stated.jwk)) throw strangeKey();
    // From here on the key before is nobody's: whoever has it is given nothing, and names no heir.
    if (page.kid !== kidOf(heir)) await book.write({ ...page, kid: kidOf(heir), jwk: heir });
    const certificate = await sign(requested);
    const pkcs7 = packCertificates([certificate, authority.certificate]);
    return { pkcs7, device: stated.device, words: page.words.split(" "), isAgain: true };
  };

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return { enrol: (asked) => inTurn(() => enrolNow(asked)), renew: (asked) => inTurn(() => renewNow(asked)) };
}

async function understood(csr: Uint8Array, text: string): Promise<readonly [Statement, RequestedKey]> {
  const stated = readStatement(text, csr);
  const requested = await readRequest(csr);
  if (requested === null) throw refused("the certificate request is damaged, or not for a P-256 key");
  if (stated === null) throw refused("the record key did not sign this request");
  if (requested.commonName !== stated.device) throw refused("request and statement name different clocks");
  return [stated, requested];
}

const spkiOf = ({ spki }: RequestedKey): string => Buffer.from(spki).toString("base64url");

const isTheirs = (page: Page, { device, jwk }: Statement, requested: RequestedKey): boolean =>
  page.device === device && page.kid === kidOf(jwk) && page.spki === spkiOf(requested);

function pageOf(
  { ticket, hash }: ReadTicket,
  { device, jwk }: Statement,
  requested: RequestedKey,
  nowMs: number,
): Page {
  const words = sixWords({ device, recordX: jwk.x, tlsSpki: requested.spki, ticketHash: hash }).join(" ");
  const keys = { kid: kidOf(jwk), jwk, spki: spkiOf(requested) };
  return { jti: ticket.jti, device, ...keys, certificate: null, words, at: new Date(nowMs).toISOString() };
}

const refused = (why: string): Fault =>
  new Fault("authority-refused", `no certificate is given: ${why}`, "Begin the set-up anew on the clock.");

const strangeKey = (): Fault =>
  new Fault(
    "authority-refused",
    "no certificate is given: this clock signs by a key that does not follow from the one that is known here",
    "If its key was changed, somebody else may have changed it first: lock the clock, and find out who had its disk before it is set up anew.",
  );

/** Whoever has a ticket may bring a clock, and not the name of one that hangs here already. */
const anothers = (): Fault =>
  new Fault(
    "authority-refused",
    "no certificate is given: this clock's name belongs to one that is known here, with another key",
    "If this board takes that one's place: `lintel replace accept replacement.json --devices FOLDER/devices.ndjson …` at this authority, then run this again with the same ticket. If it does not, move its state folder aside and begin anew.",
  );

const used = ({ at }: Page): Fault =>
  new Fault(
    "ticket-used",
    `this ticket was used by another clock at ${at.slice(0, 16)}Z`,
    "Have a new ticket made; if nobody here used it, tell whoever makes tickets before you go on.",
  );
