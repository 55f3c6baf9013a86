import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RosterChanges } from "../../kiosk/core/ports/people.ts";
import { openRoster } from "../../kiosk/store/roster.ts";
import { structuredContentType, unwrap } from "../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { rosterRequest } from "../../kiosk/uplink/contract/requests.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { type Roster, rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import { openPipe, type Pipe } from "../../kiosk/uplink/mqtt.ts";
import { emptyRoster, openRosterPublisher } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import { openRosterInbox } from "../../kiosk/uplink/roster-inbox.ts";
import type { Lacking } from "../../kiosk/uplink/roster-pages.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { type LiveUplink, openUplink } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { memoryJournal } from "./journal-parts.ts";
import { openTestCloud } from "./uplink-cloud.ts";

type Letter = Pick<Parameters<Pipe["publish"]>[0], "topic" | "bytes">;

/** Fifty thousand people through a real broker that a cloud talks to carelessly. */

const everybody = 50_000;
const idOf = (n: number): string => `p_${((n * 2_654_435_761) % 2 ** 32).toString(36).padStart(20, "0")}`;
const itemOf = (n: number, v: number) => ({
  v,
  text: JSON.stringify({ st: "active", cards: ["AAAAAAAAAAAAAAAAAAAAAA"], dn: `Person ${n} of ${v}`, lang: "en" }),
});

test("50,000 people come shuffled, twice and not at all, and are all there in the end; so is the day after", async () => {
  await using house = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "lintel-roster-broker-"));
  house.defer(() => rm(directory, { recursive: true }));
  const broker = house.use(await openSimBroker());
  const [device, hr] = [newKey(), newKey()];
  const payroll = house.use(await openTestCloud({ brokerUrl: broker.backendUrl, device }));
  const store = house.use(await openRoster({ directory }));
  const changes: RosterChanges[] = [];

  const line: { uplink: LiveUplink | null } = { uplink: null };
  const inbox = house.use(
    openRosterInbox({
      ...{ store, asker: { identity, signer: device.signer, clock: realClock } },
      keys: () => [{ ...keyFromJwk(hr.jwk), role: "ros", source: "urn:lintel:acme:cloud:hr" }],
      request: (bytes) => line.uplink?.request(bytes),
      changed: (who) => changes.push(who),
      pace: { quietMs: 300, tickMs: 50, backoff: { baseMs: 200, capMs: 1_000 } },
    }),
  );
  const uplink = await openUplink({
    ...{ broker: { brokerUrl: broker.deviceUrl }, receiver: payroll.receiver, identity, signer: device.signer },
    ...{ journal: memoryJournal(device), clock: realClock, fw: "0.1.0", simulated: false, pace: quick },
    condition: () => ({ ros: inbox.standing() }),
    heard: (channel, bytes) => void (channel === "ros" && inbox.receive(bytes)),
  });
  line.uplink = house.use(uplink);

  // The cloud: sends what is asked for, and loses every seventh page on its way, and sends every fifth twice.
  const publisher = openRosterPublisher({ issuer: "hr", signer: hr.signer });
  let letters: readonly Letter[] = [];
  let asked = 0;
  let isCareless = true;
  const cloud: { pipe: Pipe | null } = { pipe: null };
  const send = (some: readonly Letter[]): void => {
    for (const { topic, bytes } of some) {
      const times = !isCareless ? 1 : randomInt(7) === 0 ? 0 : randomInt(5) === 0 ? 2 : 1;
      for (let n = 0; n < times; n += 1)
        cloud.pipe?.publish({ topic, bytes, contentType: structuredContentType }, () => {});
    }
  };
  const hear = (topic: string, bytes: Uint8Array): void => {
    if (generic5.decode(topic)?.channel !== "req") return;
    const { event } = unwrap(bytes, "lintel-req+jws", () => device.signer.publicKey);
    const request = rosterRequest.safeParse(event);
    if (!request.success) return;
    asked += 1;
    const part = request.data.data.part as Lacking | undefined;
    const lacks = (n: number): boolean => part === undefined || part.miss.some(([from, to]) => from <= n && n <= to);
    send(shuffled(letters.filter((_, n) => lacks(n))));
  };
  const { signal } = new AbortController();
  cloud.pipe = house.use(await openPipe({ brokerUrl: broker.backendUrl, clientId: "cloud-hr" }, null, hear, signal));
  await cloud.pipe.subscribe([generic5.up(identity, "req")]);
  await until("the clock is there", () => payroll.statuses.length > 0);

  const first: Roster = {
    v: 7,
    items: new Map(Array.from({ length: everybody }, (_, n) => [idOf(n), itemOf(n, 1)])),
    gone: new Map(),
  };
  letters = publisher.pages(identity, emptyRoster, first);
  expect(letters.length).toBeGreaterThan(500);
  const startedMs = performance.now();
  send(shuffled(letters));
  await until("everybody is there", () => inbox.standing().v === 7, 120_000);
  const tookMs = performance.now() - startedMs;
  expect(inbox.standing().root).toBe(rosterRoot(first.items));
  expect(changes).toHaveLength(1);
  expect(changes[0]?.changed).toHaveLength(everybody);
  // Pages were lost, or drowned, and asked for.
  expect(asked).toBeGreaterThan(0);
  expect(tookMs).toBeLessThan(120_000);

  const items = new Map(first.items);
  for (let n = 0; n < 300; n += 1) items.set(idOf(n), itemOf(n, 2));
  for (let n = 300; n < 400; n += 1) items.delete(idOf(n));
  for (let n = 0; n < 50; n += 1) items.set(idOf(everybody + n), itemOf(everybody + n, 1));
  const gone = new Map(Array.from({ length: 100 }, (_, n) => [idOf(300 + n), 2]));
  const second: Roster = { v: 8, items, gone };
  letters = publisher.pages(identity, first, second);
  isCareless = false;
  send(shuffled([...letters, ...letters]));
  await until("the step is taken", () => inbox.standing().v === 8, 60_000);
  expect(inbox.standing().root).toBe(rosterRoot(items));
  expect(changes[1]).toMatchObject({ changed: { length: 350 }, gone: { length: 100 } });
  await until("the status says so", () => payroll.statuses.at(-1)?.ros?.v === 8, 60_000);
  expect(payroll.statuses.at(-1)?.ros).toEqual(inbox.standing());
}, 240_000);

function shuffled<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => [randomInt(2 ** 32), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}
