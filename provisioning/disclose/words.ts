import type { Statement } from "../../kiosk/core/disclosure.ts";
import type { DisclosedAs, LeftOut } from "../../kiosk/core/disclosure-sorting.ts";
import type { CorrectionData, ErasureData, PunchData, RecordEvent } from "../../kiosk/core/record.ts";
import type { Verdict } from "./verify.ts";

/** A package as a person reads it: what was asked, each record in a line, what is left out, and whether it holds. */

export function pageOf({ statement, events, proved, wrong }: Verdict): string {
  const named = new Map(statement?.records.map(({ source, epoch, seq, as }) => [`${source} ${epoch}/${seq}`, as]));
  const lines = events.map((event) => {
    const as = named.get(`${event.source} ${event.epoch}/${event.seq}`);
    return `  ${sentenceOf(event, as)}  [${event.epoch}/${event.seq} of ${deviceOf(event.source)}]`;
  });
  const verdict =
    wrong.length === 0
      ? [
          `${events.length} records, all genuine, and the manifest fits.`,
          `${proved} of them are proved to stand in the log that their clock signed.`,
          ...(proved < events.length ? ["The others are signed; no checkpoint that is here covers them."] : []),
        ]
      : wrong.map((what) => `WRONG: ${what}.`);
  return [
    ...(statement === null ? [] : headOf(statement)),
    ...lines,
    ...(statement === null ? [] : restOf(statement)),
    ...verdict,
  ].join("\n");
}

function headOf({ person, first, last, timeZone, from, until, made, reason, ticket, records }: Statement) {
  const isForgotten = records.some(({ as }) => as === "erasure");
  return [
    `Punches of ${person}, ${first} to ${last} in ${timeZone} (${from} to before ${until})`,
    `Put together ${made}${reason === null ? "" : `, for ${reason}`}${ticket === null ? "" : ` ${ticket}`}`,
    ...(isForgotten ? ["This person was forgotten: the proofs are below, and what stays by which duty."] : []),
  ];
}

const restOf = ({ looked, records }: Statement): readonly string[] => [
  ...(records.length === 0 ? ["  Nothing of this person and period is here."] : []),
  ...looked.map(({ source, upto, leftOut }) =>
    [`${deviceOf(source)}, looked through up to ${upto.epoch}/${upto.seq}. Left out:`, ...leftOutIn(leftOut)].join(" "),
  ),
];

function leftOutIn({ others, nobody, kinds, outside, forgotten, notHere }: LeftOut): readonly string[] {
  const own = Object.entries(kinds).map(([kind, n]) => `${n} ${kind}`);
  const said = [
    ...(others > 0 ? [`${others} about others`] : []),
    ...(nobody > 0 ? [`${nobody} about nobody`] : []),
    ...(own.length > 0 ? [`of the person, no punches: ${own.join(", ")}`] : []),
    ...(outside > 0 ? [`${outside} of the person at other times`] : []),
    ...(forgotten > 0 ? [`${forgotten} whose text was forgotten, whoever it was about`] : []),
    ...(notHere > 0 ? [`${notHere} that are not here and may be of this time`] : []),
  ];
  return [said.length === 0 ? "nothing." : `${said.join("; ")}.`];
}

function sentenceOf({ type, time, data }: RecordEvent, as: DisclosedAs | undefined): string {
  if (type === "dev.lintel.punch.v1") {
    const { t, kind, method, dec, why = [] } = data as PunchData;
    const doubt = as === "undated" ? ", time not sure" : as === "corrected" ? ", moved into the period" : "";
    return `${t.local}  ${kind} by ${method.join("+")}, ${[dec, ...why].join(" ")}${doubt}`;
  }
  if (type === "dev.lintel.correction.v1") {
    const { ref, kind, by, state = "holds", at, adds } = data as CorrectionData;
    const claim = `${adds === undefined ? "" : `one missing ${adds} it, `}${kind}${at === undefined ? "" : ` at ${at}`}`;
    return `${time}  correction of ${ref} by ${by}: ${claim} (${state})`;
  }
  if (type === "dev.lintel.erasure.v1") {
    const { kept = [] } = data as ErasureData;
    const stays = kept.map(({ cls, basis, until }) => `${cls} by ${basis} until ${until}`);
    return `${time}  forgotten here; stays: ${stays.join("; ") || "nothing"}`;
  }
  return `${time}  ${type.split(".")[2]}`;
}

const deviceOf = (source: string): string => source.split(":").at(-1) ?? source;
