import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { expect, onTestFinished, test } from "vitest";
import type { Order } from "../../../kiosk/core/orders.ts";
import { createOrders, type OrdersOptions } from "../../../kiosk/orders.ts";
import { openSettings } from "../../../kiosk/store/settings.ts";
import { realClock, until } from "../uplink/parts.ts";

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-ordered-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function scene(more: Partial<OrdersOptions> = {}, directory?: string) {
  const said: unknown[] = [];
  const note =
    (what: string) =>
    (...args: readonly unknown[]): void => {
      said.push([what, ...args]);
    };
  const settings = await openSettings(directory ?? (await folder()));
  const handlers = createOrders({
    clock: realClock,
    uplink: { status: note("status"), sync: note("sync"), replay: note("replay") },
    isOnline: () => true,
    askTime: async () => ({ fromMs: 1_000, toMs: 1_301, at: { utcMs: 5_000, monoMs: 0 } }),
    settings,
    bootId: "boot-a",
    screen: { announce: note("announce"), identify: note("identify") },
    setVolume: note("volume"),
    restart: note("restart"),
    reboot: async () => note("reboot")(),
    logLines: () => [],
    supportKey: null,
    more: new Map(),
    ending: new AbortController().signal,
    patienceMs: 300,
    ...more,
  });
  const order = (op: string, args: Order["args"] = {}, id: string = randomUUID()) => {
    const handler = handlers.get(op);
    if (handler === undefined) throw new RangeError(`nobody carries out ${op}`);
    return handler({ id, op, args, expiresUtcMs: 0 });
  };
  return { said, settings, handlers, order };
}

test("status, sync, resend, messages, volume and identification reach whom they are for", async () => {
  const { said, order, settings } = await scene();
  await order("status");
  await order("sync");
  await order("resend", { ep: 1, from: 3, to: 9 });
  await order("resend", { ep: 2, from: 0, rcv: "audit" });
  const sub = "p_8m2q7x4w9t1v6r3s5k0n";
  await order("message.show", { text: "Canteen closed", until: "2026-11-02T12:00:00Z", sub }, "m1");
  await order("message.show", { text: "Hello" }, "m2");
  await order("volume", { percent: 40 });
  await order("identify", { forS: 5, later: "member" });
  await order("identify");
  expect(said).toEqual([
    ["status"],
    ["sync"],
    ["replay", null, 1, 3, 9],
    ["replay", "audit", 2, 0, Number.MAX_SAFE_INTEGER],
    ["announce", { id: "m1", text: "Canteen closed", untilUtcMs: Date.UTC(2026, 10, 2, 12), sub }],
    ["announce", { id: "m2", text: "Hello", untilUtcMs: null, sub: null }],
    ["volume", 40],
    ["identify", 5_000],
    ["identify", 30_000],
  ]);
  expect(settings.get().volume).toBe(40);
});

test("what cannot be read is refused by the name of the member, never its value", async () => {
  const { order, said } = await scene();
  const wrong = [
    ["resend", { ep: 0, from: 1 }],
    ["message.show", { text: "secret ".repeat(60) }],
    ["message.show", { text: "x", sub: "Ann Secret" }],
    ["volume", { percent: 101 }],
    ["volume", {}],
    ["identify", { forS: 1e9 }],
  ] as const;
  for (const [op, args] of wrong) {
    const refusal = await order(op, args).then(
      () => null,
      (error: unknown) => error as Error,
    );
    expect(refusal).toMatchObject({ code: "order-refused" });
    expect(refusal?.message).not.toContain("ecret");
  }
  expect(said).toEqual([]);
});

test("the clock's error comes out with its bound", async () => {
  const { order } = await scene();
  const { out = "" } = await order("time.check");
  expect(JSON.parse(out)).toEqual({ offset: 3_850, err: 151 });
});

test("numbers are sent again once there is a connection, and not pretended to be without one", async () => {
  let isOnline = false;
  const { order, said } = await scene({ isOnline: () => isOnline, patienceMs: 20_000 });
  const resent = order("resend", { ep: 1, from: 0 });
  isOnline = true;
  await resent;
  expect(said).toHaveLength(1);
  const offline = await scene({ isOnline: () => false, patienceMs: 10 });
  await expect(offline.order("resend", { ep: 1, from: 0 })).rejects.toMatchObject({ code: "order-refused" });
});

test("a reboot is once per order: the boot that comes answers that it was done", async () => {
  const directory = await folder();
  const ending = new AbortController();
  const before = await scene({ ending: ending.signal, patienceMs: 60_000 }, directory);
  const cut = before.order("reboot", {}, "order-1");
  await until("asked", () => before.said.length === 1);
  ending.abort();
  await cut.catch(() => {});
  // The process came back in the same boot: it did not happen yet.
  const same = await scene({}, directory);
  await expect(same.order("reboot", {}, "order-1")).rejects.toMatchObject({ code: "order-refused" });
  expect(same.said).toEqual([["reboot"]]);
  const next = await scene({ bootId: "boot-b" }, directory);
  await expect(next.order("reboot", {}, "order-1")).resolves.toEqual({});
  expect(next.said).toEqual([]);
  const other = next.order("reboot", {}, "order-2");
  await until("asked again, by another order", () => next.said.length === 1);
  await expect(other).rejects.toThrow();
});

test("the service is restarted once per order: whoever comes back answers", async () => {
  const directory = await folder();
  const ending = new AbortController();
  const before = await scene({ ending: ending.signal, patienceMs: 60_000 }, directory);
  const cut = before.order("service.restart", {}, "order-1");
  await until("asked", () => before.said.length === 1);
  ending.abort();
  await cut.catch(() => {});
  const next = await scene({}, directory);
  await expect(next.order("service.restart", {}, "order-1")).resolves.toEqual({});
  expect(next.said).toEqual([]);
});

test.each(["P-256", "X25519"])(
  "the log leaves sealed for the support key (%s), as many of the newest lines as fit",
  async (crv) => {
    const pair = await generateKeyPair("ECDH-ES+A256KW", { crv, extractable: true });
    const supportKey = { ...(await exportJWK(pair.publicKey)), kid: "help" };
    const lines = Array.from({ length: 400 }, (_, n) =>
      JSON.stringify({ n, msg: `something happened ${randomUUID()}` }),
    );
    const { order } = await scene({ supportKey, logLines: () => lines });
    const { out = "", detail = "" } = await order("log.collect");
    expect(out.length).toBeLessThanOrEqual(4_096);
    expect(out.length).toBeGreaterThan(3_900);
    const { plaintext, protectedHeader } = await compactDecrypt(out, pair.privateKey);
    expect(protectedHeader).toMatchObject({ alg: "ECDH-ES+A256KW", enc: "A256GCM", kid: "help" });
    const read = gunzipSync(plaintext).toString("utf8").split("\n");
    expect(read.length).toBeGreaterThan(40);
    expect(read).toEqual(lines.slice(-read.length));
    expect(detail).toBe(`the newest ${read.length} lines`);
  },
);

test("without a support key no log leaves, and with one that is none neither", async () => {
  await expect((await scene()).order("log.collect")).rejects.toMatchObject({
    code: "order-refused",
    message: expect.stringContaining("no support key"),
  });
  const supportKey = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) };
  await expect((await scene({ supportKey })).order("log.collect")).rejects.toMatchObject({ code: "order-refused" });
});

test("what others carry out has its place", async () => {
  const { order } = await scene({ more: new Map([["roster.pull", async () => ({ detail: "pulled" })]]) });
  await expect(order("roster.pull")).resolves.toEqual({ detail: "pulled" });
});
