import { setImmediate as turn } from "node:timers/promises";

/** Lets everybody else in this process have their turn: a long work is done in slices, so that a punch never waits for it. */
export const breathe = (): Promise<void> => turn();
