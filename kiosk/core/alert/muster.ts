import { musterOf, whoIsIn } from "../attendance/presence.ts";
import { nowOf } from "../ground.ts";
import type { Memory } from "../memory.ts";
import type { Policy } from "../policy.ts";
import { localText, type Stamp } from "../time.ts";
import type { AlertLineView } from "./view.ts";

/** Everybody who has to be looked for: who works here by this clock's own journal, then visitors. Needs no network. */
export function everybodyIn(memory: Memory, now: Stamp, { locale, timeZone, loc }: Policy): readonly AlertLineView[] {
  const present = whoIsIn(memory.attendance, nowOf(memory, now));
  const people = musterOf(present, (person) => memory.people.get(person)?.displayName ?? "", locale).map(
    ({ name, sinceUtcMs, loc: gate, isDoubtful }): AlertLineView => ({
      ...{ who: "person", name, loc: gate, isDoubtful },
      sinceLocal: sinceUtcMs === null ? null : localText(sinceUtcMs, timeZone),
    }),
  );
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const visitors = [...memory.guests.visits.values()]
    .filter(({ stage }) => stage === "here")
    .sort((a, b) => Number(a.name === "") - Number(b.name === "") || compare(a.name, b.name))
    .map(({ name, number, sinceUtcMs }): AlertLineView => {
      // Whose name cannot be read any more has to be looked for all the same.
      return {
        who: "visitor",
        name: name || number,
        loc,
        isDoubtful: false,
        sinceLocal: localText(sinceUtcMs, timeZone),
      };
    });
  return [...people, ...visitors];
}
