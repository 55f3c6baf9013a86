import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { Clock } from "../../../kiosk/core/ports/senses.ts";
import { openUplink } from "../../../kiosk/uplink/uplink.ts";
import { identity, newKey, realClock, smallJournal, until } from "./parts.ts";

/** Time passes as soon as somebody waits for it. */
function hurriedClock(): Clock & { readonly waitsMs: readonly number[] } {
  const waitsMs: number[] = [];
  let nowMs = 0;
  return {
    waitsMs,
    now: () => ({ utcMs: 1_760_000_000_000 + nowMs, monoMs: nowMs }),
    quality: realClock.quality,
    sleep: async (ms, signal) => {
      waitsMs.push(ms);
      nowMs += ms;
      // After the interesting waits it stands still until it is over.
      await realClock.sleep(waitsMs.length > 12 ? 60_000 : 1, signal);
    },
  };
}

test("waits between connections double up to two minutes, with jitter, and the trouble is told", async () => {
  const clock = hurriedClock();
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await until("listening", () => server.listening);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a port wanted");
  const journal = smallJournal(newKey());
  journal.grow(2);
  const uplink = await openUplink({
    broker: { brokerUrl: `mqtt://user:secret@127.0.0.1:${address.port}` },
    receiver: { name: "payroll", jwk: newKey().jwk },
    identity,
    signer: newKey().signer,
    journal,
    clock,
    fw: "0.1.0",
    simulated: false,
    random: () => 0.5,
  });
  await until("thirteen waits", () => clock.waitsMs.length === 13);
  const middle = (capMs: number) => 500 + 0.5 * (capMs - 500);
  const caps = [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120, 120, 120].map((s) => middle(1000 * s));
  expect(clock.waitsMs).toEqual(caps);
  for await (const news of uplink.news(AbortSignal.timeout(1000))) {
    expect(news).toMatchObject({ online: false, waiting: 3, receipted: null, receiver: "payroll" });
    expect(news.trouble?.code).toBe("broker-unreachable");
    expect(news.trouble?.message).not.toContain("secret");
    break;
  }
  await uplink[Symbol.asyncDispose]();
  server.close();
});
