import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { signJws } from "../../kiosk/core/jws.ts";
import type { Order, OrderHandlers } from "../../kiosk/core/orders.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { OrderBook } from "../../kiosk/core/ports/uplink.ts";
import type { CmdlogData } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openOrderBook } from "../../kiosk/store/order-book.ts";
import { wrap } from "../../kiosk/uplink/contract/envelope.ts";
import type { CloudKey } from "../../kiosk/uplink/contract/keys.ts";
import { ops } from "../../kiosk/uplink/contract/orders.ts";
import { type DownlinkOptions, openDownlink } from "../../kiosk/uplink/downlink.ts";
import { openClockJournal } from "../crash/clockwork.ts";
import { identity, keyFromSeed, realClock, until } from "../unit/uplink/parts.ts";

/** A cloud with a key for every role, and a clock that hears it without a broker between. */

export const roles = [
  ...["cmd:ops", "cmd:cfg", "cmd:ros", "cmd:sec", "cmd:enr", "cmd:dpo", "cmd:fw"],
  ...["ack", "cfg", "ros", "tim"],
] as const;
export type Role = (typeof roles)[number];

const source = "urn:lintel:acme:cloud:hq";
/** The same in every process. */
export const keyOf = (role: string) => keyFromSeed(Buffer.from(role.padEnd(32, ".")).toString("hex"));

export const cloudKeys: readonly CloudKey[] = roles.map((role) => {
  const { signer } = keyOf(role);
  return { kid: signer.kid, key: signer.publicKey, role, source };
});

export interface Wish {
  readonly op: string;
  readonly by?: readonly Role[];
  readonly args?: Record<string, unknown>;
  readonly id?: string;
  readonly cn?: number;
  readonly aud?: readonly string[];
  readonly nbfMs?: number;
  readonly expMs?: number;
  readonly device?: string;
}

let counted = 1_000;

/** A signed command, with two signatures where two roles are named. */
export function commandOf(wish: Wish): { readonly id: string; readonly bytes: Uint8Array } {
  const { op, by = ["cmd:ops"], args = {}, id = randomUUID(), nbfMs = Date.now(), device = identity.device } = wish;
  counted += 1;
  const { cn = counted, aud = [device], expMs = nbfMs + 600_000 } = wish;
  const event = {
    specversion: "1.0" as const,
    ...{ id, source, type: "dev.lintel.cmd.v1", time: utcText(nbfMs) },
    data: { op, aud, cn, nbf: utcText(nbfMs), exp: utcText(expMs), args },
  };
  const tokens = by.map((role) => signJws("lintel-cmd+jws", JSON.stringify(event), keyOf(role).signer).jws);
  const [only = ""] = tokens;
  if (tokens.length === 1) return { id, bytes: wrap(only, event) };
  const { specversion, type: _, data: __, ...rest } = event;
  const outer = { specversion, ...rest, type: "dev.lintel.cmd2.v1", datacontenttype: "application/json" };
  return { id, bytes: Buffer.from(JSON.stringify({ ...outer, data: { jws: tokens } })) };
}

export const cmdlogsIn = (journal: Journal): readonly CmdlogData[] =>
  journal
    .read({ epoch: 0, seq: -1 }, 100_000)
    .filter(({ type }) => type === "cmdlog")
    .map(({ jws }) => eventOf(jws).data as CmdlogData);

export interface TestKiosk extends AsyncDisposable {
  readonly journal: Journal;
  readonly book: OrderBook;
  readonly carriedOut: Order[];
  readonly hear: (...messages: readonly { readonly bytes: Uint8Array }[]) => void;
  /** Until everything that was heard before has been dealt with. */
  readonly settled: () => Promise<void>;
  readonly logs: () => readonly CmdlogData[];
}

const everyOp = (carriedOut: Order[]): OrderHandlers =>
  new Map(
    [...ops.keys()].map((op) => [
      op,
      async (order: Order) => {
        carriedOut.push(order);
        return {};
      },
    ]),
  );

const fast = { messagesMax: 100_000, bytesMax: 2 ** 30, perS: 1e6 };
export const unbound = { ack: fast, cmd: fast, cfg: fast, ros: fast, tim: fast };

/** The real journal and the real book in `state`; killed or closed, it may be opened again. */
export async function openTestKiosk(
  state: string,
  more: Partial<DownlinkOptions> & { readonly clock?: Clock; readonly idsMax?: number } = {},
): Promise<TestKiosk> {
  await using stack = new AsyncDisposableStack();
  const journal = stack.use(await openClockJournal(state));
  const { idsMax } = more;
  const book = stack.use(
    await openOrderBook({ directory: join(state, "book"), ...(idsMax !== undefined && { idsMax }) }),
  );
  const carriedOut: Order[] = [];
  const over = new Set<string>();
  const downlink = openDownlink({
    ...{ identity, groups: ["night"], keys: () => cloudKeys, clock: realClock, journal, book },
    ...{ handlers: everyOp(carriedOut), roster: null, config: null, time: null },
    over: ({ id }) => over.add(id),
    ...more,
    pace: { bounds: unbound, retryMs: 50, ...more.pace },
  });
  const stop = new AbortController();
  const running = downlink.run(stop.signal);
  running.catch(() => {});
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const open = stack.move();
  const hear: TestKiosk["hear"] = (...messages) => {
    for (const { bytes } of messages) downlink.heard("cmd", bytes);
  };
  return {
    ...{ journal, book, carriedOut, hear },
    settled: async () => {
      const last = commandOf({ op: "status" });
      hear(last);
      await until("the last order is over", () => over.has(last.id), 60_000);
    },
    logs: () => cmdlogsIn(journal),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
