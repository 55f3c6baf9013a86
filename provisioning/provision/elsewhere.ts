import { existsSync } from "node:fs";
import type { Talk } from "./talk.ts";

const lookAgainMs = 500;

/** A set-up that listens whether somebody writes the settings beside it, by hand or with a tool of theirs. */
export interface Listening extends Disposable {
  readonly talk: Talk;
}

/**
 * The clock of settings that came from elsewhere wants the screen's port, and there is nothing left to set up.
 *
 * @param ended is told once, and never of settings that this set-up wrote itself.
 */
export function endWithSettings(settings: string, talk: Talk, ended: () => void): Listening {
  const timer = setInterval(() => {
    if (!existsSync(settings)) return;
    clearInterval(timer);
    ended();
  }, lookAgainMs);
  return {
    talk: {
      ...talk,
      step: (news) => {
        if (news.step === "settings") clearInterval(timer);
        talk.step(news);
      },
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
