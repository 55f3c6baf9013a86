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
  /** Good to know, and no more: whoever wished so is not told. Everything else is essential. */
  readonly isNews?: boolean;
}

/** As it is remembered: its text made plain, and an end by a clock that nobody can set. */
interface Posted extends Bulletin {
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

/** What hangs there: the newest first, those for everybody before those for one. */
export type Board = readonly Posted[];

/** Pins it up; one that is known, empty or too late changes nothing. */
export function posted(board: Board, bulletin: Bulletin, at: Stamp): Board {
  const text = plain(bulletin.text);
  const { id, sub, untilUtcMs, isNews = false } = bulletin;
  const leftMs = Math.min(longestMs, (untilUtcMs ?? Number.POSITIVE_INFINITY) - at.utcMs);
  if (text === "" || leftMs <= 0 || board.some((known) => known.id === id)) return board;
  const all: Board = [{ id, text, sub, untilUtcMs, isNews, untilMs: at.monoMs + leftMs }, ...board];
  const general = all.filter((one) => one.sub === null).slice(0, shownMax);
  const personal = all.filter((one) => one.sub !== null).slice(0, personalMax);
  return [...general, ...personal];
}

/** Takes down what had its time, also where the wall clock was set past it. */
export function takenDown(board: Board, at: Stamp): Board {
  const isOver = ({ untilMs, untilUtcMs }: Posted): boolean =>
    at.monoMs >= untilMs || (untilUtcMs !== null && at.utcMs >= untilUtcMs);
  return board.some(isOver) ? board.filter((bulletin) => !isOver(bulletin)) : board;
}

/**
 * What stands there for everybody (null), or for one person: the newest few, and always the newest.
 *
 * @param isMuted they are told only what is essential.
 */
export function bulletinsFor(board: Board, sub: PersonId | null, isMuted = false): readonly BulletinView[] {
  let letters = 0;
  return board
    .filter((bulletin) => bulletin.sub === sub && !(isMuted && bulletin.isNews === true))
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
