import { createHash, randomBytes } from "node:crypto";
import type { OperatorId, Reason, Role } from "../core/roles.ts";
import type { Stamp } from "../core/time.ts";

/**
 * Who acts now, as what, why, and until when. In memory only: a restart ends every session, and no copy of the disk holds
 * one. Tokens are kept as hashes.
 */
export interface Session {
  readonly operator: OperatorId;
  readonly role: Role;
  readonly reason: Reason;
  readonly ticket: string | null;
  readonly begun: Stamp;
  readonly untilMonoMs: number;
}

export type SessionEnd = "asked" | "time" | "clock" | "operator-ended";

export interface Ended {
  readonly session: Session;
  readonly why: SessionEnd;
}

export interface Sessions {
  /** Good for one signature within a minute. */
  readonly challenge: (now: Stamp) => string;
  /** @returns false where it was never given, was used, or is too old. */
  readonly spend: (challenge: string, now: Stamp) => boolean;
  /** @returns the token, which is kept nowhere; null where there are too many sessions. */
  readonly begin: (session: Session) => string | null;
  /** Null where there is none, or not any more. */
  readonly find: (token: string, now: Stamp) => Session | null;
  /** @returns what ended. */
  readonly end: (isEnded: (session: Session) => boolean, why: SessionEnd) => readonly Ended[];
  readonly endByToken: (token: string) => Ended | null;
  /** Ends those whose time is over, and all where somebody set the clock; each is told once. */
  readonly sweep: (now: Stamp) => readonly Ended[];
}

const challengeForMs = 60_000;
const challengesMax = 32;
const sessionsMax = 32;
/** The two clocks may part by so much before somebody must have set one. */
const jumpMs = 30_000;

export function openSessions(): Sessions {
  const challenges = new Map<string, number>();
  const sessions = new Map<string, Session>();
  const end = (isEnded: (session: Session) => boolean, why: SessionEnd): readonly Ended[] => {
    const over = [...sessions].filter(([, session]) => isEnded(session));
    for (const [key] of over) sessions.delete(key);
    return over.map(([, session]) => ({ session, why }));
  };
  const sweep = (now: Stamp): readonly Ended[] => [
    ...end(({ begun }) => hasJumped(begun, now), "clock"),
    ...end(({ untilMonoMs }) => now.monoMs >= untilMonoMs, "time"),
  ];
  return {
    challenge: ({ monoMs }) => {
      for (const [oldest] of challenges) if (challenges.size >= challengesMax) challenges.delete(oldest);
      const challenge = randomBytes(32).toString("base64url");
      challenges.set(challenge, monoMs + challengeForMs);
      return challenge;
    },
    spend: (challenge, { monoMs }) => {
      const untilMs = challenges.get(challenge);
      challenges.delete(challenge);
      return untilMs !== undefined && monoMs < untilMs;
    },
    begin: (session) => {
      if (sessions.size >= sessionsMax) return null;
      const token = randomBytes(32).toString("base64url");
      sessions.set(keyOf(token), session);
      return token;
    },
    find: (token, now) => {
      const session = sessions.get(keyOf(token));
      if (session === undefined || now.monoMs >= session.untilMonoMs || hasJumped(session.begun, now)) return null;
      return session;
    },
    end,
    endByToken: (token) => {
      const session = sessions.get(keyOf(token));
      sessions.delete(keyOf(token));
      return session === undefined ? null : { session, why: "asked" };
    },
    sweep,
  };
}

const keyOf = (token: string): string => createHash("sha256").update(token).digest("base64url");

const hasJumped = (begun: Stamp, now: Stamp): boolean =>
  now.monoMs < begun.monoMs || Math.abs(now.utcMs - begun.utcMs - (now.monoMs - begun.monoMs)) > jumpMs;
