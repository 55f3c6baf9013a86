import { Fault } from "../../kiosk/core/fault.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { checkTicket, type ReadTicket, readTicket } from "../../kiosk/core/ticket.ts";
import type { Book, Page } from "./book.ts";
import { packCertificates, type RequestedKey, readCertificate, readRequest, signLeaf } from "./certificates.ts";
import type { AuthorityFolder } from "./folder.ts";
import { readStatement, type Statement } from "./statement.ts";
import { follow, type Known } from "./succession.ts";
import { sixWords } from "./words.ts";

/** What a clock asks with, over the network or by hand. */
export interface Asked {
  /** Null in a renewal. */
  readonly ticket: string | null;
  /** PKCS #10, DER. */
  readonly csr: Uint8Array;
  readonly statement: string;
  /** The clock's changes of keys, signed, oldest first: where it signs by another key than it enrolled with. */
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

  const pageOfDevice = async (device: string): Promise<Page | undefined> =>
    (await book.pages()).findLast((page) => page.device === device);

  /** Another board may have taken this one's place, by a person's word. @throws Fault `authority-refused`. */
  const mustCount = async ({ device, jwk }: Statement): Promise<void> => {
    const keys = await book.keysOf(sourceOf(identity(device)));
    if (keys.some((one) => one.isRevoked && kidOf(one.jwk) === kidOf(jwk))) throw strangeKey(device);
  };

  /** What the links lead to from there, if that is the key that signed the request. @throws Fault `authority-refused` for a fork. */
  const followed = async (
    known: Known,
    { device, jwk }: Statement,
    links: readonly string[],
  ): Promise<Known | null> => {
    const found = follow(links, known, sourceOf(identity(device)));
    if (found.is === "heir") return kidOf(found.known.jwk) === kidOf(jwk) ? found.known : null;
    const page = await pageOfDevice(device);
    if (page !== undefined && page.forkedAt === null)
      await book.write({ ...page, forkedAt: new Date(nowMs()).toISOString() });
    throw forked(device, found.kid);
  };

  /** By which key a clock that comes with a new ticket is known here; null where it comes for the first time. */
  const knownAs = async (stated: Statement, links: readonly string[]): Promise<Known | null> => {
    const kid = kidOf(stated.jwk);
    const page = await pageOfDevice(stated.device);
    const ours = page === undefined ? null : await followed(page, stated, links);
    if (ours !== null) return ours;
    if (page?.former.some(({ jwk }) => kidOf(jwk) === kid)) throw strangeKey(stated.device);
    const registered = await book.keysOf(sourceOf(identity(stated.device)));
    for (const { jwk } of registered) {
      const known = await followed({ jwk, former: [] }, stated, links);
      if (known !== null) return known;
    }
    if (registered.length > 0) throw anothers();
    return null;
  };

  const enrolNow = async ({ ticket: text, csr, statement, succession = [] }: Asked): Promise<Answered> => {
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
    await mustCount(stated);
    const known = before ?? (await knownAs(stated, succession));
    const page = before ?? { ...pageOf(read, stated, requested, nowMs()), former: [...(known?.former ?? [])] };
    if (before === null) await book.write(page);
    const kept = page.certificate;
    const certificate = kept === null ? await sign(requested) : readCertificate(kept);
    if (kept === null) await book.write({ ...page, certificate: certificate.toString("base64url") });
    // Receivers learn a key that follows on another from the records themselves.
    if (page.former.length === 0) await book.register({ source, jwk: page.jwk });
    return {
      pkcs7: packCertificates([certificate, authority.certificate]),
      ...{ device: stated.device, words: page.words.split(" "), isAgain: before !== null },
    };
  };

  const renewNow = async ({ csr, statement, succession = [] }: Asked): Promise<Answered> => {
    const [stated, requested] = await understood(csr, statement);
    const page = await pageOfDevice(stated.device);
    if (page === undefined) throw refused("this authority knows no such clock");
    await mustCount(stated);
    const known = await followed(page, stated, succession);
    if (known === null) throw strangeKey(stated.device);
    // From here on the key before is nobody's: whoever has it is given nothing, and names no heir.
    if (known.former.length > page.former.length)
      await book.write({ ...page, kid: kidOf(known.jwk), jwk: known.jwk, former: [...known.former] });
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
  const none = { former: [], forkedAt: null, certificate: null };
  return { jti: ticket.jti, device, ...keys, ...none, words, at: new Date(nowMs).toISOString() };
}

const refused = (why: string): Fault =>
  new Fault("authority-refused", `no certificate is given: ${why}`, "Begin the set-up anew on the clock.");

const strangeKey = (device: string): Fault =>
  new Fault(
    "authority-refused",
    `no certificate is given: ${device} signs by a key that does not follow on the one that is known here`,
    "If its disk was put back to an older state, set it up as a board in its own place: docs/fleet-care.md. If not, somebody else may have its old key: find out who had its disk.",
  );

/** A clock keeps what it signed before it signs on, so it ends a key once. */
const forked = (device: string, kid: string): Fault =>
  new Fault(
    "authority-refused",
    `no certificate is given: the key ${kid} of ${device} was given up twice, for two different keys`,
    "Somebody else has had that key. Lock the clock, find out who had its disk, and hold what its records say since then against people's own word before it is set up anew.",
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
