import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Identity } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startKiosk } from "../process/kiosk.ts";
import { type Overheard, overheard } from "./day/canaries.ts";

/** Records go where the employer says. */

test("SC-18 an employer who moves to another cloud gets every record there from the first on, and the old one hears nothing more", async () => {
  const home = await mkdtemp(join(tmpdir(), "lintel-moving-"));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));
  const state = join(home, "state");
  const { device, publicJwk } = await openSigner(state);
  const identity: Identity = { tenant: "acme", site: "north", device };
  const cloud = async (name: string) => {
    const openBroker = brokers[0]?.[1];
    if (openBroker === undefined) throw new Error("no broker");
    const broker = await openBroker();
    onTestFinished(() => broker[Symbol.asyncDispose]());
    const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    const heard = await overheard(brokerUrl);
    const backend = await openDemoBackend({
      ...{ broker: { brokerUrl }, device: { identity, jwk: publicJwk }, stateDir: null, name },
      clock: await openSystemClock(),
    });
    onTestFinished(() => backend[Symbol.asyncDispose]());
    const key = join(home, `${name}.jwk`);
    await writeFile(key, JSON.stringify(backend.receiver.jwk));
    const flags = ["--broker", brokerUrl, "--receiver", name, "--receiver-key", key];
    return { heard, flags, stored: async () => (await backend.stored()).map(seqOf).sort((a, b) => a - b) };
  };
  const [before, after] = [await cloud("before"), await cloud("after")];
  const lives = async (flags: readonly string[]): Promise<void> => {
    const always = ["--tenant", "acme", "--site", "north", "--camera", "none", "--reader", "none"];
    await using clock = startKiosk(state, ...always, ...flags);
    await clock.line(({ event }) => event === "receipt");
    expect(await clock.end()).toEqual({ code: 0, signal: null });
  };
  await lives(before.flags);
  const [atFirst, said] = [await before.stored(), spoken(before.heard).length];
  expect(atFirst).toEqual(atFirst.map((_, seq) => seq));

  await lives(after.flags);
  const atLast = await after.stored();
  expect(atLast.length, "what the second life wrote").toBeGreaterThan(atFirst.length);
  expect(atLast, "the new one has all of it").toEqual(atLast.map((_, seq) => seq));
  expect(spoken(before.heard).slice(said), "the old one hears nothing").toEqual([]);
  expect(await before.stored()).toEqual(atFirst);
}, 60_000);

/** What clocks said; the old cloud may go on talking to itself. */
const spoken = (heard: readonly Overheard[]): readonly string[] =>
  heard.flatMap(({ topic }) => (topic.includes("/up/") ? [topic] : []));

const seqOf = (jws: string): number =>
  JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")).seq;
