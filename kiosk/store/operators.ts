import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { enrolText } from "../core/desk.ts";
import { Fault } from "../core/fault.ts";
import { isOperatorId, type OperatorId, type Role, roles } from "../core/roles.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openCheckedFile } from "./checked-file.ts";

export interface Operator {
  readonly id: OperatorId;
  readonly role: Role;
  /** Public half of their Ed25519 key, base64url; null until they brought it. */
  readonly x: string | null;
  readonly sinceMs: number;
}

/**
 * Who may act at the desk. Nobody at first, and no secret of anybody: what lies on the disk are public keys, and the hash
 * of a secret of 128 random bits for a day.
 */
export interface Operators {
  /** The list could not be read and was set aside: nobody may act until the owner says who. */
  readonly wasDamaged: boolean;
  readonly all: () => readonly Operator[];
  /** @returns the secret, which is kept nowhere. @throws Fault `operator-refused` where there are enough. */
  readonly add: (role: Role, nowUtcMs: number) => Promise<{ readonly operator: Operator; readonly secret: string }>;
  /**
   * Whoever holds the secret brings their key; the secret is spent then.
   * @throws Fault `operator-refused`; which of secret and signature was wrong is said to nobody.
   */
  readonly enrol: (key: BroughtKey, nowUtcMs: number) => Promise<Operator>;
  /** @throws Fault `operator-refused` where there is none such. */
  readonly end: (id: OperatorId) => Promise<Operator>;
  /** Who signed this text; null where it was not them. */
  readonly signed: (id: OperatorId, text: string, sig: string) => Operator | null;
}

export interface BroughtKey {
  readonly secret: string;
  readonly x: string;
  readonly sig: string;
}

const operatorsMax = 64;
const secretForMs = 24 * 3_600_000;

const operator = z.strictObject({
  id: z.custom<OperatorId>((value) => typeof value === "string" && isOperatorId(value)),
  role: z.enum(roles),
  x: z.string().nullable(),
  sinceMs: z.number(),
  /** SHA-256 of the secret, and until when it is good. */
  secret: z.strictObject({ h: z.string(), untilMs: z.number() }).nullable(),
});
type Kept = z.infer<typeof operator>;
const list = z.array(operator).max(operatorsMax);

/** @param directory `operators.json`. @throws Fault `state-unwritable`, `disk-full`. */
export async function openOperators(directory: string): Promise<Operators> {
  await ensureStateFolder(directory);
  const file = await openCheckedFile<Kept[]>(join(directory, "operators.json"), list, () => []);
  const shown = ({ secret: _, ...one }: Kept): Operator => one;
  return {
    wasDamaged: file.wasDamaged,
    all: () => file.get().map(shown),
    add: async (role, nowUtcMs) => {
      const secret = newSecret();
      const id = newId();
      const added: Kept = {
        ...{ id, role, x: null, sinceMs: nowUtcMs },
        secret: { h: hashOf(secret), untilMs: nowUtcMs + secretForMs },
      };
      await file.change((before) => {
        if (before.length >= operatorsMax) throw refusal("there are enough operators", "End those who left first.");
        return [...before, added];
      });
      return { operator: shown(added), secret };
    },
    enrol: async ({ secret, x, sig }, nowUtcMs) => {
      const wrong = refusal(
        "this secret brings no key: it is wrong, spent, or older than a day",
        "Ask whoever keeps the clock for a new one: `lintel operator add`.",
      );
      if (!isSigned(x, enrolText(secret, x), sig)) throw wrong;
      const h = hashOf(secret);
      const after = await file.change((before) => {
        const held = before.find((one) => one.secret?.h === h && nowUtcMs < one.secret.untilMs);
        if (held === undefined) throw wrong;
        // Two operators with one key would be one person with two credentials.
        if (before.some((one) => one.x === x)) throw refusal("this key is an operator's already", "Make a new one.");
        return before.map((one) => (one === held ? { ...one, x, secret: null } : one));
      });
      const enrolled = after.find((one) => one.x === x);
      if (enrolled === undefined) throw wrong;
      return shown(enrolled);
    },
    end: async (id) => {
      const ended = file.get().find((one) => one.id === id);
      if (ended === undefined)
        throw refusal(`there is no operator ${id}`, "`lintel operator list` shows who there is.");
      await file.change((before) => before.filter((one) => one.id !== id));
      return shown(ended);
    },
    signed: (id, text, sig) => {
      const found = file.get().find((one) => one.id === id);
      return found?.x != null && isSigned(found.x, text, sig) ? shown(found) : null;
    },
  };
}

function isSigned(x: string, text: string, sig: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(text), key, Buffer.from(sig, "base64url"));
  } catch {
    // What is no key signed nothing.
    return false;
  }
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const letters = (count: number): string =>
  Array.from(randomBytes(count), (byte) => alphabet.charAt(byte % 32)).join("");

/** 130 random bits, in groups that can be read aloud. */
const newSecret = (): string => (letters(26).match(/.{1,6}/g) ?? []).join("-");

const newId = (): OperatorId => `o_${letters(20)}` as OperatorId;

const refusal = (message: string, remedy: string): Fault => new Fault("operator-refused", message, remedy);
