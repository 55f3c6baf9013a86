import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../receiver/postgres.ts";
import { until } from "../unit/uplink/parts.ts";
import { openMosquitto } from "./broker.ts";
import { healedVerdict, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import type { Verdict } from "./verdict.ts";

/** A small file system of its own under a clock. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Nothing can be written any more, as after an I/O error on an SD card: open files included. */
  readonly fail: () => void;
  /** As a restart of the box would: checked, and mounted anew. Nobody may have a file open. */
  readonly repair: () => void;
}

const quietly = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, [...args], { stdio: "pipe" });

/** @returns null where this user may not mount. */
export function openSmallDisk(megabytes: number): SmallDisk | null {
  const base = mkdtempSync(join(tmpdir(), "lintel-torture-disk-"));
  const [image, folder] = [join(base, "image"), join(base, "disk")];
  mkdirSync(folder);
  const mount = () => quietly("mount", "-t", "ext4", "-o", "loop", image, folder);
  try {
    quietly("truncate", "-s", `${megabytes}M`, image);
    quietly("mkfs.ext4", "-q", "-m", "0", image);
    mount();
  } catch {
    rmSync(base, { recursive: true });
    return null;
  }
  return {
    folder,
    // `remount,ro` is refused while a file is open for writing; this is the way that ext4 itself takes after an error.
    fail: () => quietly("mount", "-o", "remount,abort", folder),
    repair: () => {
      quietly("umount", folder);
      try {
        quietly("e2fsck", "-fy", image);
      } catch (error) {
        // 1: it has corrected what the failure left.
        if ((error as { readonly status?: number }).status !== 1) throw error;
      }
      mount();
    },
    [Symbol.dispose]: () => {
      quietly("umount", "--lazy", folder);
      rmSync(base, { recursive: true });
    },
  };
}

export interface DiskOutcome extends Verdict {
  readonly healingMs: number;
  readonly refusals: Readonly<Record<string, number>>;
}

/** A clock under load whose disk fills up or dies, and comes back. Who was thanked is held against the sink. */
async function onDisk(
  disk: SmallDisk,
  harm: (clock: Awaited<ReturnType<typeof openLives>>) => Promise<void>,
): Promise<DiskOutcome> {
  await using stack = new AsyncDisposableStack();
  const state = join(disk.folder, "state");
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice(state)]);
  for (const part of [office, database, broker]) stack.use(part);
  const sink = await database.create();
  const receiver = stack.use(office.hire(broker.url, sink));
  const { receiptKey } = office;
  const clock = stack.use(await openLives({ state, receiptKey, brokerUrl: broker.url, tapsPerS: 40 }));
  await receiver.listens();
  await until("there is a receipt", () => clock.now().news().receipted.seq > 5, 60_000);
  await harm(clock);
  const now = clock.thanked().length;
  await until("punches are taken again", () => clock.thanked().length > now + 5, 60_000);
  const verdict = await healedVerdict(office, clock, sink);
  const refusals: Record<string, number> = {};
  for (const code of clock.refused()) refusals[code] = (refusals[code] ?? 0) + 1;
  return { ...verdict, refusals };
}

/** Filled to the last byte in the middle of the load, and emptied again while the same process goes on. */
export const diskFull = (disk: SmallDisk): Promise<DiskOutcome> =>
  onDisk(disk, async (clock) => {
    const filler = join(disk.folder, "filler");
    const before = clock.refused().length;
    const deadline = performance.now() + 60_000;
    // What the journal's own log gives back is taken as well.
    for (let isRefused = false; !isRefused && performance.now() < deadline; ) {
      fill(filler);
      await new Promise((resolve) => setTimeout(resolve, 50));
      isRefused = clock.refused().length > before + 2;
    }
    await until("punches are refused", () => clock.refused().length > before + 2, 10_000);
    rmSync(filler);
  });

/** The file system turns read-only under open files; the box is restarted later. */
export const diskDies = (disk: SmallDisk): Promise<DiskOutcome> =>
  onDisk(disk, async (clock) => {
    disk.fail();
    await until("punches are refused", () => clock.refused().length > 2, 60_000);
    await clock.leave();
    disk.repair();
    await clock.start();
  });

/** To the last byte. */
export function fill(path: string): void {
  const file = openSync(path, "a");
  for (const size of [1_048_576, 65_536, 4_096, 1]) {
    const bytes = Buffer.alloc(size, 1);
    try {
      for (;;) writeSync(file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
  closeSync(file);
}
