import { setTimeout as wait } from "node:timers/promises";
import { isFault } from "../../kiosk/core/fault.ts";
import { type Ask, textOf } from "../doctor/tools.ts";
import { holderIn, takeTurn } from "./turn.ts";

/** How a set-up comes to its turn: the screen's waits, somebody at a console goes before the screen's. */

const unit = "lintel-set-up.service";
const lookAgainMs = 2_000;

interface Line {
  /** Where the lock lies. */
  readonly folder: string;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** For the screen, before which nobody can begin again: waits for its turn. */
export async function waitForTurn({ folder, say, signal }: Line): Promise<Disposable> {
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await takeTurn(folder, { at: "screen", nowUtcMs: Date.now() });
    } catch (error) {
      if (!isFault(error, "set-up-busy")) throw error;
      if (!isSaid) say(`Waiting: ${error.message}.`);
      await wait(lookAgainMs, undefined, { signal });
    }
  }
}

export interface ConsoleTurn extends AsyncDisposable {
  /** The screen's set-up made room: what it showed is to be shown from here. */
  readonly hasScreen: boolean;
}

/**
 * For a console: has the screen's set-up stopped where that is what runs, and started again at the end, where it then has
 * to be decided by its unit's conditions whether anything is left to do.
 *
 * @throws Fault `set-up-busy` where somebody at another console has the turn, or the screen's does not end.
 */
export async function goBeforeScreen({ folder, say }: Line, ask: Ask | null): Promise<ConsoleTurn> {
  const now = (): { readonly at: "console"; readonly nowUtcMs: number } => ({ at: "console", nowUtcMs: Date.now() });
  try {
    const turn = await takeTurn(folder, now());
    return { hasScreen: false, [Symbol.asyncDispose]: async () => turn[Symbol.dispose]() };
  } catch (error) {
    const isTheirs = isFault(error, "set-up-busy") && (await holderIn(folder))?.at === "screen";
    if (ask === null || !isTheirs || (await textOf(ask("systemctl", "stop", unit))) === null) throw error;
  }
  const turn = await takeTurn(folder, now());
  say("The set-up at the clock's own screen makes room: it goes on here, and the screen shows the same.");
  return {
    hasScreen: true,
    [Symbol.asyncDispose]: async () => {
      turn[Symbol.dispose]();
      await ask("systemctl", "start", "--no-block", unit);
    },
  };
}
