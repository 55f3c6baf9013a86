import type { CorrectionData, PunchData, RecordEvent } from "../record.ts";
import type { Sources } from "./dossier.ts";
import { requestsOf } from "./requests.ts";

/**
 * A copy of everything that a clock keeps of somebody, for them to take along (docs/schemas/my-data-1.schema.json). What
 * is written here is what the wall lists, and the records themselves, word by word.
 */

/** The face itself is not in it: numbers of one model on one site, worth nothing elsewhere and worth stealing. */
const faceNote = "The numbers made from your face stay on the clock: no other model or site can use them.";

export interface Copy {
  readonly format: "lintel-my-data-1";
  /** When, RFC 3339 in UTC. */
  readonly made: string;
  /** Of the clock, as in records. */
  readonly source: string;
  readonly [member: string]: unknown;
}

export function copyOf(sources: Sources, source: string): Copy {
  const { person, template, isFrozen, hasPin, pieces, roster, records, consents, looks, keep, nowUtcMs } = sources;
  return {
    format: "lintel-my-data-1",
    made: isoOf(nowUtcMs),
    source,
    person: {
      id: person.id,
      name: person.displayName,
      language: person.lang ?? null,
      badges: person.badges.length,
      pin: hasPin,
      alike: person.lookAlikes.length,
      shift: person.shift ?? null,
      groups: person.perm ?? [],
      roster: roster === null ? null : objectIn(roster),
    },
    face: template && {
      taken: isoOf(template.createdMs),
      quality: template.quality,
      model: template.spaceId,
      source: template.source,
      frozen: isFrozen,
      lastUsed: sources.faceUsedUtcMs === null ? null : isoOf(sources.faceUsedUtcMs),
      looks: { known: sources.served.known, missed: sources.served.missed },
      note: faceNote,
    },
    choices: sources.choices,
    sealedPieces: pieces,
    consents: consents.map(({ utcMs, ...said }) => ({ at: isoOf(utcMs), ...said })),
    requests: requestsOf(records, nowUtcMs).map(({ id, right, about, state, askedUtcMs, dueUtcMs }) => ({
      ...{ id, right, about, state, asked: isoOf(askedUtcMs), due: isoOf(dueUtcMs) },
    })),
    looks: looks.map(({ utcMs, role, why }) => ({ at: isoOf(utcMs), role, why })),
    messages: sources.messages.map(({ text, untilUtcMs }) => ({ text, until: isoOf(untilUtcMs) })),
    pictures: { taken: sources.pictures.isOn, refused: sources.pictures.isRefused },
    snapshots: sources.snapshots.map(({ takenUtcMs, untilUtcMs }) => ({
      ...{ taken: isoOf(takenUtcMs), until: isoOf(untilUtcMs) },
    })),
    holds: sources.holds.map(({ reason, untilUtcMs }) => ({ reason, until: isoOf(untilUtcMs) })),
    keepDays: keep,
    records,
  };
}

const columns = [
  ...(["id", "type", "utc", "local", "time_zone", "kind", "methods", "decision", "why", "job"] as const),
  ...(["corrects", "claimed_utc", "reason", "state"] as const),
];
type Row = Readonly<Partial<Record<(typeof columns)[number], string>>>;

/** Punches and corrections for a spreadsheet: RFC 4180, UTF-8 with its mark, one line for each record. */
export function timesCsv(records: readonly RecordEvent[]): string {
  const rows = records.map(rowOf).filter((row) => row !== null);
  const lines = [columns.join(","), ...rows.map((row) => columns.map((column) => cellOf(row[column] ?? "")).join(","))];
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function rowOf({ id, type, time, data }: RecordEvent): Row | null {
  if (type === "dev.lintel.punch.v1") {
    const { kind, method, t, dec, why = [], job = "" } = data as PunchData;
    const { local, tz } = t;
    const row = { id, type: "punch", utc: time, local, time_zone: tz, kind, decision: dec, job };
    return { ...row, methods: method.join(" "), why: why.join(" ") };
  }
  if (type !== "dev.lintel.correction.v1") return null;
  const { ref, kind, reason, at = "", state = "done" } = data as CorrectionData;
  return { id, type: "correction", utc: time, kind, corrects: ref, claimed_utc: at, reason, state };
}

/** A spreadsheet takes what begins like a formula for one. */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const isoOf = (utcMs: number): string => new Date(utcMs).toISOString();

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
