import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "./atomic.ts";

/**
 * What only those can read who can read the clock's state folder: made anew at every start, so that a copy of the folder
 * is no way in. Whoever shows it may say who is an operator, and nothing more.
 */
export interface OwnerProof {
  readonly isShownBy: (text: string | null) => boolean;
}

const fileOf = (directory: string): string => join(directory, "desk.owner");

export async function openOwnerProof(directory: string): Promise<OwnerProof> {
  const proof = randomBytes(32).toString("base64url");
  await writeAtomically(fileOf(directory), `${proof}\n`);
  const expected = Buffer.from(proof);
  return {
    isShownBy: (text) => {
      const shown = Buffer.from(text ?? "");
      return shown.length === expected.length && timingSafeEqual(shown, expected);
    },
  };
}

/** For the owner's tool; null where it may not be read. */
export const readOwnerProof = async (directory: string): Promise<string | null> =>
  (await readFile(fileOf(directory), "utf8").catch(() => null))?.trim() ?? null;
