import { join } from "node:path";
import { z } from "zod";
import type { HousingSeen } from "../core/housing.ts";
import { type CheckedFile, openCheckedFile } from "./checked-file.ts";

const schema: z.ZodType<HousingSeen> = z.strictObject({ isOpen: z.boolean().nullable() });

/** What was last seen of the housing, in `housing.json`. Damaged, it counts as seen closed: what is open is news then. */
export async function openHousingSeen(directory: string): Promise<CheckedFile<HousingSeen>> {
  const file = await openCheckedFile<HousingSeen>(join(directory, "housing.json"), schema, () => ({ isOpen: null }));
  if (file.wasDamaged) await file.change(() => ({ isOpen: false }));
  return file;
}
