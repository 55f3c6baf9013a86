import type { PersonId } from "../../core/person.ts";
import type { ErasureData } from "../../core/record.ts";
import { dayMs, type RetentionDays } from "../../core/retention.ts";
import { provesAbsence } from "../../core/template-set.ts";
import { eventOfOwn } from "../contract/envelope.ts";
import { recordData } from "../contract/wire.ts";
import type { Sink, SinkReader } from "./sink.ts";
import type { IsOver } from "./stub.ts";

/** That a clock forgot somebody, as it signed it. */
export interface Certificate {
  readonly source: string;
  readonly epoch: number;
  readonly seq: number;
  /** RFC 3339, as signed. */
  readonly time: string;
  readonly data: ErasureData;
  /** Its own proof holds: the person is not among those of whom the clock has a face. */
  readonly isProved: boolean;
}

/** All that clocks signed about forgetting this person, in order. */
export async function certificatesOf(sub: string, reader: Pick<SinkReader, "ofType">): Promise<readonly Certificate[]> {
  return (await reader.ofType("dev.lintel.erasure.v1")).flatMap(({ source, epoch, seq, jws }) => {
    if (jws === null) return [];
    const event = eventOfOwn(jws) as ReturnType<typeof eventOfOwn> & { readonly data?: unknown };
    const data = recordData[event.type]?.safeParse(event.data).data as ErasureData | undefined;
    if (data?.sub !== sub) return [];
    return [
      { source, epoch, seq, time: event.time, data, isProved: provesAbsence(sub, data.nonmember, data.tpl_root) },
    ];
  });
}

export interface Forgotten {
  /** Records of which only place and hash are left now. */
  readonly stubs: number;
  /** Clocks that have not proved that they forgot; where there is one, nothing was done. */
  readonly waiting: readonly string[];
}

/**
 * The end of somebody's records in a backend: once every clock whose records are here has proved that it forgot them,
 * what is older than its own time becomes a stub. Chain, proofs, gaps and duplicates are told as before.
 *
 * @param exempt clocks that are out of use and will never answer, by source.
 * @throws Fault `sink-unusable` where this kind of store cannot.
 */
export async function forgetIn(
  sink: Pick<Sink, "read" | "stub">,
  sub: PersonId,
  days: RetentionDays,
  nowMs: number,
  exempt: readonly string[] = [],
): Promise<Forgotten> {
  const proved = (await certificatesOf(sub, sink.read)).filter(({ isProved }) => isProved).map(({ source }) => source);
  const sources = [...new Set((await sink.read.streams()).map(({ source }) => source))];
  const waiting = sources.filter((source) => !proved.includes(source) && !exempt.includes(source));
  if (waiting.length > 0 || proved.length === 0) return { stubs: 0, waiting };
  return { stubs: await sink.stub(sub, overBy(days, nowMs)), waiting: [] };
}

/** By the days of each class. */
function overBy(days: RetentionDays, nowMs: number): IsOver {
  return (type, timeMs) => {
    const kind = type.replace(/^dev\.lintel\.(.*)\.v\d+$/, "$1");
    const cls =
      kind === "consent" || kind === "visitor" ? kind : ["audit", "request"].includes(kind) ? "audit" : "punch";
    return timeMs < nowMs - days[cls] * dayMs;
  };
}
