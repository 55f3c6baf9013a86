import { z } from "zod";
import { type CardText, cardHash, isCardHash, isCardText } from "../core/card.ts";
import type {
  AuditFound,
  BadgeGiven,
  Challenge,
  Credentials,
  DeskNews,
  DeskRequest,
  DisclosedAtDesk,
  Enrolled,
  EnrolNews,
  Forgotten,
  HoldCards,
  InsideCard,
  InstallCard,
  MusterCard,
  Noted,
  OperatorAdded,
  OperatorCards,
  OperatorKept,
  PeopleCards,
  PersonCard,
  PinKept,
  ReaderCards,
  ReaderSeen,
  RequestCards,
  SessionBegun,
  SessionsEnded,
  SnapshotCards,
  SnapshotSealed,
  UplinkCard,
  WallCard,
  WorstServed,
} from "../core/desk.ts";
import type { EvenWays } from "../core/even-ways.ts";
import { Fault } from "../core/fault.ts";
import type { RetentionClass } from "../core/keepsake.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { PinWish } from "../core/pin.ts";
import { retentionClasses } from "../core/retention.ts";
import { isOperatorId, type OperatorId, reasons, roles } from "../core/roles.ts";
import type { Spread } from "../core/served.ts";
import type { Condition } from "../core/technician.ts";
import { acceptanceNews, acceptanceWish } from "./acceptance.ts";

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
  guardian: z.boolean().optional(),
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

const operator = z.custom<OperatorId>(
  (value) => typeof value === "string" && isOperatorId(value),
  "not an operator's id",
);
const letters = (max: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{1,${max}}$`), "not base64url");
const code = z.string().regex(/^[a-z0-9-]{1,40}$/, "not a code");
/** A number, so that nobody's name comes into a record by it. */
const ticket = z.string().regex(/^[A-Z]{0,6}-?[0-9]{1,12}$/, "not a ticket's number, such as CASE-4711");
const minutes = z.int().min(1, "1 to 15").max(15, "1 to 15");
const auditWish = z.strictObject({
  person: person.nullable(),
  act: code.nullable(),
  by: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/, "not somebody who acts here")
    .nullable(),
  sinceUtcMs: z.int().min(0).nullable(),
});

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "not a day such as 2026-11-01");

/** Whether it may be is for the clock to say, in words. */
const holdWish = z.strictObject({
  sub: person.nullable(),
  classes: z.array(z.custom<RetentionClass>((value) => retentionClasses.some((cls) => cls === value))).max(16),
  fromUtcMs: z.int().nullable(),
  untilUtcMs: z.int(),
  owner: z.string().regex(/^[a-z0-9-]{1,24}$/, "not a role or file number"),
  reason: z.string().regex(/^[a-z0-9-]{1,40}$/, "not a code"),
});

const selfcheckFound = z.strictObject({
  holds: z.int().min(0).max(1_000),
  unchecked: z.int().min(0).max(1_000),
  broken: z.array(z.string().regex(/^[A-Z]{1,3}-?[0-9]{1,3}$/, "not a promise's id")).max(200),
});

const request: z.ZodType<DeskRequest> = z.discriminatedUnion("ask", [
  z.strictObject({ ask: z.literal("people") }),
  z.strictObject({ ask: z.literal("worst-served") }),
  z.strictObject({ ask: z.literal("spread") }),
  z.strictObject({ ask: z.literal("uplink") }),
  z.strictObject({ ask: z.literal("condition") }),
  z.strictObject({ ask: z.literal("technician"), onWall: z.boolean() }),
  z.strictObject({ ask: z.literal("enrol"), wish }),
  z.strictObject({
    ask: z.literal("enrol-photographs"),
    wish,
    jpegs: z.array(jpeg).min(1).max(photographsMax),
  }),
  z.strictObject({ ask: z.literal("withdraw"), person }),
  z.strictObject({ ask: z.literal("remove"), person }),
  z.strictObject({ ask: z.literal("muster") }),
  z.strictObject({ ask: z.literal("alert"), act: z.enum(["raised", "cleared"]) }),
  z.strictObject({ ask: z.literal("inside") }),
  z.strictObject({ ask: z.literal("ways") }),
  z.strictObject({ ask: z.literal("acceptance"), wish: acceptanceWish }),
  z.strictObject({ ask: z.literal("wall") }),
  z.strictObject({ ask: z.literal("selfcheck"), found: selfcheckFound }),
  z.strictObject({ ask: z.literal("install"), ticket: letters(64).nullable() }),
  z.strictObject({ ask: z.literal("requests") }),
  z.strictObject({
    ask: z.literal("request-answer"),
    request: z.string().min(1).max(64),
    state: z.enum(["done", "declined"]),
  }),
  z.strictObject({ ask: z.literal("holds") }),
  z.strictObject({ ask: z.literal("hold-set"), hold: holdWish }),
  z.strictObject({ ask: z.literal("hold-lift"), hold: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "not a hold's id") }),
  z.strictObject({ ask: z.literal("hold-trust") }),
  z.strictObject({ ask: z.literal("renew") }),
  z.strictObject({ ask: z.literal("unlock") }),
  z.strictObject({ ask: z.literal("camera"), isOn: z.boolean() }),
  z.strictObject({ ask: z.literal("badge"), person, card: card.nullable() }),
  z.strictObject({ ask: z.literal("badge-remove"), person }),
  z.strictObject({ ask: z.literal("pin"), person, wish: pinWish }),
  z.strictObject({ ask: z.literal("pin-remove"), person }),
  z.strictObject({ ask: z.literal("readers") }),
  z.strictObject({ ask: z.literal("reader-test"), forS: z.int().min(1).max(600) }),
  z.strictObject({ ask: z.literal("operators") }),
  z.strictObject({ ask: z.literal("operator-add"), role: z.enum(roles) }),
  z.strictObject({ ask: z.literal("operator-end"), operator }),
  z.strictObject({ ask: z.literal("operator-enrol"), secret: letters(64), x: letters(64), sig: letters(128) }),
  z.strictObject({ ask: z.literal("session-challenge") }),
  z.strictObject({
    ask: z.literal("session-begin"),
    ...{ challenge: letters(64), sig: letters(128) },
    ...{ operator, reason: z.enum(reasons), ticket: ticket.nullable(), minutes },
  }),
  z.strictObject({ ask: z.literal("session-end") }),
  z.strictObject({ ask: z.literal("audit"), wish: auditWish, seal: z.boolean() }),
  z.strictObject({ ask: z.literal("disclose"), wish: z.strictObject({ person, first: day, last: day }) }),
  z.strictObject({ ask: z.literal("snapshots"), person: person.nullable() }),
  z.strictObject({
    ask: z.literal("snapshot-open"),
    snapshot: z.string().regex(/^u_[0-9a-z]{20}$/, "not a picture's id"),
  }),
]);

/** What shows who asks stands beside the request, never in it. */
const credentials = z.object({
  sessions: z.array(letters(64)).max(2).default([]),
  owner: letters(64).nullable().default(null),
});

export interface Heard {
  readonly request: DeskRequest;
  readonly shown: Credentials;
}

/** @throws Fault `desk-refused` saying which member is wrong, never what stood there. */
export function parseRequest(line: string): Heard {
  const { sessions, owner, ...asked } = membersOf(jsonOf(line));
  const shown = credentials.safeParse({ sessions, owner });
  const parsed = request.safeParse(asked);
  if (parsed.success && shown.success) return { request: parsed.data, shown: shown.data };
  const [issue] = [...(shown.error?.issues ?? []), ...(parsed.error?.issues ?? [])];
  const where = issue?.path.join(".") || "the request";
  throw new Fault(
    "desk-refused",
    `the clock does not understand ${where}: ${issue?.message ?? "not valid"}`,
    "Correct it, or use the `lintel` command of the clock's own release.",
  );
}

/** As a line with its end. */
export function requestLine(asked: DeskRequest, shown: Credentials = { sessions: [], owner: null }): string {
  const jpegs = asked.ask === "enrol-photographs" ? { jpegs: asked.jpegs.map(base64Of) } : {};
  const { sessions, owner } = shown;
  const who = { ...(sessions.length > 0 && { sessions }), ...(owner !== null && { owner }) };
  return `${JSON.stringify({ ...asked, ...jpegs, ...who })}\n`;
}

/** Of an object; of anything else none, which fits no request. */
const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

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
  acceptanceNews,
  z.object({ waitingFor: z.literal("card") }),
  z.object({ said: readerSeen }),
  z.object({ page: z.object({ url: z.string(), code: z.string() }) }),
  z.object({ actedAs: z.literal("demo") }),
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

export const spreadAnswer = z.object({
  people: z.int(),
  mean: z.number().nullable(),
  gini: z.number().nullable(),
}) satisfies z.ZodType<Spread>;
export const worstServedAnswer: z.ZodType<WorstServed> = z.object({
  worst: z.array(z.object({ person, displayName: z.string(), known: z.int(), missed: z.int(), isOften: z.boolean() })),
  spread: spreadAnswer,
});

export const enrolledAnswer: z.ZodType<Enrolled> = z.object({
  person,
  again: z.boolean(),
  spaceId: z.string(),
  quality: z.number().nullable(),
  frames: z.int(),
  lookAlikes: z.array(z.object({ person, displayName: z.string() })),
});

const stays = z.object({ cls: z.string(), basis: z.string(), until: z.string() });
export const musterAnswer: z.ZodType<MusterCard> = z.object({
  lines: z.array(
    z.object({
      who: z.enum(["person", "visitor"]),
      ...{ name: z.string(), sinceLocal: z.string().nullable(), loc: z.string(), isDoubtful: z.boolean() },
    }),
  ),
});

const way = z.enum(["face", "badge", "pin", "qr"]);

export const evenWaysAnswer: z.ZodType<EvenWays> = z.object({
  days: z.int(),
  ways: z.array(z.object({ way, served: z.int(), refused: z.int(), medianMs: z.number() })),
  uneven: z.array(z.object({ way, is: z.enum(["slower", "refused-more"]) })),
});

export const insideAnswer: z.ZodType<InsideCard> = z.object({
  overdue: z.array(z.object({ cls: z.string(), due: z.int() })),
  faces: z.object({ loaded: z.int(), withoutConsent: z.int() }),
  keys: z.enum(["credential", "tpm", "software"]).nullable(),
  time: z.enum(["nts", "ntp", "roughtime", "ack", "rtc", "manual", "none"]),
  ways: evenWaysAnswer,
});

export const notedAnswer: z.ZodType<Noted> = z.object({
  noted: z.enum(["alert", "camera", "renewal", "selfcheck", "technician", "unlock"]),
});

const position = z.object({ epoch: z.int(), seq: z.int() });

export const installAnswer: z.ZodType<InstallCard> = z.object({
  punch: position.nullable(),
  receipted: position.nullable(),
});

export const forgottenAnswer: z.ZodType<Forgotten> = z
  .object({
    person,
    forgotten: z.enum(["face", "everything"]),
    proof: z.object({ epoch: z.int(), seq: z.int(), kept: z.array(stays) }).optional(),
  })
  .transform(({ proof, ...rest }) => ({ ...rest, ...(proof !== undefined && { proof }) }));

export const requestsAnswer: z.ZodType<RequestCards> = z.object({
  requests: z.array(
    z.object({
      ...{ id: z.string(), sub: person, about: z.string(), asked: z.string(), due: z.string(), isOverdue: z.boolean() },
      right: z.enum(["access", "copy", "rectify", "erase", "restrict", "object", "explain"]),
      state: z.enum(["asked", "done", "declined", "withdrawn"]),
      wish: z.string().nullable(),
    }),
  ),
});

export const holdsAnswer: z.ZodType<HoldCards> = z.object({
  holds: z.array(z.object({ ...holdWish.shape, id: z.string() })),
});

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

export const wallAnswer: z.ZodType<WallCard> = z.object({
  ...{ fw: z.string(), page: z.string(), idleMs: z.number().nullable() },
  rooms: z.object({ camera: z.string(), engine: z.string(), reader: z.string() }),
});

const spread = z.object({ p50Ms: z.number(), worstMs: z.number(), count: z.int() }).nullable();

export const conditionAnswer: z.ZodType<Condition> = z.object({
  rooms: z.object({
    ...{ camera: z.string(), engine: z.string(), reader: z.string(), uplink: z.string(), journal: z.string() },
  }),
  ...{ framesPerS: z.number().nullable(), frameAgeMs: z.number().nullable(), look: spread, commit: spread },
  faces: z.object({
    ...{ seen: z.int(), tooDark: z.int(), tooBright: z.int(), blurred: z.int(), repeats: z.boolean() },
  }),
  cards: z.object({ taps: z.int(), garbage: z.int() }),
  journal: z.object({
    notice: z.enum(["journal-lost", "truncated", "rollback", "corrupt"]).nullable(),
    checked: z.enum(["running", "good", "bad"]).nullable(),
    oldestWaitingUtcMs: z.union([z.number(), z.literal("unreadable")]).nullable(),
  }),
  shut: z.object({ locked: z.enum(["order", "housing"]).nullable(), isCameraOff: z.boolean() }),
  ...{ housing: z.string(), pages: z.int() },
});

const role = z.enum(roles);

export const operatorsAnswer: z.ZodType<OperatorCards> = z.object({
  operators: z.array(z.object({ operator, role, hasKey: z.boolean(), sinceMs: z.number() })),
});

export const operatorAddedAnswer: z.ZodType<OperatorAdded> = z.object({ operator, role, secret: z.string() });

export const operatorAnswer: z.ZodType<OperatorKept> = z.object({
  ...{ operator, role, is: z.enum(["enrolled", "ended"]) },
});

export const challengeAnswer: z.ZodType<Challenge> = z.object({ challenge: z.string(), device: z.string() });

export const sessionAnswer: z.ZodType<SessionBegun> = z.object({ token: z.string(), role, untilUtcMs: z.number() });

export const sessionsEndedAnswer: z.ZodType<SessionsEnded> = z.object({ ended: z.int() });

const auditLine = z.object({ id: z.string(), time: z.string(), epoch: z.int(), seq: z.int(), jws: z.string() });

export const auditAnswer: z.ZodType<AuditFound> = z.object({
  lines: z.array(auditLine),
  manifest: auditLine.nullable(),
  isMore: z.boolean(),
});

export const disclosedAnswer: z.ZodType<DisclosedAtDesk> = z.object({
  statement: z.string(),
  records: z.array(z.string()),
  proofs: z.array(
    z.object({ checkpoint: z.int(), index: z.int(), size: z.int(), path: z.array(z.string()) }).nullable(),
  ),
  checkpoints: z.array(z.string()),
  signed: z.string(),
});

const snapshotCard = z.object({ snapshot: z.string(), person, takenUtcMs: z.number() });

export const snapshotsAnswer: z.ZodType<SnapshotCards> = z.object({ snapshots: z.array(snapshotCard) });

export const snapshotAnswer: z.ZodType<SnapshotSealed> = snapshotCard.extend({ parcel: z.string() });

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
