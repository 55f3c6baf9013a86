import { join } from "node:path";
import { z } from "zod";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { LastSeen } from "../core/ports/forgetting.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openCheckedFile } from "./checked-file.ts";

const days = z.record(z.string(), z.int());
const schema = z.strictObject({
  /** The day since which this list is kept: nobody counts as idle for longer. */
  since: z.int().nullable(),
  used: days,
  left: days,
});
type Kept = z.infer<typeof schema>;

/**
 * On which day each face was used last, and since which day somebody is off the roster. Days and no times, because nothing
 * here needs more. The newest of a day are only in memory: a crash makes somebody look idle for a day longer at most.
 *
 * @param directory of `last-seen.json`.
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function openLastSeen(directory: string): Promise<LastSeen> {
  await ensureStateFolder(directory);
  const blank = (): Kept => ({ since: null, used: {}, left: {} });
  const file = await openCheckedFile<Kept>(join(directory, "last-seen.json"), schema, blank);
  const { since, used, left } = file.get();
  let kept = { since, used: new Map(Object.entries(used)), left: new Map(Object.entries(left)) };
  let isChanged = file.wasDamaged;
  const put = (which: "used" | "left", sub: PersonId, day: number): void => {
    if (kept[which].get(sub) === day) return;
    kept[which].set(sub, day);
    isChanged = true;
  };
  const save = async (): Promise<void> => {
    if (!isChanged) return;
    isChanged = false;
    const now = { since: kept.since, used: Object.fromEntries(kept.used), left: Object.fromEntries(kept.left) };
    await file
      .change(() => now)
      .catch((error: unknown) => {
        isChanged = true;
        throw error;
      });
  };
  return {
    begin: (day) => {
      if (kept.since !== null) return;
      kept = { ...kept, since: day };
      isChanged = true;
    },
    since: () => kept.since,
    used: (sub) => kept.used.get(sub) ?? null,
    noteUse: (sub, day) => {
      if ((kept.used.get(sub) ?? Number.NEGATIVE_INFINITY) < day) put("used", sub, day);
    },
    left: () => [...kept.left].flatMap(([sub, day]) => (isPersonId(sub) ? [[sub, day] as const] : [])),
    noteLeft: (sub, day) => put("left", sub, day),
    forget: async (sub, what) => {
      const lists = what === "all" ? (["used", "left"] as const) : ([what] as const);
      const gone = lists.map((list) => kept[list].delete(sub));
      if (!gone.includes(true)) return;
      isChanged = true;
      await save();
    },
    save,
  };
}
