import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WantedSettings } from "../../../kiosk/core/ports/uplink.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openRoster } from "../../../kiosk/store/roster.ts";
import { openWantedSettings } from "../../../kiosk/store/wanted-settings.ts";
import { openConfigInbox } from "../../../kiosk/uplink/config-inbox.ts";
import { keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { type Roster, rosterRoot } from "../../../kiosk/uplink/contract/turn-pages.ts";
import { letterTo } from "../../../kiosk/uplink/receiver/letter.ts";
import { emptyRoster, openRosterPublisher } from "../../../kiosk/uplink/receiver/roster-publisher.ts";
import { openRosterInbox } from "../../../kiosk/uplink/roster-inbox.ts";
import { identity, newKey } from "./parts.ts";

/** I5 for what comes down: whatever is sent again, late, shuffled or cut short, a version that held is never gone back from. */

const cloud = newKey();
const device = newKey();
const stranger = newKey();
const source = "urn:lintel:acme:cloud:hq";
const keysOf = (role: string) => () => [{ ...keyFromJwk(cloud.jwk), role, source }];

async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-forward-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const item = (n: number, v: number) => [`p_${String(n).padStart(20, "0")}`, { v, text: `{"st":"active"}` }] as const;

/** Versions 0..6, each with somebody more, and every second one with somebody fewer. */
const rosters: readonly Roster[] = Array.from({ length: 7 }, (_, v): Roster => {
  const gone = Array.from({ length: Math.floor(v / 2) }, (_, n) => [n, 2 * n + 2] as const);
  const here = Array.from({ length: v }, (_, n) => n).filter((n) => gone.every(([off]) => off !== n));
  return {
    v,
    items: new Map(here.map((n) => item(n, n + 1))),
    gone: new Map(gone.map(([n, at]) => [item(n, 0)[0], at])),
  };
});
const publisher = openRosterPublisher({ issuer: "hq", signer: cloud.signer });
const forger = openRosterPublisher({ issuer: "hq", signer: stranger.signer });

const rosterActs = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ from: fc.nat(6), to: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ forged: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.constant("again" as const) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
  ),
  { minLength: 3, maxLength: 20 },
);

test("a roster's version only moves forward, and what stands there is always one that the cloud meant", async () => {
  await fc.assert(
    fc.asyncProperty(rosterActs, async (acts) =>
      inFolder(async (directory) => {
        const clock = testClock(Date.UTC(2026, 5, 1));
        const open = async () => {
          const store = await openRoster({ directory });
          const asker = { identity, signer: device.signer, clock };
          const inbox = openRosterInbox({ store, keys: keysOf("ros"), asker, request: () => {} });
          return { store, inbox };
        };
        let now = await open();
        const close = async () => {
          await now.inbox[Symbol.asyncDispose]();
          await now.store[Symbol.asyncDispose]();
        };
        const sent: Uint8Array[] = [];
        let held = 0;
        for (const act of acts) {
          if (act === "restart") {
            await close();
            now = await open();
          } else if (act === "again") {
            for (const bytes of sent.toReversed()) await now.inbox.receive(bytes);
          } else if ("forged" in act) {
            const [letter] = forger.pages(identity, emptyRoster, rosters[act.forged] ?? emptyRoster);
            await now.inbox.receive(letter?.bytes ?? new Uint8Array());
          } else if (act.from < act.to) {
            for (const { bytes } of publisher.pages(
              identity,
              rosters[act.from] ?? emptyRoster,
              rosters[act.to] ?? emptyRoster,
            )) {
              sent.push(bytes);
              await now.inbox.receive(bytes);
            }
          }
          const { v, root } = now.store.standing();
          expect(v).toBeGreaterThanOrEqual(held);
          expect(root).toBe(rosterRoot(rosters[v]?.items ?? new Map()));
          held = v;
        }
        await close();
      }),
    ),
    { numRuns: 40 },
  );
}, 120_000);

const configActs = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ v: fc.integer({ min: 1, max: 9 }), isValid: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ forged: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 2, arbitrary: fc.constant("restart" as const) },
    { weight: 2, arbitrary: fc.constant("work" as const) },
  ),
  { minLength: 3, maxLength: 25 },
);

test("settings' version only moves forward, and one that was taken back is never tried again", async () => {
  await fc.assert(
    fc.asyncProperty(configActs, async (acts) =>
      inFolder(async (directory) => {
        const clock = testClock(Date.UTC(2026, 5, 1));
        const tried: number[] = [];
        const watched = (store: WantedSettings): WantedSettings => ({
          ...store,
          try: async (wanted) => {
            tried.push(wanted.v);
            await store.try(wanted);
          },
        });
        const open = async () => {
          const store = watched(await openWantedSettings(directory));
          await store.begin();
          const inbox = openConfigInbox({
            ...{ store, keys: keysOf("cfg"), fw: "1.0.0", request: () => {}, apply: () => {} },
            asker: { identity, signer: device.signer, clock },
            weigh: () => ({ isSame: false, touchesNetwork: false, overruled: [] }),
          });
          return { store, inbox };
        };
        const settled = async () => {
          for (let n = 0; n < 40; n += 1) await new Promise(setImmediate);
        };
        let now = await open();
        let held = 0;
        let floor = 0;
        for (const act of acts) {
          if (act === "restart") {
            await now.inbox[Symbol.asyncDispose]();
            now = await open();
          } else if (act === "work") {
            for (let s = 0; s < 35; s += 5) {
              clock.advance(5_000);
              await settled();
            }
          } else if ("forged" in act) {
            const sender = { issuer: "hq", signer: stranger.signer };
            const { bytes } = letterTo(identity, "cfg", { v: act.forged, min_fw: "0.1.0", doc: "{}" }, sender);
            await now.inbox.receive(bytes);
          } else {
            const doc = act.isValid ? "{}" : "[]";
            const sender = { issuer: "hq", signer: cloud.signer };
            const { bytes } = letterTo(identity, "cfg", { v: act.v, min_fw: "0.1.0", doc }, sender);
            await now.inbox.receive(bytes);
          }
          expect(now.inbox.standing().v).toBeGreaterThanOrEqual(held);
          expect(now.store.floor()).toBeGreaterThanOrEqual(floor);
          held = now.inbox.standing().v;
          floor = now.store.floor();
        }
        expect(tried).toEqual([...new Set(tried)].sort((a, b) => a - b));
        await now.inbox[Symbol.asyncDispose]();
      }),
    ),
    { numRuns: 40 },
  );
}, 120_000);
