import { join } from "node:path";
import { z } from "zod";
import type { WayBook } from "../core/even-ways.ts";
import { type CheckedFile, openCheckedFile } from "./checked-file.ts";

const count = z.int().min(0);
const sum = z.strictObject({ refused: count, took: z.record(z.string().regex(/^\d{1,3}$/), count), people: count });
const schema: z.ZodType<WayBook> = z.record(
  z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  z.partialRecord(z.enum(["face", "badge", "pin", "qr"]), sum),
);

/** How long each way took, by day, in `ways.json`. What cannot be read is begun anew: nobody relies on a single day. */
export const openWayBook = (directory: string): Promise<CheckedFile<WayBook>> =>
  openCheckedFile<WayBook>(join(directory, "ways.json"), schema, () => ({}));
