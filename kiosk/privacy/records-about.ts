import { setImmediate as turn } from "node:timers/promises";
import type { PersonId } from "../core/person.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Position, RecordEvent } from "../core/record.ts";

/** Records read at once: little enough that no punch waits for them. */
const slice = 256;

/**
 * Every record of this clock's journal that names somebody, oldest first. Reads the whole journal, in slices between
 * which everybody else has their turn.
 */
export async function recordsAbout(sub: PersonId, journal: Pick<Journal, "read">): Promise<readonly RecordEvent[]> {
  const marks = marksOf(sub);
  const found: RecordEvent[] = [];
  for (let from: Position = { epoch: 0, seq: -1 }; ; ) {
    const records = journal.read(from, slice);
    for (const { jws } of records) if (marks.some((mark) => jws.includes(mark))) found.push(eventIn(jws));
    const end = records.at(-1);
    if (end === undefined) return found;
    from = { epoch: end.epoch, seq: end.seq };
    await turn();
  }
}

/**
 * What base64url makes of an id, at each of the three places where it can stand: most records are about others, and are
 * passed over without being decoded.
 */
function marksOf(sub: PersonId): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.from(`${" ".repeat(shift)}${sub}`).toString("base64url");
    const isWhole = ((shift + sub.length) * 8) % 6 === 0;
    return text.slice(Math.ceil((shift * 8) / 6), isWhole ? undefined : -1);
  });
}

/** Of a record that we wrote ourselves. */
function eventIn(jws: string): RecordEvent {
  const [, payload = ""] = jws.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
}
