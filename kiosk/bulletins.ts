import type { Bulletin } from "./core/bulletin.ts";
import type { PersonId } from "./core/person.ts";
import { isPersonId } from "./core/person.ts";
import type { Clock } from "./core/ports.ts";
import type { Settings } from "./store/settings.ts";

/** What hangs on the wall, and hangs there again when the clock starts anew. It may be lost: it is not what people rely on. */
export interface Bulletins {
  /** Shows it, and resolves when it is kept; a disk that takes nothing keeps nobody from reading it now. */
  readonly announce: (bulletin: Bulletin) => Promise<void>;
  /** Shows what was kept and is not over. For the start. */
  readonly showAgain: () => void;
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
      const { id, text, sub, untilUtcMs } = bulletin;
      const endUtcMs = Math.min(untilUtcMs ?? Number.POSITIVE_INFINITY, utcMs + longestMs);
      await settings
        .change((data) => {
          const others = (data.bulletins ?? []).filter((one) => one.untilUtcMs > utcMs && one.id !== id);
          data.bulletins = [...others, { id, text, sub, untilUtcMs: endUtcMs }].slice(-keptMax);
        })
        .catch(note);
    },
    showAgain: () => {
      const { utcMs } = clock.now();
      for (const { sub, ...bulletin } of settings.get().bulletins ?? []) {
        if (bulletin.untilUtcMs <= utcMs) continue;
        if (sub === null) show({ ...bulletin, sub });
        else if (isPersonId(sub)) show({ ...bulletin, sub });
      }
    },
    forget: async (sub) => {
      if (!settings.get().bulletins?.some((one) => one.sub === sub)) return;
      await settings.change((data) => {
        data.bulletins = (data.bulletins ?? []).filter((one) => one.sub !== sub);
      });
    },
  };
}
