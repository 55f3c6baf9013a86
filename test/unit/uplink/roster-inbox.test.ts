import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { LuError } from "../../../kiosk/core/jws.ts";
import type { Order } from "../../../kiosk/core/orders.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { RosterChanges, RosterStore } from "../../../kiosk/core/ports/people.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openRoster } from "../../../kiosk/store/roster.ts";
import { unwrap } from "../../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { rosterRequest } from "../../../kiosk/uplink/contract/requests.ts";
import { type Roster, rosterRoot } from "../../../kiosk/uplink/contract/turn-pages.ts";
import { emptyRoster, openRosterPublisher } from "../../../kiosk/uplink/receiver/roster-publisher.ts";
import { openRosterInbox, type RosterInboxOptions } from "../../../kiosk/uplink/roster-inbox.ts";
import { identity, newKey, until } from "./parts.ts";

const source = "urn:lintel:acme:cloud:hr";
const idOf = (n: number): string => `p_${n.toString(36).padStart(20, "0")}`;
const person = (n: number, v: number) =>
  [idOf(n), { v, text: `{"st":"active","cards":[],"dn":"Person ${n}/${v}"}` }] as const;
const rosterOf = (
  v: number,
  people: readonly (readonly [number, number])[],
  gone: Roster["gone"] = new Map(),
): Roster => ({
  v,
  items: new Map(people.map(([n, of]) => person(n, of))),
  gone,
});
const many = (count: number, v: number): readonly (readonly [number, number])[] =>
  Array.from({ length: count }, (_, n) => [n, v] as const);
const order = (op: string): Order => ({ id: "1", op, args: {}, expiresUtcMs: 0 });

async function scene(changes: Partial<RosterInboxOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "lintel-roster-inbox-"));
  const store = await openRoster({ directory });
  const cloud = newKey();
  const device = newKey();
  const clock = testClock(Date.UTC(2026, 5, 1));
  const asked: { have: number; part?: { miss: [number, number][] } }[] = [];
  const told: RosterChanges[] = [];
  const refused: number[] = [];
  const key = { ...keyFromJwk(cloud.jwk), role: "ros", source };
  const inbox = openRosterInbox({
    store,
    keys: () => [key],
    asker: { identity, signer: device.signer, clock },
    request: (bytes) => {
      const { event } = unwrap(bytes, "lintel-req+jws", () => device.signer.publicKey);
      asked.push(rosterRequest.parse(event).data as unknown as (typeof asked)[0]);
    },
    changed: (who) => told.push(who),
    refused: ({ code }: LuError) => refused.push(code),
    random: () => 0.5,
    ...changes,
  });
  onTestFinished(async () => {
    await inbox[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  const publisher = openRosterPublisher({ issuer: "hr", signer: cloud.signer });
  const pages = (before: Roster, after: Roster) => publisher.pages(identity, before, after).map(({ bytes }) => bytes);
  const wait = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.advance(Math.min(left, 1_000));
      await new Promise(setImmediate);
    }
  };
  return { store, inbox, asked, told, refused, pages, clock, wait, cloud };
}

const shuffled = <T>(values: readonly T[]): T[] => {
  const all = [...values];
  for (let n = all.length - 1; n > 0; n -= 1) {
    const other = randomInt(n + 1);
    [all[n], all[other]] = [all[other] as T, all[n] as T];
  }
  return all;
};

test("pages of three steps, shuffled together and sent twice, become the newest roster, step by step", async () => {
  const { inbox, store, pages, told, asked } = await scene();
  const one = rosterOf(1, many(400, 1));
  const two = rosterOf(2, [...many(400, 1), [400, 2], [401, 2]]);
  const three = rosterOf(3, many(300, 3), new Map(Array.from({ length: 102 }, (_, n) => [idOf(300 + n), 3])));
  const steps = [pages(emptyRoster, one), pages(one, two), pages(two, three)];
  expect(steps[0]?.length).toBeGreaterThan(2);
  for (const bytes of shuffled([...steps.flat(), ...steps.flat()])) await inbox.receive(bytes);
  expect(inbox.standing()).toEqual({ v: 3, root: rosterRoot(three.items) });
  expect(await store.items()).toHaveLength(300);
  expect(told.at(-1)?.gone).toHaveLength(102);
  expect(asked).toEqual([]);
});

test("another site's roster, genuine as it is, changes nothing here and is not asked about", async () => {
  const { inbox, store, refused, asked, cloud } = await scene();
  const publisher = openRosterPublisher({ issuer: "hr", signer: cloud.signer });
  const elsewhere = { tenant: identity.tenant, site: "elsewhere", device: "k00000000000000000000" };
  for (const { bytes } of publisher.pages(elsewhere, emptyRoster, rosterOf(5, many(10, 1)))) await inbox.receive(bytes);
  expect(refused).toEqual([3002]);
  expect(asked).toEqual([]);
  expect(store.standing().v).toBe(0);
});

test("a page that does not come is asked for after a while, by its number, and again more and more slowly", async () => {
  const { inbox, pages, asked, wait } = await scene();
  const step = pages(emptyRoster, rosterOf(4, many(400, 1)));
  const lost = 1;
  for (const [n, bytes] of step.entries()) if (n !== lost) await inbox.receive(bytes);
  await wait(3_000);
  expect(asked).toEqual([]);
  await wait(4_000);
  expect(asked).toMatchObject([{ have: 0, part: { base: 0, to: 4, pages: step.length, miss: [[lost, lost]] } }]);
  await wait(60_000);
  const soon = asked.length;
  expect(soon).toBeGreaterThan(2);
  await wait(3_600_000);
  expect(asked.length - soon).toBeLessThan(20);
  const bytes = step[lost];
  if (bytes === undefined) throw new RangeError("a page");
  await inbox.receive(bytes);
  expect(inbox.standing().v).toBe(4);
  const answered = asked.length;
  await wait(3_600_000);
  expect(asked).toHaveLength(answered);
});

test("a step that leads on from elsewhere is refused by its number, and a snapshot helps", async () => {
  const { inbox, pages, asked, refused, wait } = await scene();
  const one = rosterOf(1, many(3, 1));
  for (const bytes of pages(emptyRoster, one)) await inbox.receive(bytes);
  const other = rosterOf(7, many(5, 7));
  const [lead] = pages(rosterOf(6, many(4, 6)), other);
  if (lead === undefined) throw new RangeError("a page");
  await inbox.receive(lead);
  await wait(7_000);
  expect(asked).toMatchObject([{ have: 1, root: rosterRoot(one.items) }]);
  for (const bytes of pages(emptyRoster, other)) await inbox.receive(bytes);
  expect(inbox.standing().v).toBe(7);
  // Now it leads on from what was long ago.
  const [stale] = pages({ ...one, v: 6 }, rosterOf(9, many(6, 9)));
  await inbox.receive(stale ?? new Uint8Array());
  expect(refused).toEqual([4001]);
  await wait(20_000);
  expect(asked.length).toBeGreaterThan(1);
});

test("items that do not give the root are refused and asked for again", async () => {
  const { inbox, pages, asked, refused, cloud, wait } = await scene();
  const wrong = openRosterPublisher({ issuer: "hr", signer: cloud.signer });
  const lying = { v: 2, items: new Map([person(20, 1)]), gone: new Map() };
  const [letter] = wrong.pages(
    identity,
    { v: 1, items: new Map([person(2, 1)]), gone: new Map() },
    {
      ...lying,
      gone: new Map([[idOf(2), 2]]),
    },
  );
  for (const page of pages(emptyRoster, rosterOf(1, many(9, 1)))) await inbox.receive(page);
  await inbox.receive(letter?.bytes ?? new Uint8Array());
  expect(refused).toEqual([4002]);
  expect(asked).toHaveLength(1);
  expect(inbox.standing().v).toBe(1);
  await wait(120_000);
  expect(asked.length).toBeGreaterThan(2);
});

test("what was here before, what others signed, and noise change nothing and are never asked about", async () => {
  const { inbox, store, pages, asked, refused, wait } = await scene();
  const one = rosterOf(1, many(3, 1));
  const two = rosterOf(2, many(4, 2));
  const [old] = pages(emptyRoster, one);
  for (const bytes of [...pages(emptyRoster, one), ...pages(one, two)]) await inbox.receive(bytes);
  const stranger = openRosterPublisher({ issuer: "hr", signer: newKey().signer });
  const [foreign] = stranger.pages(identity, emptyRoster, rosterOf(9, many(2, 9)));
  for (const bytes of [old, foreign?.bytes, Buffer.from("{"), Buffer.from("noise"), Buffer.alloc(30_000, "{")]) {
    await inbox.receive(bytes ?? new Uint8Array());
  }
  expect(refused).toEqual([4003, 1004, 1001, 1001, 1007]);
  await wait(3_600_000);
  expect(asked).toEqual([]);
  expect(inbox.standing()).toEqual({ v: 2, root: rosterRoot(two.items) });
  expect(await store.items()).toHaveLength(4);
});

test("a flood of beginnings is bounded, and the step that is whole is taken all the same", async () => {
  const { inbox, pages } = await scene();
  for (let v = 10; v < 60; v += 1) {
    const [first] = pages(emptyRoster, rosterOf(v, many(200, v)));
    await inbox.receive(first ?? new Uint8Array());
  }
  for (const bytes of pages(emptyRoster, rosterOf(5, many(300, 1)))) await inbox.receive(bytes);
  expect(inbox.standing().v).toBe(5);
});

test("orders: `roster.pull` asks at once, `roster.reset` forgets everybody and asks", async () => {
  const { inbox, pages, asked, told } = await scene();
  for (const bytes of pages(emptyRoster, rosterOf(5, many(2, 1)))) await inbox.receive(bytes);
  expect(await inbox.handlers.get("roster.pull")?.(order("roster.pull"))).toMatchObject({
    detail: expect.stringMatching(/version 5/),
  });
  expect(asked).toMatchObject([{ have: 5 }]);
  expect(await inbox.handlers.get("roster.reset")?.(order("roster.reset"))).toMatchObject({
    detail: expect.stringMatching(/^2 people/),
  });
  expect(told.at(-1)).toEqual({ changed: [], gone: [idOf(0), idOf(1)].map(personId) });
  expect(asked.at(-1)).toMatchObject({ have: 0 });
  for (const bytes of pages(emptyRoster, rosterOf(1, many(1, 1)))) await inbox.receive(bytes);
  expect(inbox.standing().v).toBe(1);
});

test("a disk that takes no writes keeps the roster that is there, says so, and is tried again", async () => {
  const troubles: Fault[] = [];
  let isFull = true;
  const inner: { store?: RosterStore } = {};
  const full: RosterStore["turn"] = async (...step) => {
    if (isFull) throw new Fault("disk-full", "the disk is full", "Free some space.");
    if (inner.store === undefined) throw new RangeError("a store");
    return inner.store.turn(...step);
  };
  const directory = await mkdtemp(join(tmpdir(), "lintel-roster-inbox-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await using store = await openRoster({ directory });
  inner.store = store;
  const at = await scene({ store: { ...store, turn: full }, trouble: (fault) => troubles.push(fault) });
  const step = at.pages(emptyRoster, rosterOf(5, many(2, 1)));
  for (const bytes of step) await at.inbox.receive(bytes);
  expect(troubles).toMatchObject([{ code: "disk-full" }]);
  expect(at.inbox.standing().v).toBe(0);
  expect(at.asked).toHaveLength(1);
  isFull = false;
  for (const bytes of step) await at.inbox.receive(bytes);
  await until("it is there", () => at.inbox.standing().v === 5);
});
