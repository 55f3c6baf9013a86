import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Who may talk to the page's server. It listens on loopback only, so what is left to fear is another page in a browser
 * on this machine: one whose name was rebound to 127.0.0.1 (stopped by the Host header), one that embeds our pictures or
 * posts our touches (stopped by Origin and Fetch Metadata), and one that found a way round both (stopped by the session,
 * which only a page that may read our answers knows).
 */

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

export const isLoopback = (host: string): boolean => loopbackNames.includes(host) || host === "::1";

/**
 * True where a request is plainly for us: its target is a path, and its one Host header names this machine and our own
 * port. 0.0.0.0 is nobody's name, and neither is a mapped or a spelled-out address.
 */
export function hostIsOurs({ url = "", rawHeaders, socket }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
  const [host = ""] = hosts;
  const port = socket.localPort === 80 ? "" : `:${socket.localPort}`;
  return url.startsWith("/") && hosts.length === 1 && loopbackNames.some((name) => host.toLowerCase() === name + port);
}

/** For what only our page may read. A tool that sends no Fetch Metadata is no browser and cannot be lured. */
export function readerIsOurs({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

/** For what acts: the browser has to say that it comes from our own page, in every way it says it. */
export function writerIsOurs({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (origin === undefined && site === undefined) return false;
  return (origin === undefined || origin === `http://${host}`) && (site === undefined || site === "same-origin");
}

/** Compared as hashes, so that neither length nor a common beginning shows in how long it takes. */
export function isSession(session: string, shown: string | readonly string[] | undefined): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return typeof shown === "string" && timingSafeEqual(digest(session), digest(shown));
}

/**
 * Sent with every answer. Everything comes from our own files, nobody frames the page, and the sandbox keeps it from
 * opening windows, sending forms, downloading or asking questions, whatever should ever run in it.
 */
export const safeHeaders = {
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "sandbox allow-scripts allow-same-origin",
  ].join("; "),
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy":
    "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=(), usb=(), hid=(), serial=(), bluetooth=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;
