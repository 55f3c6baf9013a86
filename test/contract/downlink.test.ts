import { readdirSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Order, OrderHandler } from "../../kiosk/core/orders.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { ops } from "../../kiosk/uplink/contract/orders.ts";
import type { DownChannel } from "../../kiosk/uplink/contract/topics.ts";
import { openDownlink } from "../../kiosk/uplink/downlink.ts";
import { scratch } from "../scratch.ts";
import { identity, newKey, realClock, until } from "../unit/uplink/parts.ts";
import { cloudKeys, commandOf, openTestKiosk, type Role, roles } from "./downlink-parts.ts";

const clockWith = (quality: Partial<ReturnType<Clock["quality"]>>): Clock => ({
  ...realClock,
  quality: () => ({ ...realClock.quality(), ...quality }),
});

test("an order is accepted in the journal, carried out, and its result is written once", async () => {
  await using kiosk = await openTestKiosk(scratch());
  const order = commandOf({ op: "identify", args: { forS: 5 } });
  kiosk.hear(order);
  await kiosk.settled();
  expect(kiosk.carriedOut[0]).toMatchObject({ id: order.id, op: "identify", args: { forS: 5 } });
  expect(kiosk.logs().filter(({ cmd }) => cmd === order.id)).toEqual([
    { cmd: order.id, state: "accepted" },
    { cmd: order.id, state: "done" },
  ]);
  expect(kiosk.book.unfinished()).toEqual([]);
});

test("IC-22 each order by each role, alone and in pairs: only what the table allows is carried out", async () => {
  await using kiosk = await openTestKiosk(scratch());
  const pairs: readonly (readonly Role[])[] = [
    ...[
      ["cmd:sec", "cmd:dpo"],
      ["cmd:ops", "cmd:sec"],
      ["cmd:ops", "cmd:dpo"],
    ].map((pair) => pair as Role[]),
    ["cmd:cfg", "cfg"],
    ["cmd:ros", "ack"],
  ];
  const allowed: string[] = [];
  for (const [op, wanted] of ops) {
    for (const by of [...roles.map((role): readonly Role[] => [role]), ...pairs]) {
      const order = commandOf({ op, by });
      kiosk.hear(order);
      if (wanted.every((role) => (by as readonly string[]).includes(role))) allowed.push(`${op} ${order.id}`);
    }
  }
  await kiosk.settled();
  expect(kiosk.carriedOut.slice(0, -1).map(({ op, id }) => `${op} ${id}`)).toEqual(allowed);
  expect(allowed.length).toBeGreaterThan(ops.size);
}, 120_000);

test("refused: for others, too late, too early, one signature of two; each is written with its number", async () => {
  await using kiosk = await openTestKiosk(scratch());
  const now = Date.now();
  const cases = [
    [commandOf({ op: "identify", aud: ["k00000000000000000000"] }), "rejected", 3002],
    [commandOf({ op: "identify", aud: ["group:day", "site:elsewhere"] }), "rejected", 3002],
    [commandOf({ op: "identify", nbfMs: now - 3_600_000, expMs: now - 60_000 }), "expired", 3003],
    [commandOf({ op: "identify", nbfMs: now + 60_000 }), "rejected", 3003],
    [commandOf({ op: "identify", expMs: now + 40 * 86_400_000 }), "rejected", 3003],
    [commandOf({ op: "erase.all", by: ["cmd:sec"] }), "rejected", 3005],
    [commandOf({ op: "erase.subject", by: ["cmd:ops"] }), "rejected", 3001],
    [commandOf({ op: "make.coffee" }), "rejected", 3001],
  ] as const;
  kiosk.hear(...cases.map(([order]) => order));
  await kiosk.settled();
  expect(kiosk.carriedOut).toHaveLength(1);
  for (const [{ id }, state, code] of cases) {
    expect(kiosk.logs().filter(({ cmd }) => cmd === id)).toMatchObject([{ state, code }]);
  }
});

test("for a group and a site it is in, a clock listens", async () => {
  await using kiosk = await openTestKiosk(scratch());
  kiosk.hear(commandOf({ op: "identify", aud: ["group:night"] }), commandOf({ op: "volume", aud: ["site:blr-01"] }));
  await kiosk.settled();
  expect(kiosk.carriedOut.map(({ op }) => op)).toEqual(["identify", "volume", "status"]);
});

test("refusals are written ten times a minute; the others are counted in the next that is", async () => {
  let jumpMs = 0;
  const clock: Clock = {
    ...realClock,
    now: () => ({ utcMs: Date.now(), monoMs: performance.now() + jumpMs }),
  };
  await using kiosk = await openTestKiosk(scratch(), { clock });
  kiosk.hear(...Array.from({ length: 50 }, () => commandOf({ op: "unlock" })));
  await kiosk.settled();
  const rejected = () => kiosk.logs().filter(({ state }) => state === "rejected");
  expect(rejected()).toHaveLength(10);
  jumpMs = 61_000;
  kiosk.hear(commandOf({ op: "unlock" }));
  await kiosk.settled();
  expect(rejected()).toHaveLength(11);
  expect(rejected().at(-1)?.detail).toContain("40 more refused before");
});

test("with a clock that nobody vouches for, only what does no harm late is carried out", async () => {
  await using kiosk = await openTestKiosk(scratch(), { clock: clockWith({ source: "none", errorMs: 1e12 }) });
  const sec: readonly Role[] = ["cmd:sec"];
  kiosk.hear(...["resend", "sync", "time.check", "identify", "reboot"].map((op) => commandOf({ op })));
  kiosk.hear(commandOf({ op: "lock", by: sec }), commandOf({ op: "unlock", by: sec }));
  await kiosk.settled();
  expect(kiosk.carriedOut.map(({ op }) => op)).toEqual(["resend", "sync", "time.check", "lock", "status"]);
});

test("an order that nobody here carries out, and one that cannot be, fail in words", async () => {
  const refuse = async (): Promise<never> => {
    throw new Fault("order-refused", "the reader is away", "Plug it in.");
  };
  const handlers = new Map<string, OrderHandler>([
    ["identify", refuse],
    ["status", async () => ({ detail: "x".repeat(500) })],
    ["volume", async () => ({ out: "y".repeat(5_000) })],
    ["sync", async () => ({ out: "字".repeat(4_000) })],
  ]);
  await using kiosk = await openTestKiosk(scratch(), { handlers });
  kiosk.hear(...["reboot", "identify", "volume", "sync"].map((op) => commandOf({ op })));
  await kiosk.settled();
  const results = kiosk.logs().filter(({ state }) => state !== "accepted");
  expect(results.map(({ state, code }) => [state, code])).toEqual([
    ...Array.from({ length: 4 }, () => ["failed", 3006]),
    ["done", undefined],
  ]);
  expect(results.map(({ detail }) => detail)).toEqual([
    "this clock does not carry out reboot",
    "the reader is away. Plug it in.",
    expect.stringContaining("too large"),
    expect.stringContaining("too large"),
    "x".repeat(200),
  ]);
});

test("a handler's bug ends the run after it was written down, and does not wait for the next start", async () => {
  const state = scratch();
  const order = commandOf({ op: "identify" });
  {
    const handlers = new Map<string, OrderHandler>([["identify", () => Promise.reject(new TypeError("oops"))]]);
    const kiosk = await openTestKiosk(state, { handlers });
    kiosk.hear(order);
    await until("written", () => kiosk.logs().some(({ state: how }) => how === "failed"));
    await expect(kiosk[Symbol.asyncDispose]()).rejects.toThrow("oops");
  }
  await using again = await openTestKiosk(state);
  again.hear(order);
  await again.settled();
  expect(again.carriedOut.map(({ op }) => op)).toEqual(["status"]);
});

test("what the clock's end cut short is carried out at the next start, and has one result", async () => {
  const state = scratch();
  const order = commandOf({ op: "identify" });
  {
    await using kiosk = await openTestKiosk(state, { handlers: new Map([["identify", () => new Promise(() => {})]]) });
    kiosk.hear(order);
    await until("begun", () => kiosk.book.unfinished()[0]?.tries === 1);
  }
  await using again = await openTestKiosk(state);
  await until("over", () => again.book.unfinished().length === 0);
  expect(again.carriedOut.map(({ id }) => id)).toEqual([order.id]);
  expect(again.logs().map(({ state: how }) => how)).toEqual(["accepted", "done"]);
});

test("an order that ends the clock each time is given up", async () => {
  const state = scratch();
  const order = commandOf({ op: "identify" });
  for (let start = 1; start <= 5; start += 1) {
    await using kiosk = await openTestKiosk(state, { handlers: new Map([["identify", () => new Promise(() => {})]]) });
    if (start === 1) kiosk.hear(order);
    await until("begun", () => kiosk.book.unfinished()[0]?.tries === start);
  }
  await using last = await openTestKiosk(state);
  await last.settled();
  expect(last.carriedOut.map(({ op }) => op)).toEqual(["status"]);
  expect(last.logs().filter(({ cmd }) => cmd === order.id)).toMatchObject([
    { state: "accepted" },
    { state: "failed", code: 3006, detail: "given up after 5 starts of the clock" },
  ]);
});

test("every captured message again, ten times in any order, before and after a restart: nothing happens twice", async () => {
  const state = scratch();
  const now = Date.now();
  const captured = [
    ...Array.from({ length: 12 }, (_, n) => commandOf({ op: ["identify", "volume", "message.show"][n % 3] ?? "" })),
    commandOf({ op: "erase.all", by: ["cmd:sec", "cmd:dpo"] }),
    commandOf({ op: "config.apply", by: ["cmd:cfg"] }),
    commandOf({ op: "unlock" }),
    commandOf({ op: "identify", nbfMs: now - 3_600_000, expMs: now - 60_000 }),
  ];
  const shuffled = (seed: number) =>
    fc.sample(
      fc.shuffledSubarray([...captured, ...captured, ...captured, ...captured, ...captured], { minLength: 80 }),
      {
        seed,
        numRuns: 2,
      },
    );
  const ids = new Set(captured.map(({ id }) => id));
  let before: unknown;
  {
    await using kiosk = await openTestKiosk(state);
    kiosk.hear(...captured);
    await kiosk.settled();
    before = kiosk.logs().filter(({ cmd }) => ids.has(cmd));
    expect(kiosk.carriedOut.filter(({ id }) => ids.has(id))).toHaveLength(14);
    for (const round of shuffled(1)) kiosk.hear(...round);
    await kiosk.settled();
    expect(kiosk.carriedOut.filter(({ id }) => ids.has(id))).toHaveLength(14);
    expect(kiosk.logs().filter(({ cmd }) => ids.has(cmd))).toEqual(before);
  }
  await using again = await openTestKiosk(state);
  for (const round of shuffled(2)) again.hear(...round);
  await again.settled();
  expect(again.carriedOut.map(({ op }) => op)).toEqual(["status"]);
  expect(again.logs().filter(({ cmd }) => ids.has(cmd))).toEqual(before);
});

test("beyond what is remembered, the mark has risen: an old order stays refused and is never carried out again", async () => {
  const state = scratch();
  const captured = Array.from({ length: 30 }, () => commandOf({ op: "identify" }));
  await using kiosk = await openTestKiosk(state, { idsMax: 8 });
  kiosk.hear(...captured);
  await kiosk.settled();
  expect(kiosk.book.low("cmd:ops")).toBeGreaterThan(0);
  kiosk.hear(...captured, ...captured);
  await kiosk.settled();
  expect(kiosk.carriedOut.filter(({ op }) => op === "identify")).toHaveLength(30);
});

test("a damaged book: its orders are known from the journal, and what was valid before is refused", async () => {
  const state = scratch();
  const old = commandOf({ op: "identify" });
  const unseen = commandOf({ op: "identify" });
  {
    await using kiosk = await openTestKiosk(state);
    kiosk.hear(old);
    await kiosk.settled();
  }
  for (const name of readdirSync(`${state}/book`)) writeFileSync(`${state}/book/${name}`, "rust".repeat(5_000));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await using kiosk = await openTestKiosk(state);
  expect(kiosk.book.setAside).toContain("orders.sqlite.damaged");
  await until("begun", () => kiosk.book.has(old.id));
  kiosk.hear(old, unseen);
  await kiosk.settled();
  expect(kiosk.carriedOut.map(({ op }) => op)).toEqual(["status"]);
  expect(kiosk.logs().filter(({ cmd }) => cmd === old.id)).toHaveLength(2);
  expect(kiosk.logs().filter(({ cmd }) => cmd === unseen.id)).toMatchObject([{ state: "rejected", code: 3004 }]);
});

test("garbage of every kind on every channel changes nothing, leaves no record, and orders still come through", async () => {
  await using kiosk = await openTestKiosk(scratch());
  await kiosk.settled();
  const { journal, book } = kiosk;
  const received: Record<string, number> = {};
  const inbox = (name: string) => ({
    receive: async () => {
      received[name] = (received[name] ?? 0) + 1;
    },
  });
  const stop = new AbortController();
  const downlink = openDownlink({
    ...{ identity, groups: [], keys: () => cloudKeys, clock: realClock, journal, book, handlers: new Map() },
    ...{ roster: inbox("ros"), config: inbox("cfg"), time: inbox("tim") },
  });
  const running = downlink.run(stop.signal);
  const before = journal.head();
  const forger = newKey();
  const good = commandOf({ op: "identify" }).bytes;
  const bent = Buffer.from(good);
  bent[bent.length - 12] = (bent[bent.length - 12] ?? 0) ^ 1;
  const kinds = [Buffer.alloc(0), Buffer.from("{"), Buffer.alloc(100_000, "{"), Buffer.from(forger.jwk.x), bent];
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  let sent = 0;
  while (performance.now() - startMs < 2_000) {
    for (const channel of ["cmd", "ros", "cfg", "tim", "ack"] as const satisfies readonly DownChannel[]) {
      for (const bytes of kinds) for (let n = 0; n < 8; n += 1) downlink.heard(channel, bytes);
      sent += kinds.length * 8;
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const overMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  console.info(
    `garbage: ${sent} messages in ${Math.round(overMs)} ms, ${Math.round((user + system) / 10 / overMs)} % of a core`,
  );
  stop.abort();
  await running;
  expect(journal.head()).toEqual(before);
  expect(kiosk.carriedOut).toHaveLength(1);
  for (const name of ["ros", "cfg", "tim"]) expect(received[name]).toBeLessThan(1_200);
  await kiosk.settled();
});

test("no bytes whatever make it throw or write", async () => {
  await using kiosk = await openTestKiosk(scratch());
  const genuine = commandOf({ op: "identify" });
  const cut = fc.tuple(fc.nat(genuine.bytes.length), fc.uint8Array({ maxLength: 40 })).map(([at, more]) => {
    return Buffer.concat([genuine.bytes.subarray(0, at), more, genuine.bytes.subarray(at + more.length + 1)]);
  });
  const anything = fc.oneof(fc.uint8Array({ maxLength: 2_000 }), cut, fc.json().map(Buffer.from));
  for (const bytes of fc.sample(anything, 2_000)) kiosk.hear({ bytes });
  await kiosk.settled();
  expect(kiosk.carriedOut.map(({ op }) => op).filter((op) => op !== "identify")).toEqual(["status"]);
  expect(kiosk.carriedOut.length).toBeLessThanOrEqual(2);
});

test("a disk that is full keeps orders waiting, and they are carried out once it is not", async () => {
  let isFull = true;
  const said: string[] = [];
  const carriedOut: Order[] = [];
  await using kiosk = await openTestKiosk(scratch());
  await kiosk.settled();
  const { journal, book } = kiosk;
  const stop = new AbortController();
  const downlink = openDownlink({
    ...{ identity, groups: [], keys: () => cloudKeys, clock: realClock, book },
    journal: {
      ...journal,
      append: async (body, at) => {
        if (isFull) throw new Fault("disk-full", "the disk is full", "Free some.");
        return journal.append(body, at);
      },
    },
    handlers: new Map([
      [
        "identify",
        async (order) => {
          carriedOut.push(order);
          return {};
        },
      ],
    ]),
    ...{ roster: null, config: null, time: null, trouble: (fault: Fault) => said.push(fault.code) },
    pace: { retryMs: 20 },
  });
  const running = downlink.run(stop.signal);
  const order = commandOf({ op: "identify" });
  downlink.heard("cmd", order.bytes);
  await until("told", () => said.length > 0);
  expect(carriedOut).toEqual([]);
  isFull = false;
  await until("over", () => kiosk.logs().some(({ cmd, state }) => cmd === order.id && state === "done"));
  expect(said).toEqual(["disk-full"]);
  expect(carriedOut).toHaveLength(1);
  stop.abort();
  await running;
});
