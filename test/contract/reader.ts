import { describe, expect, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Reader, Tap } from "../../kiosk/core/ports/senses.ts";
import type { TestClock } from "../../kiosk/host/clock.ts";

/** A reader, somebody who lays cards on it, and somebody who pulls its cable. */
export interface ReaderBench {
  readonly reader: Reader;
  readonly clock: TestClock;
  readonly lay: (card: string) => void;
  readonly pull: () => void;
}

const never = new AbortController().signal;

const tapsOf = ({ reader }: ReaderBench, signal: AbortSignal = never): AsyncIterator<Tap> =>
  reader.taps(signal)[Symbol.asyncIterator]();

/** What was laid until now: the reader is closed, so that the taps end. */
async function allTaps(bench: ReaderBench): Promise<readonly string[]> {
  await bench.reader[Symbol.asyncDispose]();
  const badges: string[] = [];
  for await (const { badge } of bench.reader.taps(never)) badges.push(badge);
  return badges.map((badge) => badge.slice(badge.indexOf(":") + 1));
}

/** What every badge reader promises. */
export function readerContract(name: string, open: () => Promise<ReaderBench>): void {
  describe(`${name} keeps the reader's promises`, () => {
    test("two people in a hurry are two taps, in their order and with their own times", async () => {
      const bench = await open();
      const taps = tapsOf(bench);
      const first = taps.next();
      bench.lay("1001");
      bench.clock.advance(5);
      bench.lay("1002");
      const [one, two] = [(await first).value, (await taps.next()).value];
      expect(one?.badge).toMatch(/:1001$/);
      expect(two?.badge).toMatch(/:1002$/);
      expect(two?.at.monoMs - one?.at.monoMs).toBe(5);
    });

    test("taps are kept while nobody listens, and 64 are enough", async () => {
      const bench = await open();
      for (let card = 2_000; card < 2_080; card += 1) bench.lay(`${card}`);
      const cards = await allTaps(bench);
      expect(cards).toEqual(Array.from({ length: 64 }, (_, at) => `${2_000 + at}`));
    });

    test("a card that is left on the reader is one tap, however long it lies there", async () => {
      const bench = await open();
      for (let times = 0; times < 10; times += 1) {
        bench.lay("1001");
        bench.clock.advance(600);
      }
      expect(await allTaps(bench)).toEqual(["1001"]);
    });

    test("the same card is a new tap once it was away for a second", async () => {
      const bench = await open();
      bench.lay("1001");
      bench.clock.advance(999);
      bench.lay("1001");
      bench.clock.advance(1_000);
      bench.lay("1001");
      expect(await allTaps(bench)).toEqual(["1001", "1001"]);
    });

    test("somebody else in between is not a reason to lose anybody", async () => {
      const bench = await open();
      for (const card of ["1001", "1002", "1001"]) bench.lay(card);
      expect(await allTaps(bench)).toEqual(["1001", "1002", "1001"]);
    });

    test("a lost reader is a fault, after the taps that came before it", async () => {
      const bench = await open();
      const taps = tapsOf(bench);
      bench.lay("1001");
      bench.pull();
      expect((await taps.next()).value?.badge).toMatch(/:1001$/);
      await expect(taps.next()).rejects.toMatchObject({ name: "Fault", code: "reader-lost" } satisfies Partial<Fault>);
      await bench.reader[Symbol.asyncDispose]();
    });

    test("aborting ends the taps, also for whoever waits", async () => {
      const bench = await open();
      const stop = new AbortController();
      const taps = tapsOf(bench, stop.signal);
      const waiting = taps.next();
      stop.abort();
      expect((await waiting).done).toBe(true);
      const late = bench.reader.taps(stop.signal)[Symbol.asyncIterator]();
      expect((await late.next()).done).toBe(true);
      await bench.reader[Symbol.asyncDispose]();
    });

    test("closing ends the taps in peace, and may be done twice", async () => {
      const bench = await open();
      const waiting = tapsOf(bench).next();
      await bench.reader[Symbol.asyncDispose]();
      await bench.reader[Symbol.asyncDispose]();
      expect((await waiting).done).toBe(true);
    });
  });
}

export const unplugged = (): Fault => new Fault("reader-lost", "the badge reader is gone", "Plug it in again.");
