import type { Bulletin } from "./core/bulletin.ts";
import type { PersonId } from "./core/person.ts";
import { isPersonId } from "./core/person.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { MessageLine } from "./core/rights/dossier.ts";
import type { Settings } from "./store/settings.ts";

/** What hangs on the wall, and hangs there again when the clock starts anew. It may be lost: it is not what people rely on. */
export interface Bulletins {
  /** Shows it, and resolves when it is kept; a disk that takes nothing keeps nobody from reading it now. */
  readonly announce: (bulletin: Bulletin) => Promise<void>;
  /** Shows what was kept and is not over. For the start. */
  readonly showAgain: () => void;
  /** What hangs there for one person. */
  readonly for: (sub: PersonId) => readonly MessageLine[];
  /** What was said to one person goes with them. */
  readonly forget: (sub: PersonId) => Promise<void>;
}

export interface BulletinsOptions {
  readonly settings: Settings;
  readonly clock: Pick<Clock, "now">;
  readonly show: (bulletin: Bulletin) => void;
  readonly note: (fault: unknown) => void;
}

/** As on the wall: whatever is older was taken down there too. */
const keptMax = 500;
const longestMs = 14 * 24 * 3_600_000;

export function openBulletins({ settings, clock, show, note }: BulletinsOptions): Bulletins {
  return {
    announce: async (bulletin) => {
      show(bulletin);
      const { utcMs } = clock.now();
      const { id, text, sub, untilUtcMs, isNews = false } = bulletin;
      const endUtcMs = Math.min(untilUtcMs ?? Number.POSITIVE_INFINITY, utcMs + longestMs);
      await settings
        .change((data) => {
          const others = (data.bulletins ?? []).filter((one) => one.untilUtcMs > utcMs && one.id !== id);
          data.bulletins = [...others, { id, text, sub, untilUtcMs: endUtcMs, ...(isNews && { isNews }) }].slice(
            -keptMax,
          );
        })
        .catch(note);
    },
    showAgain: () => {
      const { utcMs } = clock.now();
      for (const { sub, isNews = false, ...kept } of settings.get().bulletins ?? []) {
        if (kept.untilUtcMs <= utcMs) continue;
        const bulletin = { ...kept, ...(isNews && { isNews }) };
        if (sub === null) show({ ...bulletin, sub });
        else if (isPersonId(sub)) show({ ...bulletin, sub });
      }
    },
    for: (sub) => {
      const { utcMs } = clock.now();
      const theirs = (settings.get().bulletins ?? []).filter((one) => one.sub === sub && one.untilUtcMs > utcMs);
      return theirs.map(({ id, text, untilUtcMs }) => ({ id, text, untilUtcMs }));
    },
    forget: async (sub) => {
      if (!settings.get().bulletins?.some((one) => one.sub === sub)) return;
      await settings.change((data) => {
        data.bulletins = (data.bulletins ?? []).filter((one) => one.sub !== sub);
      });
    },
  };
}
