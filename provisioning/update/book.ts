import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import type { Places } from "./places.ts";
import { versionPattern } from "./version.ts";

/** What updates remember between two runs. Without it nothing is lost but the way back by hand. */
const version = z.string().regex(versionPattern);
const bookSchema = z.object({
  v: z.literal(1),
  /** The release with the highest counter that was kept: no clock goes below it by an update. */
  highest: z.object({ counter: z.int().min(0), version }),
  /** What ran before the version that runs, and may be gone back to; null: the package's own. */
  previous: version.nullable(),
  /** Unpacked, proved and checked. */
  staged: version.nullable(),
  /** Tried here and taken back, newest last. */
  passed: z.array(z.object({ version, why: z.string(), atUtcMs: z.int() })),
  last: z
    .object({ version, is: z.enum(["kept", "returned"]), why: z.string().nullable(), atUtcMs: z.int() })
    .nullable(),
});
export type Book = z.infer<typeof bookSchema>;

const passedMax = 16;
/** A version that was taken back is tried once more on another day: the power or the network may have gone just then. */
const againMs = 20 * 3_600_000;
const triesMax = 2;

const fileOf = ({ releases }: Places): string => join(releases, "book.json");

/** @param highest what the trees themselves show, where the book is gone or damaged. */
export async function readBook(places: Places, highest: () => Promise<Book["highest"]>): Promise<Book> {
  const text = await readFile(fileOf(places), "utf8").catch(() => "");
  try {
    return bookSchema.parse(JSON.parse(text));
  } catch {
    return { v: 1, highest: await highest(), previous: null, staged: null, passed: [], last: null };
  }
}

/** @throws Fault `disk-full`; what else the disk says. */
export const writeBook = (places: Places, book: Book): Promise<void> =>
  writeAtomically(fileOf(places), JSON.stringify(bookSchema.parse(book), null, 2), 0o644);

export const withReturn = (book: Book, returned: string, why: string, atUtcMs: number): Book => ({
  ...book,
  staged: null,
  passed: [...book.passed, { version: returned, why, atUtcMs }].slice(-passedMax),
  last: { version: returned, is: "returned", why, atUtcMs },
});

/** Whether this version is left alone now because of how it went before. */
export function isPassed({ passed }: Book, wanted: string, nowUtcMs: number): boolean {
  const tries = passed.filter((one) => one.version === wanted);
  const last = tries.at(-1);
  return last !== undefined && (tries.length >= triesMax || Math.abs(nowUtcMs - last.atUtcMs) < againMs);
}
