import { z } from "zod";
import { type CardText, cardHash, isCardHash, isCardText } from "../core/card.ts";
import type {
  BadgeGiven,
  DeskNews,
  DeskRequest,
  Enrolled,
  EnrolNews,
  Forgotten,
  PeopleCards,
  PersonCard,
  PinKept,
  ReaderCards,
  ReaderSeen,
  UplinkCard,
} from "../core/desk.ts";
import { Fault } from "../core/fault.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { PinWish } from "../core/pin.ts";

/**
 * The desk's protocol: JSON, one value per line, UTF-8. A connection carries one request; the clock answers with any
 * number of `news`, then one `answer` or `fault`, and closes. Hanging up earlier cancels what was asked.
 */

/** Photographs of one request, and how large each may be: the tool makes them so. */
export const photographsMax = 12;
export const photographMaxBytes = 1_500_000;
/** The longest request there can be, with its pictures as base64, and some room for words. */
export const lineMaxBytes = photographsMax * Math.ceil(photographMaxBytes / 3) * 4 + 65_536;

const person = z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value), "not a person id");
const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "holds control characters");

const card = z.custom<CardText>(
  (value) => typeof value === "string" && isCardText(value),
  "not as the reader says it: technology, colon, number",
);

const wish = z.strictObject({
  person: person.nullable(),
  displayName: words(80).nullable(),
  badges: z.array(card).max(8),
  consent: words(80),
  alsoLike: z.array(person).max(16),
});

const jpeg = z
  .string()
  .max(Math.ceil(photographMaxBytes / 3) * 4, "picture too large")
  .transform((text) => new Uint8Array(Buffer.from(text, "base64")));

/** Whether they will do is for the clock to say, in words. */
const digits = z.string().regex(/^[0-9]{0,32}$/, "not digits");
const pinWish = z
  .strictObject({ number: digits, pin: digits, duress: digits.optional() })
  .transform(({ duress, ...wish }): PinWish => ({ ...wish, ...(duress !== undefined && { duress }) }));

const request: z.ZodType<DeskRequest> = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("people") }),
  z.strictObject({ ask: z.literal("uplink") }),
  z.strictObject({ ask: z.literal("enrol"), wish }),
  z.strictObject({
    ask: z.literal("enrol-photographs"),
    wish,
    jpegs: z.array(jpeg).min(1).max(photographsMax),
  }),
  z.strictObject({ ask: z.literal("withdraw"), person }),
  z.strictObject({ ask: z.literal("remove"), person }),
  z.strictObject({ ask: z.literal("badge"), person, card: card.nullable() }),
  z.strictObject({ ask: z.literal("badge-remove"), person }),
  z.strictObject({ ask: z.literal("pin"), person, wish: pinWish }),
  z.strictObject({ ask: z.literal("pin-remove"), person }),
  z.strictObject({ ask: z.literal("readers") }),
  z.strictObject({ ask: z.literal("reader-test"), forS: z.int().min(1).max(600) }),
]);

/** @throws Fault `desk-refused` saying which member is wrong, never what stood there. */
export function parseRequest(line: string): DeskRequest {
  const parsed = request.safeParse(jsonOf(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the request";
  throw new Fault(
    "desk-refused",
    `the clock does not understand ${where}: ${issue?.message ?? "not valid"}`,
    "Correct it, or use the `lintel` command of the clock's own release.",
  );
}

/** As a line with its end. */
export function requestLine(asked: DeskRequest): string {
  const jpegs = asked.ask === "enrol-photographs" ? { jpegs: asked.jpegs.map(base64Of) } : {};
  return `${JSON.stringify({ ...asked, ...jpegs })}\n`;
}

const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

const enrolNews: z.ZodType<EnrolNews> = z.object({
  state: z.enum(["going", "done", "failed"]),
  pose: z.enum(["straight", "a-little-left", "a-little-right", "turn-left", "turn-right", "blink"]),
  accepted: z.int(),
  needed: z.int(),
  problem: z
    .enum([
      "too-far",
      "too-close",
      "off-centre",
      "turned",
      "too-dark",
      "too-bright",
      "blurred",
      "several",
      "nobody",
      "another-face",
      "eyes-closed",
    ])
    .nullable(),
});

const hash = z.string().refine(isCardHash).transform(cardHash);

const readerSeen: z.ZodType<ReaderSeen> = z.object({
  reader: z.string(),
  reports: z.array(z.string()),
  framed: z.string().nullable(),
  card: z.string().nullable(),
  hash: hash.nullable(),
});

const news: z.ZodType<DeskNews> = z.union([
  enrolNews,
  z.object({ waitingFor: z.literal("card") }),
  z.object({ said: readerSeen }),
]);

const personCard: z.ZodType<PersonCard> = z.object({
  person,
  displayName: z.string(),
  badges: z.int(),
  sharedBadges: z.int(),
  template: z
    .object({
      spaceId: z.string(),
      quality: z.number().nullable(),
      source: z.enum(["camera", "photographs"]),
      createdMs: z.number(),
      frames: z.int(),
    })
    .nullable(),
  mustEnrolAgain: z.boolean(),
  lookAlikes: z.array(person),
});

/** What each kind of request is answered with. */
export const peopleAnswer: z.ZodType<PeopleCards> = z.object({ spaceId: z.string(), people: z.array(personCard) });

export const enrolledAnswer: z.ZodType<Enrolled> = z.object({
  person,
  again: z.boolean(),
  spaceId: z.string(),
  quality: z.number().nullable(),
  frames: z.int(),
  lookAlikes: z.array(z.object({ person, displayName: z.string() })),
});

export const forgottenAnswer: z.ZodType<Forgotten> = z.object({ person, forgotten: z.enum(["face", "everything"]) });

export const pinAnswer: z.ZodType<PinKept> = z.object({ person, pin: z.enum(["set", "removed"]) });

export const badgeAnswer: z.ZodType<BadgeGiven> = z.object({ person, badges: z.int(), isNew: z.boolean() });

export const readersAnswer: z.ZodType<ReaderCards> = z.object({
  readers: z.array(
    z.object({
      ...{ path: z.string(), vendor: z.string(), product: z.string(), usage: z.string(), port: z.string().nullable() },
      ...{ profile: z.string().nullable(), is: z.enum(["open", "not-open", "same", "not-ours"]), why: z.string() },
    }),
  ),
  counts: z.object({ taps: z.int(), garbage: z.int(), overflow: z.int(), lost: z.int() }),
});

const said = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

export const uplinkAnswer: z.ZodType<UplinkCard> = z.object({
  online: z.boolean(),
  receiver: z.string(),
  waiting: z.int(),
  receipted: z.object({ epoch: z.int(), seq: z.int() }).nullable(),
  trouble: said.nullable(),
});

/** One line of the clock. */
const reply = z.union([z.object({ news }), z.object({ answer: z.unknown() }), z.object({ fault: said })]);

export type Reply = z.infer<typeof reply>;

/** @throws Fault `desk-refused` for what no clock of this release says. */
export function parseReply(line: string): Reply {
  const parsed = reply.safeParse(jsonOf(line));
  if (parsed.success) return parsed.data;
  throw new Fault("desk-refused", "the clock's answer is not understood", "Use the `lintel` command of its release.");
}

export const replyLine = (said: Reply): string => `${JSON.stringify(said)}\n`;

/** undefined, which fits no schema, for what is no JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
