import { randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import type { Clock } from "../core/ports/senses.ts";
import type { TechnicianPage, TechnicianView } from "../core/technician-view.ts";

/**
 * Who may look at the technician's page: whoever knows the code of eight digits that the desk told a technician, once.
 * It is told after their session was shown and a record of the look written, and is nothing any more when they hang up.
 */
export interface Seat {
  readonly page: TechnicianPage;
  /** A new code; what was open before is closed. @returns it, and what closes it again. */
  readonly open: (ended: () => void) => { readonly code: string; readonly close: () => void };
}

export interface SeatOptions {
  readonly clock: Pick<Clock, "now">;
  /** Everything the page shows but its end. */
  readonly view: () => Omit<TechnicianView, "untilUtcMs">;
  readonly lookAgain: () => void;
}

/** As long as a session at most (docs/operators.md). */
const longestMs = 15 * 60_000;
/** Whoever guesses has closed it. */
const triesMax = 5;

interface Opening {
  readonly code: string;
  readonly ended: () => void;
  readonly untilMonoMs: number;
  readonly untilUtcMs: number;
  /** Null until somebody entered the code: it works once. */
  token: string | null;
  tries: number;
}

export function createSeat({ clock, view, lookAgain }: SeatOptions): Seat {
  let opening: Opening | null = null;

  const close = (which: Opening | null): void => {
    if (opening === null || opening !== which) return;
    opening = null;
    which.ended();
  };
  const current = (): Opening | null => {
    if (opening !== null && clock.now().monoMs >= opening.untilMonoMs) close(opening);
    return opening;
  };
  const of = (token: string): Opening | null => {
    const open = current();
    return open?.token != null && isSame(open.token, token) ? open : null;
  };

  return {
    open: (ended) => {
      close(opening);
      const { monoMs, utcMs } = clock.now();
      const code = String(randomInt(10 ** 8)).padStart(8, "0");
      const until = { untilMonoMs: monoMs + longestMs, untilUtcMs: utcMs + longestMs };
      const mine: Opening = { code, ended, ...until, token: null, tries: 0 };
      opening = mine;
      return { code, close: () => close(mine) };
    },
    page: {
      enter: (code) => {
        const open = current();
        if (open === null || open.token !== null) return null;
        if (!isSame(open.code, code)) {
          open.tries += 1;
          if (open.tries >= triesMax) close(open);
          return null;
        }
        open.token = randomBytes(32).toString("base64url");
        return open.token;
      },
      view: (token) => {
        const open = of(token);
        return open === null ? null : { ...view(), untilUtcMs: open.untilUtcMs };
      },
      lookAgain: (token) => {
        if (of(token) !== null) lookAgain();
      },
      leave: (token) => close(of(token)),
    },
  };
}

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};
