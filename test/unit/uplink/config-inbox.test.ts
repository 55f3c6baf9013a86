import { writeFileSync } from "node:fs";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configNow, weigh } from "../../../kiosk/afar.ts";
import type { Config } from "../../../kiosk/config.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { Order } from "../../../kiosk/core/orders.ts";
import type { WantedSettings } from "../../../kiosk/core/ports/uplink.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openWantedSettings } from "../../../kiosk/store/wanted-settings.ts";
import { type ConfigInbox, openConfigInbox } from "../../../kiosk/uplink/config-inbox.ts";
import { unwrap } from "../../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { configRequest } from "../../../kiosk/uplink/contract/requests.ts";
import { identity, newKey, signedWire, until } from "./parts.ts";

const source = "urn:lintel:acme:cloud:it";
const broker = { here: "mqtts://one.example", elsewhere: "mqtts://two.example", nowhere: "mqtts://three.example" };

/** A clock that is run anew whenever it is asked to, with real settings in a real folder, in virtual time. */
async function scene(file: object = {}) {
  const state = await mkdtemp(join(tmpdir(), "lintel-wanted-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  writeFileSync(join(state, "config.json"), JSON.stringify({ broker: broker.here, ...file }));
  const argv = ["--state", state];
  const cloud = newKey();
  const device = newKey();
  const moved = testClock(Date.UTC(2026, 5, 1));
  let sleeping = 0;
  const clock = {
    ...moved,
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      sleeping += 1;
      await moved.sleep(ms, signal);
      sleeping -= 1;
    },
  };
  const refused: number[] = [];
  const reverted: string[] = [];
  const told: Fault[] = [];
  const asked: unknown[] = [];
  const now: { inbox: ConfigInbox | null; config: Config | null; store: WantedSettings | null; isAsked: boolean } = {
    ...{ inbox: null, config: null, store: null, isAsked: false },
  };
  const stop = async (): Promise<void> => {
    await now.inbox?.[Symbol.asyncDispose]();
    now.inbox = null;
  };
  /** A start or a re-run; a crash is a start without a stop. */
  const start = async (): Promise<void> => {
    await stop();
    const store = await openWantedSettings(state);
    now.isAsked = false;
    now.store = store;
    now.config = await configNow(argv, {}, store, (fault) => told.push(fault));
    now.inbox = openConfigInbox({
      store,
      keys: () => [{ ...keyFromJwk(cloud.jwk), role: "cfg", source }],
      asker: { identity, signer: device.signer, clock },
      fw: "0.4.0",
      request: (bytes) => {
        const { event } = unwrap(bytes, "lintel-req+jws", () => device.signer.publicKey);
        asked.push(configRequest.parse(event).data);
      },
      weigh: (wanted, good) => weigh(argv, {}, wanted, good),
      apply: () => {
        now.isAsked = true;
      },
      refused: ({ code }) => refused.push(code),
      reverted: (why) => reverted.push(why),
      trouble: (fault) => told.push(fault),
    });
  };
  onTestFinished(stop);
  await start();
  const letter = (v: number, doc: unknown, key = cloud, data: object = {}): Uint8Array =>
    signedWire(
      "lintel-cfg+jws",
      {
        ...{ specversion: "1.0", id: `c-${v}`, source, type: "dev.lintel.config.v1", time: "2026-06-01T00:00:00Z" },
        data: {
          aud: [identity.device],
          v,
          min_fw: "0.1.0",
          doc: typeof doc === "string" ? doc : JSON.stringify(doc),
          ...data,
        },
      },
      key,
    );
  /** The store writes real files: time stands still until it is done. */
  const settled = async (): Promise<void> => {
    await new Promise(setImmediate);
    await until("the inbox sleeps", () => sleeping === 1);
    if (!now.isAsked) return;
    await start();
    await settled();
  };
  const wait = async (ms: number): Promise<void> => {
    await settled();
    for (let left = ms; left > 0; left -= 5_000) {
      clock.advance(Math.min(left, 5_000));
      await settled();
    }
  };
  const receive = async (bytes: Uint8Array): Promise<void> => {
    await now.inbox?.receive(bytes);
    if (now.isAsked) await start();
  };
  return {
    ...{ state, clock, letter, refused, reverted, told, asked, start, wait, receive },
    config: () => now.config,
    store: () => now.store,
    standing: () => now.inbox?.standing(),
    receipted: () => now.inbox?.receipted(),
    handlers: () => now.inbox?.handlers,
  };
}

test("settings that do not touch the connection are kept after half a minute of work, and after a restart", async () => {
  const at = await scene({ pinned: ["siteName"] });
  await at.receive(at.letter(3, { gate: "Gate 9", siteName: "Other" }));
  expect(at.config()?.gate).toBe("Gate 9");
  expect(at.standing()).toMatchObject({ v: 0, trying: 3, overruled: ["siteName"] });
  await at.wait(40_000);
  expect(at.standing()).toMatchObject({ v: 3, h: expect.stringMatching(/^[\w-]{43}$/), overruled: ["siteName"] });
  expect(at.standing()).not.toHaveProperty("err");
  await at.start();
  expect(at.config()).toMatchObject({ gate: "Gate 9", siteName: "Riverside Works" });
});

test("another broker is kept once a receipt came under it; receipts of before do not count", async () => {
  const at = await scene();
  at.receipted();
  await at.receive(at.letter(1, { broker: broker.elsewhere }));
  expect(at.config()?.broker).toBe(broker.elsewhere);
  await at.wait(300_000);
  expect(at.standing()).toMatchObject({ v: 0, trying: 1 });
  at.receipted();
  await at.wait(6_000);
  expect(at.standing()).toMatchObject({ v: 1 });
  await at.wait(3_600_000);
  expect(at.config()?.broker).toBe(broker.elsewhere);
  expect(at.reverted).toEqual([]);
});

test("a broker that nobody can reach is taken back after ten minutes, reported, and not tried again", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { gate: "Gate 9" }));
  await at.wait(60_000);
  await at.receive(at.letter(2, { gate: "Gate 9", broker: broker.nowhere }));
  expect(at.config()?.broker).toBe(broker.nowhere);
  await at.wait(590_000);
  expect(at.config()?.broker).toBe(broker.nowhere);
  await at.wait(30_000);
  expect(at.config()).toMatchObject({ broker: broker.here, gate: "Gate 9" });
  expect(at.standing()).toMatchObject({ v: 1, err: 4004, failed: 2 });
  expect(at.reverted).toHaveLength(1);
  await at.receive(at.letter(2, { gate: "Gate 9", broker: broker.nowhere }));
  expect(at.refused).toEqual([4003]);
  expect(at.config()?.broker).toBe(broker.here);
  await at.receive(at.letter(3, { gate: "Gate 9" }));
  await at.wait(60_000);
  expect(at.standing()).toMatchObject({ v: 3 });
  expect(at.standing()).not.toHaveProperty("err");
});

test("settings under which the clock does not stay up are taken back with the fourth start", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { gate: "Crash" }));
  // The first start was the re-run; two more crash as well.
  for (let crash = 0; crash < 2; crash += 1) {
    await at.start();
    expect(at.config()?.gate).toBe("Crash");
  }
  await at.start();
  expect(at.config()?.gate).toBe("Gate 2");
  expect(at.standing()).toMatchObject({ v: 0, err: 4004, failed: 1 });
});

test("a power cut in the middle of a trial goes on with it, and ends with what held", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { broker: broker.nowhere }));
  await at.wait(300_000);
  await at.start();
  expect(at.standing()).toMatchObject({ trying: 1 });
  await at.wait(620_000);
  expect(at.config()?.broker).toBe(broker.here);
  expect(at.standing()).toMatchObject({ v: 0, err: 4004 });
});

test.each<[string, unknown, object?]>([
  ["no JSON", "{"],
  ["a list", []],
  ["a word", '"gate"'],
  ["null", "null"],
  ["a member twice", '{"gate":"a","gate":"b"}'],
  ["too deep", `{"gate":${"[".repeat(20)}${"]".repeat(20)}}`],
  ["a setting that nobody knows", { gait: "Gate 9" }],
  ["another identity", { tenant: "evil" }],
  ["another state folder", { state: "elsewhere" }],
  ["another key", { cloudKeys: "mine.json" }],
  ["a program", { camera: 'command:["sh"]' }],
  ["a wrong type", { gate: 9 }],
  ["a wrong value", { timeZone: "Mars/Olympus" }],
  ["a broker in the clear", { broker: "mqtt://two.example" }],
  ["a demo", { broker: "embedded" }],
  ["what does not go together", { liveMin: 0.9 }],
  ["newer software", { gate: "Gate 9" }, { min_fw: "0.5.0" }],
])("%s is refused as 4004, reported, and changes nothing", async (_, doc, data) => {
  const at = await scene();
  await at.receive(at.letter(1, { gate: "Gate 3" }));
  await at.wait(60_000);
  await at.receive(at.letter(2, doc, undefined, data));
  expect(at.refused).toEqual([4004]);
  expect(at.standing()).toMatchObject({ v: 1, err: 4004, failed: 2 });
  expect(at.config()?.gate).toBe("Gate 3");
  await at.start();
  expect(at.config()?.gate).toBe("Gate 3");
  // The same number may come again, corrected: it was never tried.
  await at.receive(at.letter(2, { gate: "Gate 4" }));
  expect(at.config()?.gate).toBe("Gate 4");
});

test("settings for another clock, genuine as they are, are refused and leave no trace", async () => {
  const at = await scene();
  await at.receive(at.letter(3, { gate: "Gate 9" }, undefined, { aud: ["k00000000000000000000", "site:elsewhere"] }));
  expect(at.refused).toEqual([3002]);
  expect(at.standing()).toEqual({ v: 0, h: null });
});

test("IC-22 what is not newer, what others signed, and noise are refused by their number and leave no trace", async () => {
  const at = await scene();
  await at.receive(at.letter(5, { gate: "Gate 3" }));
  await at.wait(60_000);
  const before = at.standing();
  await at.receive(at.letter(5, { gate: "Gate 4" }));
  await at.receive(at.letter(4, { gate: "Gate 4" }));
  await at.receive(at.letter(9, { gate: "Gate 4" }, newKey()));
  await at.receive(at.letter(9, { gate: "Gate 4" }, undefined, { v: "nine" }));
  await at.receive(Buffer.from("noise"));
  expect(at.refused).toEqual([4003, 4003, 1004, 1001, 1001]);
  expect(at.standing()).toEqual(before);
});

test("settings that change nothing are kept without a re-run", async () => {
  const at = await scene({ gate: "Gate 7" });
  const config = at.config();
  await at.receive(at.letter(1, { gate: "Gate 7" }));
  expect(at.standing()).toMatchObject({ v: 1 });
  expect(at.config()).toBe(config);
});

test("newer settings that come while older ones are tried are tried instead", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { broker: broker.nowhere }));
  await at.receive(at.letter(2, {}));
  expect(at.config()?.broker).toBe(broker.here);
  await at.wait(60_000);
  expect(at.standing()).toMatchObject({ v: 2 });
});

test("what held and is not valid any more, because the technician's file changed, is left out with words", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { badge: "with-face" }));
  await at.wait(60_000);
  writeFileSync(join(at.state, "config.json"), JSON.stringify({ broker: broker.here, camera: "none" }));
  await at.start();
  expect(at.config()).toMatchObject({ badge: "alone", camera: "none" });
  expect(at.told).toMatchObject([{ code: "config-invalid" }]);
});

test("orders: `config.apply` asks, `config.reset` goes back to what the technician said", async () => {
  const at = await scene();
  await at.receive(at.letter(4, { gate: "Gate 3" }));
  await at.wait(60_000);
  const order = (op: string): Order => ({ id: "1", op, args: {}, expiresUtcMs: 0 });
  await at.handlers()?.get("config.apply")?.(order("config.apply"));
  expect(at.asked).toEqual([{ have: 4, h: at.standing()?.h }]);
  await at.handlers()?.get("config.reset")?.(order("config.reset"));
  await at.wait(1_000);
  expect(at.config()?.gate).toBe("Gate 2");
  expect(at.standing()).toEqual({ v: 0, h: null });
});

test("a damaged file costs nothing while its copy is good; with both gone, the technician's settings hold", async () => {
  const at = await scene();
  for (const v of [1, 2]) {
    await at.receive(at.letter(v, { gate: `Gate ${v + 7}` }));
    await at.wait(60_000);
  }
  const file = join(at.state, "wanted.json");
  await truncate(file, 10);
  await at.start();
  // The copy is one write older: the trial that was then kept.
  expect(at.config()?.gate).toBe("Gate 9");
  await truncate(file, 10);
  await truncate(`${file}.bak`, 10);
  await at.start();
  expect(at.config()?.gate).toBe("Gate 2");
  expect(at.standing()).toEqual({ v: 0, h: null });
});

test("a disk that is full keeps what held, says so, and tries nothing", async () => {
  const at = await scene();
  await at.receive(at.letter(1, { gate: "Gate 3" }));
  await at.wait(60_000);
  const full = new Fault("disk-full", "the disk is full", "Free some space.");
  const real = at.store();
  if (real === null) throw new RangeError("a store");
  const store: WantedSettings = { ...real, begin: () => Promise.reject(full), trying: () => null };
  const told: Fault[] = [];
  const config = await configNow(["--state", at.state], {}, store, (fault) => told.push(fault));
  expect(config.gate).toBe("Gate 3");
  expect(told).toEqual([full]);
});
