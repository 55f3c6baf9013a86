import { join } from "node:path";
import { z } from "zod";
import { type Locks, nothingLocked } from "../core/lock.ts";
import { type CheckedFile, openCheckedFile } from "./checked-file.ts";

const utcMs = z.number().int().nullable();
const schema: z.ZodType<Locks> = z.strictObject({ order: utcMs, housing: utcMs, camera: utcMs });

/**
 * What of this clock is shut, in `locks.json`. Where the file cannot be read the clock counts as locked by order: damage
 * must not be a way to open what others shut.
 *
 * @param nowUtcMs since when it is locked, where that cannot be read.
 * @throws Fault `disk-full`, or what the file system throws.
 */
export async function openLocks(directory: string, nowUtcMs: number): Promise<CheckedFile<Locks>> {
  const file = await openCheckedFile<Locks>(join(directory, "locks.json"), schema, () => nothingLocked);
  if (file.wasDamaged) await file.change((locks) => ({ ...locks, order: nowUtcMs }));
  return file;
}
