import type { PersonId } from "../person.ts";
import type { CorrectionData, Position, PunchData, PunchKind } from "../record.ts";
import { standingOf } from "./correction.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";

/** A punch with its corrections applied, as the rules of attendance see it. Order is the journal's, never the clock's. */
export interface Mark {
  /** Id of the punch, or of the correction that added it. */
  readonly id: string;
  readonly person: PersonId;
  readonly kind: PunchKind;
  /** Null where a punch was added and nobody knows when it was. */
  readonly utcMs: number | null;
  readonly time: MarkTime;
  /** The monotonic clock of the punch; null where it was added or its time was corrected. */
  readonly mono: { readonly boot: number; readonly ms: number } | null;
  readonly position: Position;
  readonly inferred: boolean;
  readonly loc: string;
  readonly job: string | null;
  readonly evidence: Evidence;
  readonly why: readonly string[];
  /** The supervisor who punched. */
  readonly sup: PersonId | null;
  /** What the punch itself said; null where nothing was corrected. */
  readonly was: { readonly kind: PunchKind; readonly utcMs: number | null } | null;
}

export type MarkTime =
  /** The clock knew what time it was. */
  | "sure"
  /** It did not; it came to know in the same boot, and the time was reckoned back from there. */
  | "reckoned"
  /** Somebody said so, and a supervisor granted it. */
  | "claimed"
  /** Shown as "time not sure", counted where it needs no wall clock, and never dropped. */
  | "unsure";

/** Somebody asks for a correction, or asked. */
export interface CorrectionRequest {
  /** Id of the record that asks. */
  readonly id: string;
  readonly person: PersonId;
  readonly ref: string;
  readonly kind: PunchKind;
  /** Null: as it was, or not known where a punch is missing. */
  readonly claimedUtcMs: number | null;
  readonly adds: "before" | "after" | null;
  readonly reason: string;
  readonly note: string;
  readonly askedUtcMs: number;
  readonly state: "asked" | "granted" | "declined";
  readonly decidedBy: PersonId | null;
}

/** What this clock knows of one person, oldest first. */
export interface Book {
  readonly marks: readonly Mark[];
  readonly requests: readonly CorrectionRequest[];
}

export const blankBook: Book = { marks: [], requests: [] };

/** As many as 35 days of ten punches a day, and some: what is older is in the journal. */
export const marksMax = 400;
const requestsMax = 100;

/** A record of the journal, as far as attendance reads it. Every `RecordEvent` is one. */
export interface Written {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly epoch: number;
  readonly seq: number;
  readonly data: unknown;
}

/** @returns null for a punch by nobody, and for attempts that were no punch: refused, or a second of the same. */
export function markOf({ id, time, epoch, seq, data }: Written): Mark | null {
  const { sub, kind, inf, method, assure, t, loc, dec, why = [], sup = null, job = null } = data as PunchData;
  if (sub === null || dec === "reject" || dec === "duplicate") return null;
  const utcMs = Date.parse(time);
  const isSure = t.src !== "none" && !why.includes("clock-weak") && Number.isFinite(utcMs);
  return {
    id,
    person: sub,
    kind,
    utcMs: Number.isFinite(utcMs) ? utcMs : null,
    time: isSure ? "sure" : "unsure",
    mono: { boot: t.boot, ms: t.mono },
    position: { epoch, seq },
    inferred: inf === true,
    loc,
    job,
    evidence: evidenceOf({ method, assure, why }),
    why,
    sup,
    was: null,
  };
}

/** @returns the same book where the correction is about nothing that is known here and asks for nothing. */
export function corrected(book: Book, written: Written): Book {
  const data = written.data as CorrectionData;
  const standing = standingOf(data);
  if (standing === "asked") return withRequest(book, requestOf(written, data));
  const decided = withDecision(book, data, standing);
  if (standing === "declined") return decided;
  const at = decided.marks.findLastIndex(({ id }) => id === data.ref);
  const meant = decided.marks[at];
  if (meant === undefined || (data.adds !== undefined && has(decided.marks, written.id))) return decided;
  const marks =
    data.adds === undefined
      ? decided.marks.with(at, changed(meant, data))
      : decided.marks.toSpliced(placeOf(decided.marks, at, data.adds), 0, added(meant, written, data));
  return { ...decided, marks: marks.slice(-marksMax) };
}

function changed(mark: Mark, { kind, at }: CorrectionData): Mark {
  const was = mark.was ?? { kind: mark.kind, utcMs: mark.utcMs };
  const utcMs = momentOf(at);
  // The kind is corrected; the moment stays that of the punch.
  if (utcMs === null) return { ...mark, kind, inferred: false, was };
  return { ...mark, kind, inferred: false, was, utcMs, time: "claimed", mono: null };
}

function added(beside: Mark, { id, epoch, seq }: Written, { kind, at, reason, sup }: CorrectionData): Mark {
  const utcMs = momentOf(at);
  return {
    ...{ id, kind, utcMs },
    sup: sup ?? null,
    person: beside.person,
    time: utcMs === null ? "unsure" : "claimed",
    mono: null,
    position: { epoch, seq },
    inferred: false,
    loc: beside.loc,
    job: null,
    evidence: { level: "weak", reasons: ["added"] },
    why: [reason],
    was: null,
  };
}

/** Several that were added after the same punch stand in the order in which they were granted. */
function placeOf(marks: readonly Mark[], ref: number, adds: "before" | "after"): number {
  if (adds === "before") return ref;
  let place = ref + 1;
  while (marks[place]?.evidence.reasons[0] === "added") place += 1;
  return place;
}

function requestOf({ id, time }: Written, data: CorrectionData): CorrectionRequest {
  const { sub, ref, kind, at, adds = null, reason, note = "" } = data;
  return {
    ...{ id, ref, kind, adds, reason, note },
    person: sub,
    claimedUtcMs: momentOf(at),
    askedUtcMs: Date.parse(time),
    state: "asked",
    decidedBy: null,
  };
}

const withRequest = (book: Book, request: CorrectionRequest): Book =>
  has(book.requests, request.id) ? book : { ...book, requests: [...book.requests, request].slice(-requestsMax) };

const has = (things: readonly { readonly id: string }[], id: string): boolean =>
  things.some((thing) => thing.id === id);

function withDecision(book: Book, { req, sup }: CorrectionData, state: "granted" | "declined"): Book {
  const at = req === undefined ? -1 : book.requests.findLastIndex(({ id }) => id === req);
  const request = book.requests[at];
  if (request?.state !== "asked") return book;
  return { ...book, requests: book.requests.with(at, { ...request, state, decidedBy: sup ?? null }) };
}

/** A date like the 30th of February says nothing. */
function momentOf(text: string | undefined): number | null {
  const utcMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(utcMs) ? null : utcMs;
}
