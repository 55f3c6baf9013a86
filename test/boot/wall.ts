import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Screenful } from "../../kiosk/core/view.ts";

/** Whoever stands at the wall of a booted machine: sees what the page is told to show, and lays cards on. */
export interface Visitor extends AsyncDisposable {
  readonly now: () => Screenful | null;
  /** Milliseconds until the wall is so. @throws where it is not so in time. */
  readonly sees: (what: string, isIt: (shown: Screenful) => boolean, withinMs?: number) => Promise<number>;
  /** Lays a card on and waits for what the wall answers. @returns the receipt's code; null where it was not thanks. */
  readonly tap: (card: string) => Promise<string | null>;
  /** Every receipt that was shown. */
  readonly receipts: readonly string[];
}

const wallUrl = "http://127.0.0.1:8080/";

/** @param reader path of the pretended reader's socket, as we see it. */
export function visit(reader: () => string): Visitor {
  const stop = new AbortController();
  const receipts: string[] = [];
  let shown: Screenful | null = null;
  let answers = 0;
  const hear = (next: Screenful): void => {
    const { view } = next;
    shown = next;
    if (view.at === "refused" || view.at === "out-of-order") answers += 1;
    if (view.at !== "thanks" || receipts.includes(view.receipt)) return;
    receipts.push(view.receipt);
    answers += 1;
  };
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await listen(stop.signal, hear).catch(() => {});
      // A clock that is gone shows nothing.
      shown = null;
      await delay(20);
    }
  })();
  const sees: Visitor["sees"] = async (what, isIt, withinMs = 30_000) => {
    const startedMs = performance.now();
    for (; performance.now() - startedMs < withinMs; await delay(10)) {
      if (shown !== null && isIt(shown)) return performance.now() - startedMs;
    }
    throw new Error(
      `the wall never showed ${what}, but ${JSON.stringify(shown?.view)} ${JSON.stringify(shown?.strip)}`,
    );
  };
  return {
    now: () => shown,
    sees,
    receipts,
    tap: async (card) => {
      const [before, had] = [answers, receipts.length];
      await say(reader(), card);
      for (const endMs = performance.now() + 10_000; answers === before; await delay(10)) {
        if (performance.now() > endMs) throw new Error(`no answer to a card: ${JSON.stringify(shown?.view)}`);
      }
      return receipts[had] ?? null;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await looking;
    },
  };
}

/** Lays `n` of these cards on, one after the other and always the next one's, and counts who was thanked. */
export function punching(visitor: Visitor, cards: readonly string[]): (n: number) => Promise<number> {
  let next = 1;
  return async (n) => {
    let thanked = 0;
    for (let left = n; left > 0; left -= 1) {
      if ((await visitor.tap(String(cards[next % cards.length]))) !== null) thanked += 1;
      next += 1;
    }
    return thanked;
  };
}

async function listen(signal: AbortSignal, hear: (shown: Screenful) => void): Promise<void> {
  const { body } = await fetch(new URL("/events", wallUrl), { signal });
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (text + chunk).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, data] = /^event: screen\ndata: (.*)$/m.exec(block) ?? [];
      if (data !== undefined) hear(JSON.parse(data) as Screenful);
    }
  }
}

const say = (path: string, line: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(`${line}\n`));
    socket.once("error", reject).once("close", () => resolve());
  });

/** What the screen is given for its page: the clock's own, or the notice with its code. */
export async function pageAtWall(): Promise<{
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
} | null> {
  try {
    const answer = await fetch(wallUrl, { signal: AbortSignal.timeout(5_000) });
    return { status: answer.status, code: answer.headers.get("lintel-notice"), text: await answer.text() };
  } catch {
    return null;
  }
}
