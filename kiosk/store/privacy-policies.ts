import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { backUp, ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";

/** A signed policy as it came, and what was reckoned of it when it came. */
const shelved = z.object({
  jws: z.string(),
  receivedUtcMs: z.number(),
  holdsFromUtcMs: z.number(),
  asksFromV: z.int(),
});
const shelves = z.object({ version: z.literal(1), now: shelved.nullable(), coming: shelved.nullable() });

export type ShelvedPolicy = z.infer<typeof shelved>;
export type PolicyShelves = Pick<z.infer<typeof shelves>, "now" | "coming">;

export interface PolicyStore {
  /** Why there is none although there was one. */
  readonly notice: Fault | null;
  readonly get: () => PolicyShelves;
  /** Durable when it resolves. @throws Fault `disk-full`. */
  readonly put: (shelves: PolicyShelves) => Promise<void>;
}

const nothing: PolicyShelves = { now: null, coming: null };

/** `privacy.json` and its last good copy. @throws Fault `state-unwritable`, `disk-full`. */
export async function openPolicyStore(directory: string): Promise<PolicyStore> {
  await ensureStateFolder(directory);
  const path = join(directory, "privacy.json");
  const found = await Promise.all([path, `${path}.bak`].map(read));
  const good = found.find((one) => typeof one === "object");
  const isDamaged = good === undefined && found.includes("bad");
  if (isDamaged) {
    for (const file of [path, `${path}.bak`]) await rename(file, `${file}.bad`).catch(() => undefined);
    await syncDirectory(directory);
  }
  let now: PolicyShelves = good ?? nothing;
  let last: Promise<unknown> = Promise.resolve();
  return {
    notice: isDamaged ? damaged() : null,
    get: () => now,
    put: ({ now: holds, coming }) => {
      const done = last.then(async () => {
        const next = { version: 1 as const, now: holds, coming };
        if (typeof (await read(path)) === "object") await backUp(path);
        await writeAtomically(path, JSON.stringify(next));
        now = next;
      });
      last = done.catch(() => undefined);
      return done;
    },
  };
}

async function read(path: string): Promise<PolicyShelves | "missing" | "bad"> {
  try {
    return shelves.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "bad";
  }
}

const damaged = (): Fault =>
  new Fault(
    "policy-damaged",
    "privacy.json and its last good copy are both damaged: faces are off",
    "Both were set aside; send the policy again (policy.set), or name its file with --privacy-policy. Badges go on.",
  );
