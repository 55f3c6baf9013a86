import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { WantedSettings } from "../core/ports/uplink.ts";
import { backUp, ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";

const wanted = z.object({ v: z.int().positive(), h: z.string(), doc: z.string() });

const kept = z.object({
  version: z.literal(1),
  good: wanted.nullable(),
  trying: z.object({ wanted, starts: z.int().nonnegative() }).nullable(),
  refused: z.object({ v: z.int().positive(), h: z.string() }).nullable(),
  /** The newest version that was tried and taken back. */
  failed: z.int().nonnegative(),
});
type Kept = z.infer<typeof kept>;

const nothing: Kept = { version: 1, good: null, trying: null, refused: null, failed: 0 };

/** A trial that did not come to its end in so many starts is over. */
const startsMax = 3;

/**
 * Settings from afar, in `wanted.json` and its last good copy. Where both are damaged they are set aside and the clock
 * runs with what the technician said: settings never keep people from punching.
 *
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function openWantedSettings(directory: string): Promise<WantedSettings> {
  await ensureStateFolder(directory);
  const path = join(directory, "wanted.json");
  let now = await readKept(path);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other; what cannot be written does not hold in memory either. */
  const change = (next: (before: Kept) => Kept): Promise<void> => {
    const done = last.then(async () => {
      const after = next(now);
      if ((await readOne(path)) !== null) await backUp(path);
      await writeAtomically(path, JSON.stringify(after, null, 2));
      now = after;
    });
    last = done.catch(() => undefined);
    return done;
  };
  const takenBack = (before: Kept): Kept => {
    if (before.trying === null) return before;
    const { v, h } = before.trying.wanted;
    return { ...before, trying: null, refused: { v, h }, failed: Math.max(before.failed, v) };
  };
  return {
    good: () => now.good,
    trying: () => now.trying,
    refused: () => now.refused,
    floor: () => Math.max(now.good?.v ?? 0, now.trying?.wanted.v ?? 0, now.failed),
    try: (one) => change((before) => ({ ...before, trying: { wanted: one, starts: 0 } })),
    begin: async () => {
      if (now.trying === null) return false;
      await change((before) => {
        if (before.trying === null || before.trying.starts >= startsMax) return takenBack(before);
        return { ...before, trying: { ...before.trying, starts: before.trying.starts + 1 } };
      });
      return now.trying !== null;
    },
    keep: () =>
      change((before) =>
        before.trying === null ? before : { ...before, good: before.trying.wanted, trying: null, refused: null },
      ),
    revert: () => change(takenBack),
    refuse: (refused) => change((before) => ({ ...before, refused })),
    reset: () => change(() => nothing),
  };
}

async function readKept(path: string): Promise<Kept> {
  const found = (await readOne(path)) ?? (await readOne(`${path}.bak`));
  if (found !== null) return found;
  for (const file of [path, `${path}.bak`]) await rename(file, `${file}.bad`).catch(() => undefined);
  await syncDirectory(join(path, ".."));
  return nothing;
}

async function readOne(path: string): Promise<Kept | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
