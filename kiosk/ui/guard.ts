import type { IncomingHttpHeaders } from "node:http";

/**
 * Who may talk to the page's server. It listens on loopback only, so what is left to fear is another page in a browser
 * on this machine: one whose name was rebound to 127.0.0.1 (stopped by the Host header), or one that embeds our
 * pictures or posts our touches (stopped by Origin and Fetch Metadata).
 */

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

export const isLoopback = (host: string): boolean => loopbackNames.has(host) || host === "::1";

/** True where the Host header names this machine, with or without a port. */
export function hostIsOurs({ host }: IncomingHttpHeaders): boolean {
  if (host === undefined) return false;
  const name = /^(\[[0-9a-f:]+\]|[^:]+)(?::\d{1,5})?$/i.exec(host)?.[1];
  return name !== undefined && loopbackNames.has(name.toLowerCase());
}

/** For what only our page may read. A tool that sends no Fetch Metadata is no browser and cannot be lured. */
export function readerIsOurs(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

/** For what acts: the browser has to say that it comes from our own page, in every way it says it. */
export function writerIsOurs(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (origin === undefined && site === undefined) return false;
  return (origin === undefined || origin === `http://${host}`) && (site === undefined || site === "same-origin");
}

/** Sent with every answer. Only gallery frames of our own origin may frame the page. */
export const safeHeaders = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
