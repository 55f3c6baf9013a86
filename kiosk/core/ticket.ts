import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { fromBase64url } from "./base64url.ts";
import { Fault } from "./fault.ts";
import { LuError, verifyJws } from "./jws.ts";
import { kidOf, type PublicJwk } from "./kid.ts";
import {
  isPublicJwk,
  labelPattern,
  memberOf,
  releaseKeysIn,
  textIn,
  textsIn,
  wholeSecondsIn,
} from "./ticket-members.ts";

/**
 * Tickets: a tenant's one-use word that a new clock may join a site, and everything the clock needs to know for it
 * (docs/provisioning.md). Compact JWS, EdDSA, `typ` `lintel-tkt+jws`.
 */
export interface Ticket {
  /** 16 random bytes, base64url; burnt by whoever issues the certificate. */
  readonly jti: string;
  readonly tenant: string;
  readonly site: string;
  /** The clock's place, as it shall stand on the screen. */
  readonly name: string;
  /** URLs, the best first. */
  readonly brokers: readonly string[];
  readonly profile: string;
  /** Base address of the authority; null where the request goes by hand. */
  readonly est: string | null;
  /** Certificates that may vouch for the authority and the brokers: DER, base64url. */
  readonly roots: readonly string[];
  /** SHA-256 of the public key (SPKI) of whoever may sign this clock's certificate, base64url. */
  readonly caPins: readonly string[];
  /** Whom the clock believes, as in its file of cloud keys: public JWKs with role and name. */
  readonly keys: readonly TicketKey[];
  /** Who may sign this clock's updates: public Ed25519 keys; none where the tenant brings updates by other means. */
  readonly releaseKeys: readonly PublicJwk[];
  /** What of the set-up this site does without. */
  readonly may: readonly Waiver[];
  /** Further settings of the site, all of them texts. */
  readonly settings: Readonly<Record<string, string>>;
  /** Who signed it: the tenant's provisioning key. */
  readonly key: PublicJwk;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

export interface TicketKey extends PublicJwk {
  readonly role: string;
  readonly name: string;
  readonly required?: boolean;
}

export const waivers = ["no-camera", "no-reader"] as const;
export type Waiver = (typeof waivers)[number];

/** Settings of the clock that a ticket may carry: what a site is called and speaks, nothing that weakens it. */
export const ticketSettings = ["siteName", "timeZone", "locale", "controller", "contact", "policyUrl", "nameMasking"];

/** RFC 3339 seconds: a ticket is for today's work. */
export const ticketLongestS = 24 * 3_600;

export interface ReadTicket {
  readonly ticket: Ticket;
  /** The text as it was signed. */
  readonly text: string;
  /** SHA-256 of the text, base64url. */
  readonly hash: string;
  /** True where a key that this clock knew before signed it; else the six words are what shows whose it is. */
  readonly isAnchored: boolean;
}

/** Who may sign tickets here; null where nobody was named, and then any tenant's key will do. */
export type TicketAnchors = ReadonlyMap<string, KeyObject> | null;

export const ticketHash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/**
 * @param text as it was scanned, read or typed: spaces and line ends are nobody's.
 * @throws Fault `ticket-invalid` for what is no whole ticket, `ticket-foreign` where another tenant's key signed it.
 */
export function readTicket(text: string, anchors: TicketAnchors = null): ReadTicket {
  const jws = text.replaceAll(/\s/g, "");
  const own = keyIn(jws);
  const keyOf = (kid: string): KeyObject | undefined => (anchors === null ? own.get(kid) : anchors.get(kid));
  try {
    const { payload, kid } = verifyJws(jws, "lintel-tkt+jws", keyOf);
    const ticket = ticketIn(payload);
    if (ticket === null || kidOf(ticket.key) !== kid) throw invalid("a member of it is missing or wrong");
    return { ticket, text: jws, hash: ticketHash(jws), isAnchored: anchors !== null };
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    if (error.code === 1004 && anchors !== null && own.size > 0) throw foreign("another organisation's key signed it");
    throw invalid(error.code === 1006 ? "its signature does not fit" : error.message);
  }
}

/** Where this clock is to stand, as far as somebody said. */
export interface Place {
  readonly tenant?: string | undefined;
  readonly site?: string | undefined;
}

/**
 * @param nowUtcMs null where nobody knows what time it is: then only the place is looked at.
 * @throws Fault `ticket-foreign`, `ticket-expired`.
 */
export function checkTicket(ticket: Ticket, place: Place, nowUtcMs: number | null): void {
  const { tenant, site } = ticket;
  if ((place.tenant ?? tenant) !== tenant || (place.site ?? site) !== site) {
    throw foreign(`it is for ${tenant}/${site}, and this clock is ${place.tenant ?? tenant}/${place.site ?? site}'s`);
  }
  if (nowUtcMs === null || nowUtcMs < ticket.exp * 1_000) return;
  const until = new Date(ticket.exp * 1_000).toISOString().slice(0, 16);
  throw new Fault("ticket-expired", `this ticket was good until ${until}Z`, "Have a new one made, and try again.");
}

/** The authority's clock and ours may differ a little. */
const leewayMs = 600_000;

/** A ticket cannot be read before it was made: a clock that says so is wrong. */
export const isBeforeTicket = ({ iat }: Ticket, nowUtcMs: number): boolean => nowUtcMs < iat * 1_000 - leewayMs;

const foreign = (why: string): Fault =>
  new Fault(
    "ticket-foreign",
    `this ticket is not for this clock: ${why}`,
    "Ask for a ticket of this clock's own site.",
  );

const invalid = (why: string): Fault =>
  new Fault(
    "ticket-invalid",
    `this is no whole ticket: ${why}`,
    "Scan, copy or type it again; else have a new one made.",
  );

/** The key that a ticket names itself, by its kid. Before the signature is looked at: believed in nothing else. */
function keyIn(jws: string): ReadonlyMap<string, KeyObject> {
  const [, body = ""] = jws.split(".");
  try {
    const key = memberOf(JSON.parse(Buffer.from(fromBase64url(body) ?? []).toString("utf8")), "key");
    if (!isPublicJwk(key) || key.kty !== "OKP") return new Map();
    const { kty, crv, x } = key;
    return new Map([[kidOf(key), createPublicKey({ key: { kty, crv, x }, format: "jwk" })]]);
  } catch {
    return new Map();
  }
}

const jtiPattern = /^[A-Za-z0-9_-]{22}$/;
const brokerPattern = /^mqtts?:\/\/[^\s@]{1,200}$/;
const estPattern = /^https:\/\/[^\s@]{1,200}$/;
const encodedPattern = /^[A-Za-z0-9_-]{1,4096}$/;
const pinPattern = /^[A-Za-z0-9_-]{43}$/;
const rolePattern = /^[a-z:]{1,16}$/;

function ticketIn(value: unknown): Ticket | null {
  const of = (name: string): unknown => memberOf(value, name);
  const [jti, tenant, site] = [
    textIn(of("jti"), jtiPattern),
    textIn(of("tenant"), labelPattern),
    textIn(of("site"), labelPattern),
  ];
  const [name, profile] = [textIn(of("name"), /^[^\p{Cc}]{1,40}$/u), textIn(of("profile"), /^[a-z0-9-]{1,24}$/)];
  const est = of("est") === null ? null : textIn(of("est"), estPattern);
  const [brokers, roots] = [textsIn(of("brokers"), brokerPattern, 4), textsIn(of("roots"), encodedPattern, 4)];
  const [caPins, may] = [textsIn(of("caPins"), pinPattern, 4), textsIn(of("may"), /^[a-z-]{1,24}$/, 8)];
  const [iat, exp] = [wholeSecondsIn(of("iat")), wholeSecondsIn(of("exp"))];
  const [keys, settings, key] = [keysIn(of("keys")), settingsIn(of("settings")), of("key")];
  const releaseKeys = releaseKeysIn(of("releaseKeys"));
  if (jti === null || tenant === null || site === null || name === null || profile === null) return null;
  if (brokers === null || brokers.length === 0 || roots === null || caPins === null || caPins.length === 0) return null;
  if (may === null || keys === null || settings === null || !isPublicJwk(key) || iat === null || exp === null)
    return null;
  if (releaseKeys === null || (est === null && of("est") !== null)) return null;
  if (of("uses") !== 1 || exp <= iat || exp - iat > ticketLongestS) return null;
  return {
    ...{ jti, tenant, site, name, brokers, profile, est, roots, caPins, keys, releaseKeys, settings, key, iat, exp },
    may: waivers.filter((waiver) => may.includes(waiver)),
  };
}

function keysIn(value: unknown): readonly TicketKey[] | null {
  if (!Array.isArray(value) || value.length > 24) return null;
  const keys = value.map((one: unknown): TicketKey | null => {
    const [role, name] = [textIn(memberOf(one, "role"), rolePattern), textIn(memberOf(one, "name"), labelPattern)];
    const required = memberOf(one, "required");
    if (role === null || name === null || !isPublicJwk(one)) return null;
    const { kty, crv, x, y } = one;
    return {
      kty,
      crv,
      x,
      ...(y !== undefined && { y }),
      role,
      name,
      ...(typeof required === "boolean" && { required }),
    };
  });
  return keys.every((key) => key !== null) ? keys : null;
}

function settingsIn(value: unknown): Readonly<Record<string, string>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  const isKnown = entries.every(([name, text]) => ticketSettings.includes(name) && typeof text === "string");
  return isKnown ? Object.fromEntries(entries) : null;
}
