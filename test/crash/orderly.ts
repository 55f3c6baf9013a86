import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { Order } from "../../kiosk/core/orders.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { OrderBook } from "../../kiosk/core/ports/uplink.ts";
import { openOrderBook } from "../../kiosk/store/order-book.ts";
import { openDownlink } from "../../kiosk/uplink/downlink.ts";
import { cloudKeys, commandOf, unbound } from "../contract/downlink-parts.ts";
import { identity, realClock } from "../unit/uplink/parts.ts";
import { openClockJournal } from "./clockwork.ts";

/**
 * A clock that hears the order of `message` and kills itself at its n-th step: before or after the book, a record, the
 * handler. 0 never. Says DONE once everything it heard is over.
 */
const [state = "", message = "", killAt = "0"] = process.argv.slice(2);
let steps = 0;
const step = (): void => {
  steps += 1;
  if (steps === Number(killAt)) process.kill(process.pid, "SIGKILL");
};
const between = <A extends readonly unknown[], R>(act: (...args: A) => R): ((...args: A) => R) => {
  return (...args) => {
    step();
    const result = act(...args);
    if (result instanceof Promise) {
      return result.then((value: unknown) => {
        step();
        return value;
      }) as R;
    }
    step();
    return result;
  };
};

const stop = new AbortController();
const last = commandOf({ op: "status" });
const real: Journal = await openClockJournal(state);
const realBook = await openOrderBook({ directory: `${state}/book` });
const journal = { ...real, append: between(real.append) };
const book: OrderBook = {
  ...realBook,
  isBlank: realBook.isBlank,
  begin: between(realBook.begin),
  accept: between(realBook.accept),
  attempt: between(realBook.attempt),
  finish: between(realBook.finish),
};
const downlink = openDownlink({
  ...{ identity, groups: [], keys: () => cloudKeys, clock: realClock, journal, book },
  handlers: new Map([
    ["status", async () => ({})],
    [
      "identify",
      between(async ({ id }: Order) => {
        appendFileSync(`${state}/calls`, `${id}\n`);
        step();
        // Twice is the same as once.
        writeFileSync(`${state}/effect-${id}`, "done");
        return {};
      }),
    ],
  ]),
  ...{ roster: null, config: null, time: null },
  over: ({ id }) => id === last.id && setImmediate(() => stop.abort()),
  pace: { bounds: unbound },
});
downlink.heard("cmd", readFileSync(message));
downlink.heard("cmd", last.bytes);
await downlink.run(stop.signal);
await realBook[Symbol.asyncDispose]();
await real[Symbol.asyncDispose]();
process.stdout.write(`DONE ${steps}\n`);
