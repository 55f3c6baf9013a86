import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import { writeAtomically } from "./atomic.ts";
import { type DeviceKeys, type KeyAssurance, remnants } from "./device-keys.ts";
import { type KeyBox, newDataKey, seal, unproved, unseal } from "./seal.ts";
import { openVault, type SealedVault, type VaultOptions } from "./vault.ts";

/**
 * What a clock has in place of its keys while they do not open: nothing that was sealed can be read and nothing is sealed
 * anew, so that all of it is as it was once the keys open again. Somebody can still be forgotten, which needs no key.
 */

/** @param why what is said to whoever wants something sealed. */
export function openClosedKeys(directory: string, why: Fault): DeviceKeys {
  return {
    assurance: restedOn(directory),
    wrap: async () => {
      throw why;
    },
    unwrap: () => {
      throw new RangeError("the keys do not open");
    },
    unproved: (wrapped) => wrapped.map(() => null),
    // Once they open again, what was destroyed meanwhile becomes noise.
    spent: async () => {
      const mark = join(directory, remnants);
      if (!existsSync(mark)) await writeAtomically(mark, "");
    },
    isDue: () => false,
    rotate: async () => {},
    lastRotation: () => null,
  };
}

/** A key box for what is had again from elsewhere: its key is nowhere but in this process, and ends with it. */
export function openPassingKeyBox(): KeyBox {
  const key = newDataKey();
  return {
    wrap: async (dataKey, bindTo) => seal(key, dataKey, bindTo),
    unwrap: (wrapped, bindTo) => unseal(key, wrapped, bindTo),
    unproved: (wrapped) => unproved(key, wrapped),
    holds: () => {},
  };
}

/**
 * The people's vault with keys that do not open: it shows nobody at a start, says of a piece that it cannot be read, takes
 * in nothing, and destroys like any other.
 */
export async function openClosedVault(options: VaultOptions, why: Fault): Promise<SealedVault> {
  const vault = await openVault(options);
  return {
    ...vault,
    subjects: () => [],
    get: async (sub: PersonId, piece) => {
      if (vault.pieces(sub).includes(piece)) throw why;
      return null;
    },
    readAll: async function* () {},
    put: async () => {
      throw why;
    },
  };
}

/** What a key file says that it rests on. One that rests on a file opens always. */
function restedOn(directory: string): KeyAssurance {
  const files = readdirSync(directory).filter((name) => name.endsWith(".kek"));
  return files.some((name) => readFileSync(join(directory, name), "utf8").includes('"by":"tpm"'))
    ? "tpm"
    : "credential";
}
