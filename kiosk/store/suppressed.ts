import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { Erasing, Suppressed } from "../core/ports/forgetting.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";

export interface SuppressedOptions {
  /** `suppressed.json`. */
  readonly directory: string;
  /** Who was erased as far as the journal tells; asked only where the list is damaged. */
  readonly remembered: () => readonly PersonId[];
}

const fileName = "suppressed.json";
/** Orders remembered of each person. */
const doneMax = 16;

const id = z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value));
const position = { epoch: z.int(), seq: z.int() };
const listSchema = z.strictObject({
  v: z.int().nonnegative(),
  subs: z.array(id),
  pending: z.array(
    z.strictObject({
      sub: id,
      cmd: z.string().nullable(),
      since: z.strictObject(position),
      counts: z.record(z.string(), z.int()),
      dek: z.enum(["destroyed", "none"]),
    }),
  ),
  done: z.array(z.strictObject({ sub: id, cmd: z.string(), ...position })),
});
type List = z.infer<typeof listSchema>;

/**
 * Who must not come back, and what was begun to be erased. Holds ids and nothing else about anybody.
 *
 * @returns with a `notice` where the list was damaged: it was set aside, and made again of what the journal remembers.
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function openSuppressed({ directory, remembered }: SuppressedOptions): Promise<Suppressed> {
  await ensureStateFolder(directory);
  const file = join(directory, fileName);
  const read = existsSync(file) ? parse(await readFile(file, "utf8")) : { v: 0, subs: [], pending: [], done: [] };
  let list: List = read ?? { v: 0, subs: [...new Set(remembered())], pending: [], done: [] };
  let subs = new Set(list.subs);
  let last: Promise<unknown> = Promise.resolve();
  const write = (change: (before: List) => List): Promise<void> => {
    const written = last.then(async () => {
      const next = change(list);
      if (next === list) return;
      await writeAtomically(file, textOf(next));
      list = next;
      subs = new Set(next.subs);
    });
    last = written.catch(() => undefined);
    return written;
  };
  if (read === null) {
    await rename(file, `${file}.damaged`);
    await syncDirectory(directory);
    // Newer than what was known: nobody who asks may take it for an old list.
    await write((before) => ({ ...before, v: before.subs.length + 1 }));
  }
  const isSame = (a: Pick<Erasing, "sub" | "cmd">, b: Pick<Erasing, "sub" | "cmd">): boolean =>
    a.sub === b.sub && a.cmd === b.cmd;
  return {
    notice: read === null ? damaged() : null,
    version: () => list.v,
    has: (sub) => subs.has(sub),
    all: () => list.subs,
    pending: () => list.pending,
    done: (sub, cmd) => {
      const found = list.done.find((one) => isSame(one, { sub, cmd }));
      return found === undefined ? null : { epoch: found.epoch, seq: found.seq };
    },
    begin: async (erasing) => {
      await write((before) => {
        const isNew = !before.subs.includes(erasing.sub);
        const isBegun = before.pending.some((one) => isSame(one, erasing));
        if (!isNew && isBegun) return before;
        return {
          ...before,
          v: isNew ? before.v + 1 : before.v,
          subs: isNew ? [...before.subs, erasing.sub] : before.subs,
          pending: isBegun ? before.pending : [...before.pending, { ...erasing, counts: { ...erasing.counts } }],
        };
      });
      return list.pending.find((one) => isSame(one, erasing)) ?? erasing;
    },
    finish: ({ sub, cmd }, { epoch, seq }) =>
      write((before) => {
        const others = before.done.filter((one) => one.sub !== sub);
        const own = before.done.filter((one) => one.sub === sub && one.cmd !== cmd);
        const kept = cmd === null ? own : [...own, { sub, cmd, epoch, seq }].slice(-doneMax);
        return {
          ...before,
          pending: before.pending.filter((one) => !isSame(one, { sub, cmd })),
          done: [...others, ...kept],
        };
      }),
    lift: (sub) =>
      write((before) =>
        before.subs.includes(sub)
          ? { ...before, v: before.v + 1, subs: before.subs.filter((one) => one !== sub) }
          : before,
      ),
  };
}

const textOf = (list: List): string => {
  const text = JSON.stringify(list);
  return `${crc32(text)} ${text}\n`;
};

function parse(bytes: string): List | null {
  const [, crc, text = ""] = /^(\d{1,10}) (.*)\n$/.exec(bytes) ?? [];
  if (crc === undefined || crc32(text) !== Number(crc)) return null;
  try {
    return listSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

const damaged = (): Fault =>
  new Fault(
    "suppression-damaged",
    "the list of people who must not come back was damaged and made again of what the journal remembers",
    "Send the erasure orders of the last years once more; doing it twice harms nothing.",
  );
