import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";

/**
 * Writes a file to a stick such that it is there whole or not at all, and reads it back. What the kernel still has in its
 * memory it reads from there: that the stick itself is sound is seen when it is put in again.
 *
 * @returns where it is.
 * @throws Fault `backup-unusable` where the folder is none or takes no writes, `disk-full`.
 */
export async function writeToStick(directory: string, name: string, text: string): Promise<string> {
  const isFolder = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new Fault(
      "backup-unusable",
      `${directory} is no folder`,
      "Put the stick in, mount it, and name the folder where it is mounted.",
    );
  }
  const path = join(directory, name);
  try {
    await writeAtomically(path, text);
    const back = await readFile(path);
    if (hashOf(back) !== hashOf(text)) throw new RangeError("what was read is not what was written");
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      "backup-unusable",
      `${path} could not be written`,
      "Use another stick, or make this one writable.",
      cause,
    );
  }
  return path;
}

const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
