import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { RetentionClass } from "../core/keepsake.ts";
import type { Purging, RetentionBook } from "../core/ports/forgetting.ts";
import { type Chosen, retentionClasses } from "../core/retention.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openCheckedFile } from "./checked-file.ts";

const cls = z.custom<RetentionClass>((value) => retentionClasses.some((one) => one === value));
const bookSchema = z.strictObject({
  floorUtcMs: z.int().nullable(),
  chosen: z.array(z.strictObject({ cls, history: z.array(z.strictObject({ days: z.int(), sinceUtcMs: z.int() })) })),
  purging: z.array(
    z.strictObject({
      cls,
      days: z.int(),
      n: z.int(),
      held: z.int(),
      nowUtcMs: z.int(),
      beforeUtcMs: z.int(),
      since: z.strictObject({ epoch: z.int(), seq: z.int() }),
    }),
  ),
});
type Book = z.infer<typeof bookSchema>;

/**
 * What retention has to remember over a crash and over years without power.
 *
 * @param directory of `retention.json`.
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function openRetentionBook(directory: string): Promise<RetentionBook> {
  await ensureStateFolder(directory);
  const blank = (): Book => ({ floorUtcMs: null, chosen: [], purging: [] });
  const file = await openCheckedFile<Book>(join(directory, "retention.json"), bookSchema, blank);
  const without = <T extends { readonly cls: RetentionClass }>(list: readonly T[], gone: RetentionClass): T[] =>
    list.filter((one) => one.cls !== gone);
  return {
    notice: file.wasDamaged ? damaged() : null,
    floorUtcMs: () => file.get().floorUtcMs,
    keepFloor: async (floorUtcMs) => {
      await file.change((book) => (book.floorUtcMs === floorUtcMs ? book : { ...book, floorUtcMs }));
    },
    history: (of) => file.get().chosen.find((one) => one.cls === of)?.history ?? [],
    choose: async (of, history: readonly Chosen[]) => {
      await file.change((book) => ({
        ...book,
        chosen: [...without(book.chosen, of), { cls: of, history: history.map((one) => ({ ...one })) }],
      }));
    },
    purging: () => file.get().purging,
    begin: async (purging: Purging) => {
      await file.change((book) => ({
        ...book,
        purging: [...without(book.purging, purging.cls), { ...purging, since: { ...purging.since } }],
      }));
    },
    end: async (of) => {
      await file.change((book) => ({ ...book, purging: without(book.purging, of) }));
    },
  };
}

const damaged = (): Fault =>
  new Fault(
    "retention-damaged",
    "what the clock remembers of its own deletions was damaged and set aside",
    "Nothing is lost: it goes by the settings, and by true time once somebody tells it.",
  );
