import type { PersonId } from "../person.ts";
import type { RequestData } from "../record.ts";

/** Who asked for what, and whether the office has answered: folded from records, wherever they are read. */

/** What is read of a record of any type. */
export interface RecordSeen {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: unknown;
}

export interface RequestLine {
  readonly id: string;
  /** Of the clock where it was asked. */
  readonly source: string;
  readonly sub: PersonId;
  readonly right: RequestData["right"];
  readonly about: string;
  readonly state: RequestData["state"];
  readonly askedUtcMs: number;
  readonly dueUtcMs: number;
  /** When it was answered; null where nobody did. */
  readonly endedUtcMs: number | null;
  /** Nobody answered, and the month is over. */
  readonly isOverdue: boolean;
}

/**
 * Oldest first. An answer counts whatever clock it was written at; one that answers nothing known stands for itself.
 *
 * @param records in any order.
 */
export function requestsOf(records: Iterable<RecordSeen>, nowUtcMs: number): readonly RequestLine[] {
  const asked = new Map<string, RequestLine>();
  const answers: { readonly ref: string; readonly line: RequestLine }[] = [];
  for (const { id, source, type, time, data } of records) {
    if (type !== "dev.lintel.request.v1") continue;
    const { sub, right, about, state, due, ref } = data as RequestData;
    const atUtcMs = Date.parse(time);
    const endedUtcMs = state === "asked" ? null : atUtcMs;
    const line = { id, source, sub, right, about, state, askedUtcMs: atUtcMs, dueUtcMs: Date.parse(due), endedUtcMs };
    const whole: RequestLine = { ...line, isOverdue: false };
    if (ref === undefined) asked.set(id, whole);
    else answers.push({ ref, line: whole });
  }
  for (const { ref, line } of answers) {
    const known = asked.get(ref);
    // The first answer is the answer.
    if (known === undefined) asked.set(line.id, line);
    else if (known.sub === line.sub && known.state === "asked") {
      asked.set(ref, { ...known, state: line.state, endedUtcMs: line.endedUtcMs });
    }
  }
  return [...asked.values()]
    .map((line) => ({ ...line, isOverdue: line.state === "asked" && nowUtcMs > line.dueUtcMs }))
    .sort((a, b) => a.askedUtcMs - b.askedUtcMs);
}

export const isOpen = ({ state }: Pick<RequestLine, "state">): boolean => state === "asked";
