import type { KeyObject } from "node:crypto";
import { LuError, verifyJws } from "./jws.ts";
import { isPersonId, type PersonId } from "./person.ts";
import type { Stamp } from "./time.ts";

/**
 * Passes: a QR code that an employee's telephone shows, signed anew every half minute (docs/passes.md). Whatever else a
 * code says is nobody's pass: it is not shown, not opened, not remembered and not logged.
 */

export interface PassKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** What has to be remembered between two codes. */
export interface PassMemory {
  /** Passes that were taken and have not run out, oldest first. */
  readonly taken: readonly { readonly id: string; readonly untilMs: number }[];
  /** The latest time that a genuine pass was signed at, and when it was shown here: it cannot be earlier than that. */
  readonly signed: { readonly utcMs: number; readonly monoMs: number } | null;
}

export const noPasses: PassMemory = { taken: [], signed: null };

export type PassSeen =
  /** No pass of ours. */
  | { readonly is: "nothing" }
  | { readonly is: "late" | "used" | "elsewhere" }
  /** Whom it invites, and when. It may be shown more than once: it also leads out again. */
  | {
      readonly is: "visitor";
      readonly v: PersonId;
      readonly host: PersonId | null;
      readonly fromUtcMs: number;
      readonly untilUtcMs: number;
    }
  | {
      readonly is: "employee";
      readonly person: PersonId;
      readonly id: string;
      /** Until when it has to be remembered, monotonic. */
      readonly untilMs: number;
      readonly signedUtcMs: number;
      /** Our own clock could not say whether it is still good. */
      readonly isClockWeak: boolean;
    };

export interface PassRules {
  readonly tenant: string;
  readonly site: string;
  readonly keys: readonly PassKey[];
}

/** Nobody's pass is longer; a photograph of a web address is refused before anything looks at it. */
const passMaxChars = 1_024;
export const passLongestS = 60;
/** The telephone's clock, ours, and the time that a hand takes. */
const leewayMs = 10_000;
/** As many as can be shown in their time, many times over. */
const takenMax = 4_096;

/** @param isClockSure whether our wall clock is good to some seconds. */
export function readPass(
  text: string,
  rules: PassRules,
  memory: PassMemory,
  now: Stamp,
  isClockSure: boolean,
): PassSeen {
  const body = genuine(text, rules);
  if (body === null) return { is: "nothing" };
  const { aud, iat, nbf, exp, jti, kind, sub, host } = body;
  if (aud !== `urn:lintel:${rules.tenant}:${rules.site}` && aud !== `urn:lintel:${rules.tenant}:*`) {
    return { is: "elsewhere" };
  }
  if (!isPersonId(sub)) return { is: "nothing" };
  if (kind === "visitor") {
    return { is: "visitor", v: sub, host, fromUtcMs: nbf * 1_000, untilUtcMs: exp * 1_000 };
  }
  if (memory.taken.some(({ id }) => id === jti)) return { is: "used" };
  // With a doubtful clock, genuine passes are the clock: it cannot be earlier than the latest of them.
  const { signed } = memory;
  const atLeastMs = signed === null ? Number.NEGATIVE_INFINITY : signed.utcMs + now.monoMs - signed.monoMs;
  const isLate = exp * 1_000 + leewayMs < (isClockSure ? now.utcMs : atLeastMs);
  const isEarly = isClockSure && iat * 1_000 - leewayMs > now.utcMs;
  if (isLate || isEarly) return { is: "late" };
  return {
    ...{ is: "employee", person: sub, id: jti },
    untilMs: now.monoMs + (exp - iat) * 1_000 + 2 * leewayMs,
    signedUtcMs: iat * 1_000,
    isClockWeak: !isClockSure,
  };
}

export function withPass(memory: PassMemory, pass: Extract<PassSeen, { is: "employee" }>, now: Stamp): PassMemory {
  const { id, untilMs, signedUtcMs } = pass;
  const before = memory.signed;
  const knownMs = before === null ? Number.NEGATIVE_INFINITY : before.utcMs + now.monoMs - before.monoMs;
  const taken = memory.taken.filter((one) => one.untilMs > now.monoMs);
  return {
    // With a doubtful clock nothing says that the older ones have run out, so they go by number alone.
    taken: [...(pass.isClockWeak ? memory.taken : taken), { id, untilMs }].slice(-takenMax),
    signed: signedUtcMs > knownMs ? { utcMs: signedUtcMs, monoMs: now.monoMs } : before,
  };
}

interface PassBody {
  readonly aud: string;
  readonly sub: string;
  readonly kind: "employee" | "visitor";
  /** Seconds since 1970. */
  readonly iat: number;
  /** A visitor's may be given out days before it is good; everybody else's is good from `iat` on. */
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  /** Whom a visitor visits. */
  readonly host: PersonId | null;
}

function genuine(text: string, { keys }: PassRules): PassBody | null {
  if (keys.length === 0 || text.length > passMaxChars || !shape.test(text)) return null;
  try {
    const keyOf = (kid: string): KeyObject | undefined => keys.find((one) => one.kid === kid)?.key;
    return bodyOf(verifyJws(text, "lintel-pass+jws", keyOf).payload);
  } catch (error) {
    if (error instanceof LuError) return null;
    throw error;
  }
}

const shape = /^[A-Za-z0-9_-]{1,256}\.[A-Za-z0-9_-]{1,640}\.[A-Za-z0-9_-]{86}$/;

function bodyOf(value: unknown): PassBody | null {
  if (typeof value !== "object" || value === null) return null;
  const { aud, sub, kind, iat, exp, jti, nbf = iat, host = null } = value as Record<string, unknown>;
  const isWhole =
    typeof aud === "string" &&
    typeof sub === "string" &&
    (kind === "employee" || kind === "visitor") &&
    typeof iat === "number" &&
    typeof exp === "number" &&
    typeof jti === "string" &&
    /^[A-Za-z0-9_-]{22}$/.test(jti);
  if (!isWhole || exp <= iat || typeof nbf !== "number" || nbf >= exp) return null;
  const isVisitor = kind === "visitor";
  // Of visitors as of visitors, of employees as of employees: neither comes in as the other.
  if (sub.startsWith("v_") !== isVisitor) return null;
  if (host !== null && !(isVisitor && typeof host === "string" && /^p_[0-9a-z]{20}$/.test(host))) return null;
  // An employee's that lives longer than a minute could be handed on; a visitor's may last the day.
  return !isVisitor && exp - iat > passLongestS
    ? null
    : { aud, sub, kind, iat, nbf, exp, jti, host: host as PersonId | null };
}
