import type { Memory } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Stamp } from "./time.ts";
import type { BulletinView } from "./view.ts";

/** A few plain words that the cloud wants read on the wall. */
export interface Bulletin {
  /** That of its order: the same one again changes nothing. */
  readonly id: string;
  readonly text: string;
  readonly untilUtcMs: number | null;
  /** Whose thanks it stands on, and nobody else's; null stands on the idle wall, for everybody. */
  readonly sub: PersonId | null;
}

/** As it is remembered: its text made plain, and an end by a clock that nobody can set. */
export interface Posted extends Bulletin {
  readonly untilMs: number;
}

/** Whatever is longer is no bulletin any more; so is what still hangs there after a fortnight. */
const lettersMax = 200;
const longestMs = 14 * 24 * 3_600_000;
/** A wall has room for so many at a time, and for so many letters of them. */
const shownMax = 3;
const shownLettersMax = 360;
/** More personal ones than this push out the oldest. */
const personalMax = 500;

/** Pins it up, the newest first; one that is known, empty or too late changes nothing. */
export function posted(memory: Memory, bulletin: Bulletin, at: Stamp): Memory {
  const text = plain(bulletin.text);
  const { id, sub, untilUtcMs } = bulletin;
  const leftMs = Math.min(longestMs, (untilUtcMs ?? Number.POSITIVE_INFINITY) - at.utcMs);
  if (text === "" || leftMs <= 0 || memory.bulletins.some((known) => known.id === id)) return memory;
  const all: readonly Posted[] = [{ id, text, sub, untilUtcMs, untilMs: at.monoMs + leftMs }, ...memory.bulletins];
  const general = all.filter((one) => one.sub === null).slice(0, shownMax);
  const personal = all.filter((one) => one.sub !== null).slice(0, personalMax);
  return { ...memory, bulletins: [...general, ...personal] };
}

/** Takes down what had its time, also where the wall clock was set past it. */
export function takenDown(memory: Memory, at: Stamp): Memory {
  const isOver = ({ untilMs, untilUtcMs }: Posted): boolean =>
    at.monoMs >= untilMs || (untilUtcMs !== null && at.utcMs >= untilUtcMs);
  if (!memory.bulletins.some(isOver)) return memory;
  return { ...memory, bulletins: memory.bulletins.filter((bulletin) => !isOver(bulletin)) };
}

/** What stands there for everybody (null), or for one person: the newest few, and always the newest. */
export function bulletinsFor({ bulletins }: Memory, sub: PersonId | null): readonly BulletinView[] {
  let letters = 0;
  return bulletins
    .filter((bulletin) => bulletin.sub === sub)
    .slice(0, sub === null ? shownMax : 1)
    .filter(({ text }, place) => {
      letters += text.length;
      return place === 0 || letters <= shownLettersMax;
    })
    .map(({ id, text }) => ({ id, text }));
}

/** One line of letters: no line ends, no controls, and nothing that turns the direction of what stands beside it. */
function plain(text: string): string {
  const line = text
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "")
    .trim();
  const letters = [...line];
  return letters.length <= lettersMax
    ? line
    : `${letters
        .slice(0, lettersMax - 1)
        .join("")
        .trimEnd()}…`;
}
