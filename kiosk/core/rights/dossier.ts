import type { RetentionClass } from "../keepsake.ts";
import type { Person, PersonId } from "../person.ts";
import type { ConsentData, RecordEvent, RecordType } from "../record.ts";
import { type FaceTally, isOftenMissed } from "../served.ts";
import { choicesPiece, isNoChoice } from "./choices.ts";
import { requestsOf } from "./requests.ts";
import type { Choices, CopyDoor, FactView, ItemKind, ItemView, LineView, Until } from "./view.ts";

/**
 * Everything that this clock keeps of one person, as one list. Made of what the rooms have and of nothing else: what is
 * in no list here is on this clock nowhere (test/promises/rights.test.ts holds it against a raw listing).
 */

export interface DossierItem extends ItemView {
  readonly facts: readonly FactView[];
  readonly lines: readonly LineView[];
}

export interface Dossier {
  readonly person: PersonId;
  /** In full. It goes to the screen of the person, and nowhere else. */
  readonly name: string;
  readonly items: readonly DossierItem[];
  readonly choices: Choices;
  /** Null where there is no face. */
  readonly face: { readonly isFrozen: boolean; readonly canKnowBetter: boolean } | null;
  /** Null where none are taken of anybody and none are kept of them. */
  readonly pictures: PictureStanding | null;
  /** A new name waits for the office. */
  readonly isNameAsked: boolean;
  /** How a copy can leave. */
  readonly doors: readonly CopyDoor[];
}

export interface TemplateFacts {
  readonly createdMs: number;
  readonly quality: number | null;
  readonly spaceId: string;
  readonly source: "camera" | "photographs";
}

/** Somebody read or changed something of theirs. */
export interface LookLine {
  readonly utcMs: number;
  /** Code of what they acted as. */
  readonly role: string;
  readonly why: string;
}

export interface SnapshotLine {
  readonly takenUtcMs: number;
  readonly untilUtcMs: number;
}

/** Pictures with punches: whether this clock takes them, and whether this person said no to theirs. */
export interface PictureStanding {
  readonly isOn: boolean;
  readonly isRefused: boolean;
}

/** It stays beyond its time, for a reason and until a day. */
export interface HoldLine {
  readonly reason: string;
  readonly untilUtcMs: number;
}

export interface MessageLine {
  readonly id: string;
  readonly text: string;
  readonly untilUtcMs: number;
}

/** Something that they agreed to, declined or took back. */
export interface SaidLine extends Pick<ConsentData, "act" | "purpose" | "text" | "pol"> {
  readonly id: string;
  readonly utcMs: number;
}

/** How many days each class is kept; a class that is missing, or null, has no end by itself. */
export type KeepDays = Readonly<Partial<Record<RetentionClass, number | null>>>;

export interface Sources {
  readonly person: Person;
  readonly template: TemplateFacts | null;
  readonly isFrozen: boolean;
  readonly hasPin: boolean;
  /** Names of their pieces in the vault. */
  readonly pieces: readonly string[];
  /** Their item of the roster, as it came. */
  readonly roster: string | null;
  /** Every record of this clock's journal that names them. */
  readonly records: readonly RecordEvent[];
  readonly consents: readonly SaidLine[];
  /** When the agreement that holds ends by itself; null where it does not. */
  readonly consentEndUtcMs: number | null;
  readonly looks: readonly LookLine[];
  readonly snapshots: readonly SnapshotLine[];
  readonly pictures: PictureStanding;
  readonly messages: readonly MessageLine[];
  readonly holds: readonly HoldLine[];
  /** When their face last decided anything; null where nobody noted it. */
  readonly faceUsedUtcMs: number | null;
  /** How often the camera knew their face, and how often not. */
  readonly served: FaceTally;
  readonly choices: Choices;
  readonly doors: readonly CopyDoor[];
  readonly keep: KeepDays;
  readonly nowUtcMs: number;
}

export function dossierOf(sources: Sources): Dossier {
  const { person, choices, template, isFrozen, doors, pieces, pictures, snapshots } = sources;
  return {
    person: person.id,
    name: person.displayName,
    items: [...ownItems(sources), ...writtenItems(sources), ...otherItems(sources)],
    choices,
    face: template === null ? null : { isFrozen, canKnowBetter: isOftenMissed(sources.served) },
    pictures: pictures.isOn || snapshots.length > 0 ? pictures : null,
    isNameAsked: pieces.includes(wishedNamePiece),
    doors,
  };
}

/** The name that somebody says is right, until the office answered. */
export const wishedNamePiece = "wished-name";

const employment: Until = { is: "employment" };

/** What they are known by. */
function ownItems(sources: Sources): DossierItem[] {
  const { person, template, hasPin, pieces, records, faceUsedUtcMs, keep } = sources;
  const { displayName, lang, badges, lookAlikes } = person;
  const face = template && faceItem(template, sources, faceUsedUtcMs ?? lastUseMs(records));
  const signatures = piecesOf(pieces, "sign");
  return [
    ...some(displayName === "" ? 0 : 1, "name", { facts: [{ label: "name", value: { text: displayName } }] }),
    ...some(lang === undefined ? 0 : 1, "language", { facts: [{ label: "language", value: { text: lang ?? "" } }] }),
    ...some(badges.length, "badges", { facts: [{ label: "count", value: { n: badges.length } }] }),
    ...some(hasPin ? 1 : 0, "pin", { facts: [{ label: "set", value: { code: "yes" } }] }),
    ...(face === null ? [] : [face]),
    ...some(lookAlikes.length, "alike", { facts: [{ label: "count", value: { n: lookAlikes.length } }] }),
    ...some(signatures.length, "signature", { until: untilDays(keep.consent) }),
  ];
}

/** What is written down about them. */
function writtenItems(sources: Sources): DossierItem[] {
  const { records, consents, looks, messages, keep, nowUtcMs, person } = sources;
  const ofType = (...types: readonly RecordType[]): readonly RecordEvent[] =>
    records.filter(
      ({ type, data }) => types.some((one) => type === `dev.lintel.${one}.v1`) && isAbout(data, person.id),
    );
  const times = ofType("punch", "correction");
  const requests = requestsOf(ofType("request"), nowUtcMs);
  const hosted = records.filter(({ data }) => "host" in data && data.host === person.id);
  const supervised = records.filter(({ data }) => "sup" in data && data.sup === person.id && !isAbout(data, person.id));
  const written = untilDays(keep.punch);
  return [
    ...some(consents.length, "consents", {
      sinceUtcMs: first(consents.map(({ utcMs }) => utcMs)),
      until: untilDays(keep.consent),
      lines: newestFirst(consents).map(({ utcMs, act, purpose, text }) => ({
        ...{ line: "consent", utcMs, act, purpose, version: text?.v ?? null },
      })),
    }),
    ...some(times.length + supervised.length, "times", {
      sinceUtcMs: first(times.map(timeOf)),
      until: written,
      facts: [
        { label: "count", value: { n: times.length + supervised.length } },
        ...fact("oldest", first(times.map(timeOf))),
        ...fact("newest", last(times.map(timeOf))),
      ],
    }),
    ...some(ofType("leave").length, "leave", { sinceUtcMs: first(ofType("leave").map(timeOf)), until: written }),
    ...some(hosted.length, "guests", { sinceUtcMs: first(hosted.map(timeOf)), until: untilDays(keep.visitor) }),
    ...some(requests.length, "requests", {
      sinceUtcMs: first(requests.map(({ askedUtcMs }) => askedUtcMs)),
      until: written,
      lines: [...requests].reverse().map(({ askedUtcMs, right, state, dueUtcMs, isOverdue }) => ({
        ...{ line: "request", utcMs: askedUtcMs, right, state: isOverdue ? "overdue" : state, dueUtcMs },
      })),
    }),
    ...some(looks.length, "looks", {
      sinceUtcMs: first(looks.map(({ utcMs }) => utcMs)),
      until: untilDays(keep.audit),
      lines: newestFirst(looks).map(({ utcMs, role, why }) => ({ line: "look", utcMs, role, why })),
    }),
    ...picturesItem(sources),
    ...some(messages.length, "messages", {
      until: dateOr(last(messages.map(({ untilUtcMs }) => untilUtcMs)), employment),
      lines: messages.map(({ text, untilUtcMs }) => ({ line: "message", text, untilUtcMs })),
    }),
  ];
}

/** Also where none is kept yet, if the clock takes them: here somebody says that it shall not. */
function picturesItem({ snapshots, pictures: { isOn, isRefused }, keep }: Sources): DossierItem[] {
  if (!isOn && snapshots.length === 0) return [];
  const use = isRefused ? "said-no" : "with-punch";
  return [
    {
      ...{ kind: "snapshots", count: snapshots.length, canNow: !isRefused },
      sinceUtcMs: first(snapshots.map(({ takenUtcMs }) => takenUtcMs)),
      until: dateOr(last(snapshots.map(({ untilUtcMs }) => untilUtcMs)), untilDays(keep.snapshot)),
      facts: isOn || isRefused ? [{ label: "use", value: { code: use } }] : [],
      lines: snapshots.map(({ takenUtcMs, untilUtcMs }) => ({ line: "snapshot", utcMs: takenUtcMs, untilUtcMs })),
    },
  ];
}

/** What the office sent, what they wished, and whatever has no place of its own. */
function otherItems({ person, roster, pieces, choices, holds }: Sources): DossierItem[] {
  const { shift, perm = [] } = person;
  const others = pieces.filter((piece) => !known.some((beginning) => isPieceOf(piece, beginning)));
  return [
    ...some(roster === null ? 0 : 1, "office", {
      facts: [
        ...(shift === undefined ? [] : [{ label: "shift", value: { text: shift } } as const]),
        ...(perm.length === 0 ? [] : [{ label: "groups", value: { text: perm.join(", ") } } as const]),
      ],
    }),
    ...some(pieces.includes(choicesPiece) || !isNoChoice(choices) ? 1 : 0, "choices", {
      until: { is: "you" },
      canNow: true,
    }),
    ...some(holds.length, "holds", {
      until: dateOr(last(holds.map(({ untilUtcMs }) => untilUtcMs)), employment),
      facts: holds.map(({ reason }) => ({ label: "reason", value: { text: reason } })),
    }),
    ...some(others.length, "other", { facts: others.map((text) => ({ label: "piece", value: { text } })) }),
  ];
}

/** Pieces of the vault that other items tell of. */
const known = ["person", "sign", "consent", choicesPiece, wishedNamePiece];
const isPieceOf = (piece: string, beginning: string): boolean =>
  piece === beginning || piece.startsWith(`${beginning}-`);
const piecesOf = (pieces: readonly string[], beginning: string): readonly string[] =>
  pieces.filter((piece) => isPieceOf(piece, beginning));

function faceItem(
  { createdMs, quality, spaceId, source }: TemplateFacts,
  { isFrozen, consentEndUtcMs, served: { known, missed }, keep }: Sources,
  usedMs: number | null,
): DossierItem {
  const days = keep.template ?? null;
  const looks = known + missed;
  const ends = [
    ...(days === null ? [] : [Math.max(createdMs, usedMs ?? createdMs) + days * dayMs]),
    ...(consentEndUtcMs === null ? [] : [consentEndUtcMs]),
  ];
  return {
    ...{ kind: "face", count: 1, sinceUtcMs: createdMs, canNow: true, lines: [] },
    until: ends.length === 0 ? employment : { is: "date", utcMs: Math.min(...ends) },
    facts: [
      { label: "taken", value: { utcMs: createdMs } },
      {
        label: "quality",
        value: { code: bandOf(quality), ...(looks > 0 && { knew: { n: known, of: looks } }) },
      },
      { label: "source", value: { code: source } },
      { label: "model", value: { text: spaceId } },
      { label: "use", value: { code: isFrozen ? "frozen" : "in-use" } },
      ...(usedMs === null ? [] : [{ label: "used", value: { utcMs: usedMs } } as const]),
    ],
  };
}

/** Quality of 0 to 100 in words: nobody is given a number for their face. */
const bandOf = (quality: number | null): "good" | "fair" | "poor" | "unknown" =>
  quality === null ? "unknown" : quality >= 60 ? "good" : quality >= 35 ? "fair" : "poor";

/** When their face last decided anything. */
const lastUseMs = (records: readonly RecordEvent[]): number | null =>
  last(records.filter(({ data }) => "method" in data && data.method.includes("face")).map(timeOf));

function some(count: number, kind: ItemKind, more: Partial<Omit<DossierItem, "kind" | "count">>): DossierItem[] {
  if (count === 0) return [];
  const base = { kind, count, sinceUtcMs: null, until: employment, canNow: false, facts: [], lines: [] } as const;
  return [{ ...base, ...more }];
}

const dayMs = 24 * 3_600_000;
const untilDays = (days: number | null | undefined): Until => (days == null ? employment : { is: "each", days });
const dateOr = (utcMs: number | null, otherwise: Until): Until => (utcMs === null ? otherwise : { is: "date", utcMs });
const isAbout = (data: RecordEvent["data"], sub: PersonId): boolean => "sub" in data && data.sub === sub;
const timeOf = ({ time }: RecordEvent): number => Date.parse(time);
const first = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.min(...times));
const last = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.max(...times));
const fact = (label: "oldest" | "newest", utcMs: number | null): readonly FactView[] =>
  utcMs === null ? [] : [{ label, value: { utcMs } }];
const newestFirst = <T extends { readonly utcMs: number }>(lines: readonly T[]): readonly T[] =>
  [...lines].sort((a, b) => b.utcMs - a.utcMs);
