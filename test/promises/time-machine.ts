import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Due, Keepsakes, RetentionClass } from "../../kiosk/core/keepsake.ts";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { Journal, JournalUpkeep } from "../../kiosk/core/ports/journal.ts";
import type { AuditData, PurgeData } from "../../kiosk/core/record.ts";
import { daysWith, type RetentionDays } from "../../kiosk/core/retention.ts";
import type { ClockQuality } from "../../kiosk/core/time.ts";
import { type TestClock, testClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { type Keeping, openKeeping } from "../../kiosk/privacy/keeping.ts";
import { openRetention, type RetentionKeeper } from "../../kiosk/privacy/retention.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";

/** A clock whose time is moved by hand, with the stores that it really has. */

export const dayMs = 24 * 3_600_000;
export const hourMs = 3_600_000;
export const startMs = Date.UTC(2026, 10, 2, 8, 0, 0);
export const person = (letter: string): PersonId => personId(`p_${letter.repeat(20)}`);

export const sure: ClockQuality = { source: "ntp", errorMs: 25, ageS: 60 };
export const lost: ClockQuality = { source: "none", errorMs: 10 * 365 * dayMs, ageS: 0 };
export const battery: ClockQuality = { source: "rtc", errorMs: hourMs, ageS: 0 };

/** Things of one class as files, named by when and of whom: any room that keeps things, at its simplest. */
export interface Cupboard extends Keepsakes {
  readonly put: (collectedUtcMs: number, sub: PersonId) => Promise<void>;
  readonly left: () => Promise<readonly PersonId[]>;
  /** Fails so often from the next deletion on. */
  stuck: number;
  readonly forget: (sub: PersonId) => Promise<number>;
}

export async function openCupboard(directory: string, cls: RetentionClass): Promise<Cupboard> {
  await mkdir(directory, { recursive: true });
  const all = async () =>
    (await readdir(directory)).map((file) => {
      const [utcMs = "", sub = ""] = file.split(".");
      return { file: join(directory, file), utcMs: Number(utcMs), sub: personId(sub) };
    });
  const sorted = async ({ nowUtcMs, beforeUtcMs, isHeld }: Omit<Due, "limit">) => {
    const due = (await all()).filter(({ utcMs }) => Math.min(utcMs, nowUtcMs) < beforeUtcMs);
    return { going: due.filter(({ sub }) => !isHeld(sub)), held: due.filter(({ sub }) => isHeld(sub)).length };
  };
  const cupboard: Cupboard = {
    cls,
    stuck: 0,
    put: (utcMs, sub) => writeFile(join(directory, `${utcMs}.${sub}.${Math.random()}`), `picture of ${sub}`),
    left: async () => (await all()).map(({ sub }) => sub).toSorted(),
    count: async (due) => {
      const { going, held } = await sorted(due);
      return { due: going.length, held };
    },
    purge: async (due) => {
      const { going, held } = await sorted(due);
      const piece = going.slice(0, due.limit);
      for (const { file } of piece) {
        if (cupboard.stuck > 0) {
          cupboard.stuck -= 1;
          throw new Fault("disk-read-only", "the cupboard is stuck", "Pull harder.");
        }
        await rm(file);
      }
      return { gone: piece.length, held, isMore: going.length > piece.length };
    },
    forget: async (sub) => {
      const theirs = (await all()).filter((one) => one.sub === sub);
      for (const { file } of theirs) await rm(file);
      return theirs.length;
    },
  };
  return cupboard;
}

export interface Clockwork extends AsyncDisposable {
  readonly clock: TestClock;
  readonly journal: Journal & JournalUpkeep;
  readonly keeping: Keeping;
  readonly retention: RetentionKeeper;
  readonly notes: unknown[];
  /** What was written about deletions, oldest first. */
  readonly purges: () => readonly PurgeData[];
  readonly audits: (...acts: readonly string[]) => readonly AuditData[];
  /** As the house does it before its screen opens, and every hour. */
  readonly sweep: () => Promise<unknown>;
}

export interface ClockworkOptions {
  readonly state: string;
  readonly nowUtcMs: number;
  readonly quality?: ClockQuality;
  readonly days?: Partial<RetentionDays>;
  readonly keepsakes: readonly Keepsakes[];
  /** Power was cut since the last time. */
  readonly afterCut?: boolean;
  readonly before?: (keeping: Keeping) => Promise<void>;
}

export async function openClockwork(options: ClockworkOptions): Promise<Clockwork> {
  const { state, nowUtcMs, quality = sure, keepsakes, afterCut = false } = options;
  const clock = testClock(nowUtcMs, quality);
  const ring = await openSigner(state);
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const journal = await openJournal({
    ...{ directory: state, identity, signer: ring, clock, firmware: "0.1.0", boot: 1, ballastBytes: 65_536 },
    isFirstStart: ring.fresh,
  });
  await ring.markUsed();
  const notes: unknown[] = [];
  const note = (error: unknown): void => void notes.push(error);
  const days = daysWith(options.days ?? {});
  const start = { isNewBoot: true, wasUnclean: afterCut };
  const keeping = await openKeeping({ state, journal, clock, start, days, note });
  const { lateness, book, holds } = keeping;
  const retention = openRetention({
    ...{ journal, clock, book, lateness, days, keepsakes, note, isHeld: holds.isHeld },
    before: async () => {
      await holds.expire();
      await options.before?.(keeping);
    },
  });
  const of = <T>(wanted: string): readonly T[] =>
    journal
      .read({ epoch: 0, seq: -1 }, 100_000)
      .filter(({ type }) => type === wanted)
      .map(({ jws }) => eventOf(jws).data as T);
  return {
    ...{ clock, journal, keeping, retention, notes },
    purges: () => of<PurgeData>("purge"),
    audits: (...acts) => of<AuditData>("audit").filter(({ act }) => acts.includes(act)),
    sweep: () => retention.sweep(AbortSignal.timeout(60_000)),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}

/** Files below a folder in which any of these bytes stand. */
export async function holding(
  directory: string,
  needles: readonly (string | Uint8Array)[],
): Promise<readonly string[]> {
  const wanted = needles.map((needle) => Buffer.from(needle));
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (wanted.some((needle) => bytes.includes(needle))) found.push(file);
  }
  return found;
}
