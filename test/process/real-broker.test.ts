import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { brokers } from "../contract/broker-parts.ts";
import { scratch } from "../scratch.ts";
import { startKiosk } from "./kiosk.ts";

test.each(brokers.filter(([name]) => name === "mosquitto"))(
  "a clock without a camera and with a broker of its own is receipted over %s, and tells a demo's folder from its own",
  async (_, openBroker) => {
    await using broker = await openBroker();
    const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    const folder = scratch();
    const [state, cloud] = [join(folder, "state"), join(folder, "cloud")];
    await mkdir(cloud);
    // The technician registers the clock's key at the backend before its first start.
    const { device, publicJwk } = await openSigner(state);
    await using backend = await openDemoBackend({
      broker: { brokerUrl },
      device: { identity: { tenant: "acme", site: "north", device }, jwk: publicJwk },
      stateDir: cloud,
      clock: await openSystemClock(),
      name: "hours",
    });
    const key = join(folder, "receipts.jwk");
    await writeFile(key, JSON.stringify(backend.receiver.jwk));
    const flags = [
      "--camera",
      "none",
      "--tenant",
      "acme",
      "--site",
      "north",
      "--receiver",
      "hours",
      "--receiver-key",
      key,
    ];
    await using kiosk = startKiosk(state, "--broker", brokerUrl, ...flags);
    await kiosk.line(({ event, receiver, upto }) => event === "receipt" && receiver === "hours" && Number(upto) >= 1);
    expect(backend.counts()).toMatchObject({ forks: 0, quarantined: 0 });
    expect(await kiosk.line(({ event }) => event === "pretended")).toMatchObject({ count: 0 });
    expect((await fetch(new URL("/demo", await kiosk.url()))).status).toBe(404);
    expect(await kiosk.end()).toEqual({ code: 0, signal: null });
    expect(await readFile(join(state, "device.pub.jwk"), "utf8")).toContain(publicJwk.x);

    await using play = startKiosk(
      join(folder, "play"),
      "--broker",
      brokerUrl,
      "--receiver-key",
      key,
      "--camera",
      "demo",
    );
    await expect(play.url()).rejects.toThrow(/may not punch at a real broker/);
    await using demo = startKiosk(state);
    await expect(demo.url()).rejects.toThrow(/belongs to a real clock/);
    expect((await demo.ended()).code).toBe(75);
  },
);
