import type { ReadTicket } from "../../kiosk/core/ticket.ts";

/**
 * A whole ticket has some 3,200 characters and fits no QR code: the largest holds 2,953. So a code says where the ticket
 * is, which one it is, and whose key answers there: nobody on the way can give another or read it. Its line makes a code
 * of 49 to 57 squares a side (docs/decisions/0022-provisioning.md).
 */
export interface Pointer {
  /** `https://host:port` */
  readonly base: string;
  /** Names the ticket, and is a secret as the ticket is. */
  readonly jti: string;
  /** SHA-256 of the ticket's text, base64url. */
  readonly hash: string;
  /** SHA-256 of the endpoint's own public key, base64url. */
  readonly pin: string;
}

const beginning = "LTKT1";

export const pointerText = ({ base, jti, hash, pin }: Pointer): string => [beginning, base, jti, hash, pin].join(" ");

/** @returns null for anything else that stands in a code. */
export function readPointer(text: string): Pointer | null {
  const found = /^LTKT1 (https:\/\/[^\s@/?#]{1,100}) ([A-Za-z0-9_-]{22}) ([A-Za-z0-9_-]{43}) ([A-Za-z0-9_-]{43})$/.exec(
    text.trim(),
  );
  const [, base, jti, hash, pin] = found ?? [];
  if (base === undefined || jti === undefined || hash === undefined || pin === undefined) return null;
  return { base, jti, hash, pin };
}

export const pointerTo = ({ ticket, hash }: ReadTicket, pin: string): Pointer | null =>
  ticket.est === null ? null : { base: ticket.est, jti: ticket.jti, hash, pin };
