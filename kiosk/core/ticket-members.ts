import type { PublicJwk } from "./kid.ts";

/** What is read out of a ticket's body, member by member: null where it is not what it must be. */

export const labelPattern = /^[a-z0-9-]{1,24}$/;

export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

export const textIn = (value: unknown, pattern: RegExp): string | null =>
  typeof value === "string" && pattern.test(value) ? value : null;

export function textsIn(value: unknown, pattern: RegExp, max: number): readonly string[] | null {
  if (!Array.isArray(value) || value.length > max) return null;
  const texts = value.map((one: unknown) => textIn(one, pattern));
  return texts.every((text) => text !== null) ? texts : null;
}

export const wholeSecondsIn = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;

const coordinate = /^[A-Za-z0-9_-]{43}$/;

/** A public Ed25519 or P-256 key, and no private half beside it. */
export function isPublicJwk(value: unknown): value is PublicJwk {
  const of = (name: string): unknown => memberOf(value, name);
  if (of("d") !== undefined || textIn(of("x"), coordinate) === null) return false;
  if (of("kty") === "OKP") return of("crv") === "Ed25519" && of("y") === undefined;
  return of("kty") === "EC" && of("crv") === "P-256" && textIn(of("y"), coordinate) !== null;
}

const releaseKeysMax = 4;

/** Who may sign updates; nobody where a ticket does not say. Each named by what it is and nothing beside it. */
export function releaseKeysIn(value: unknown): readonly PublicJwk[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > releaseKeysMax) return null;
  const keys = value.map((one: unknown) => (isPublicJwk(one) && one.kty === "OKP" ? one : null));
  return keys.every((key) => key !== null) ? keys.map(({ kty, crv, x }) => ({ kty, crv, x })) : null;
}
