import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { Hold } from "../core/hold.ts";
import type { RetentionClass } from "../core/keepsake.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { HoldBook } from "../core/ports/forgetting.ts";
import { retentionClasses } from "../core/retention.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openCheckedFile } from "./checked-file.ts";

const holdSchema = z.strictObject({
  id: z.string().min(1).max(64),
  sub: z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value)).nullable(),
  classes: z.array(z.custom<RetentionClass>((value) => retentionClasses.some((one) => one === value))).min(1),
  fromUtcMs: z.int().nullable(),
  untilUtcMs: z.int(),
  owner: z.string(),
  reason: z.string(),
});
/** `doubtful` while a list that was damaged may have held what is not here. */
const bookSchema = z.strictObject({ holds: z.array(holdSchema), doubtful: z.boolean() });
type Book = z.infer<typeof bookSchema>;

/** More would be a list of people, not of disputes. */
const holdsMax = 1_000;

/**
 * Legal holds. Where the list was damaged nothing at all is deleted until somebody has said that the holds are as they must
 * be: what is kept too long can still go, what is gone cannot come back.
 *
 * @param directory of `holds.json`.
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function openHoldBook(directory: string): Promise<HoldBook> {
  await ensureStateFolder(directory);
  const blank = (): Book => ({ holds: [], doubtful: false });
  const file = await openCheckedFile<Book>(join(directory, "holds.json"), bookSchema, blank);
  // Said on the disk, because the damaged file is not there at the next start.
  if (file.wasDamaged) await file.change((book) => ({ ...book, doubtful: true }));
  return {
    notice: file.get().doubtful ? damaged() : null,
    isDoubtful: () => file.get().doubtful,
    all: () => file.get().holds,
    set: async (hold: Hold) => {
      await file.change((book) => {
        const others = book.holds.filter(({ id }) => id !== hold.id);
        if (others.length >= holdsMax) throw tooMany();
        return { ...book, holds: [...others, { ...hold, classes: [...hold.classes] }] };
      });
    },
    lift: async (id) => {
      await file.change((book) => ({ ...book, holds: book.holds.filter((one) => one.id !== id) }));
    },
    trust: async () => {
      await file.change((book) => (book.doubtful ? { ...book, doubtful: false } : book));
    },
  };
}

const tooMany = (): Fault =>
  new Fault("hold-refused", `there are ${holdsMax} holds already`, "Lift those that are settled first.");

const damaged = (): Fault =>
  new Fault(
    "hold-damaged",
    "the list of legal holds was damaged, so nothing is deleted",
    "Set the holds that must be there anew, then say `lintel hold trust`.",
  );
