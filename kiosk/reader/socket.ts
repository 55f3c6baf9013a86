import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { type HashCard, isCardText } from "../core/card.ts";
import { Fault } from "../core/fault.ts";
import type { Clock } from "../core/ports/senses.ts";
import { openSimReader, type SimReader } from "./sim.ts";

export interface SocketReaderOptions {
  /** Where the socket is made; one that a dead process left there is replaced. */
  readonly path: string;
  readonly hash: HashCard;
  readonly clock: Pick<Clock, "now">;
}

/**
 * A reader nobody can touch, for a clock that is set up without one, by a test or on a laptop: each line that is written
 * to the socket is a card that is laid on, `technology:number`. Whoever may write to it could as well hold a card to a
 * reader, so the socket is its owner's alone.
 *
 * @throws Fault `reader-closed` where the socket cannot be made.
 */
export async function openSocketReader({ path, hash, clock }: SocketReaderOptions): Promise<SimReader> {
  const reader = openSimReader({ clock });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    createInterface(socket).on("line", (line) => {
      if (isCardText(line)) reader.tap(hash(line));
    });
  });
  await rm(path, { force: true });
  const umask = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
  } catch (cause) {
    const remedy = "Name a path in a folder of the clock's own, or another reader.";
    throw new Fault("reader-closed", `the pretended reader cannot listen at ${path}`, remedy, cause);
  } finally {
    process.umask(umask);
  }
  return {
    ...reader,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await reader[Symbol.asyncDispose]();
    },
  };
}
