import { describe, expect, test } from "vitest";
import { noRecordHash } from "../../../kiosk/core/chain.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { type CloudKey, unwrapFromCloud } from "../../../kiosk/uplink/contract/keys.ts";
import { acceptCommand } from "../../../kiosk/uplink/contract/orders.ts";
import { rosterPage } from "../../../kiosk/uplink/contract/roster.ts";
import { type Roster, turnPages } from "../../../kiosk/uplink/contract/turn-pages.ts";
import { takeIn } from "../../../kiosk/uplink/receiver/intake.ts";
import type { Letter } from "../../../kiosk/uplink/receiver/letter.ts";
import { openMemorySink } from "../../../kiosk/uplink/receiver/memory-sink.ts";
import { openOutbox } from "../../../kiosk/uplink/receiver/outbox.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { emptyRoster, openRosterPublisher, pagesBetween } from "../../../kiosk/uplink/receiver/roster-publisher.ts";
import { verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, signedWire } from "./parts.ts";

const source = "urn:lintel:acme:cloud:hq";
const roles = ["cmd:ops", "cmd:sec", "cmd:dpo", "ros"];
const made = roles.map((role) => ({ role, key: newKey() }));
const cloudKeys: readonly CloudKey[] = made.map(({ role, key }) => {
  return { kid: key.signer.kid, key: key.signer.publicKey, role, source };
});
const signerOf = (role: string) => {
  const signer = made.find((one) => one.role === role)?.key.signer;
  if (signer === undefined) throw new Error("no such key");
  return signer;
};

describe("the outbox", () => {
  const clock = { utcMs: 1_760_000_000_000 };
  const accepted = ({ bytes }: Letter) =>
    acceptCommand(bytes, {
      ...{ device: identity, groups: [], keys: cloudKeys, now: { utcMs: clock.utcMs, errMs: 5, src: "ntp" } },
      seen: { low: () => -1, has: () => false },
    });
  const open = (sink = openMemorySink()) =>
    openOutbox({
      ...{ issuer: "hq", shelf: sink.orders, nowMs: () => clock.utcMs },
      signers: new Map(["cmd:ops", "cmd:sec", "cmd:dpo"].map((role) => [role, signerOf(role)])),
    });

  test("signs orders that a clock accepts, with two keys where two must agree", async () => {
    const outbox = open();
    const one = await outbox.order(identity, "identify", {}, 60_000);
    const two = await outbox.order(identity, "erase.all", {}, 60_000);
    expect(one.letter.topic).toBe(`lintel1/acme/blr-01/${identity.device}/dn/cmd`);
    expect(accepted(one.letter)).toMatchObject({ id: one.id, data: { op: "identify" } });
    expect(accepted(two.letter)).toMatchObject({ id: two.id, data: { op: "erase.all" } });
    expect(accepted(two.letter).data.cn).toBeGreaterThan(accepted(one.letter).data.cn);
    await expect(outbox.order(identity, "make.coffee", {}, 1)).rejects.toThrow("no such order");
    await expect(outbox.order(identity, "fw.offer", {}, 1)).rejects.toThrow("role cmd:fw");
  });

  test("sends an order again until the clock said what became of it, or it is too late", async () => {
    await using sink = openMemorySink();
    const outbox = open(sink);
    const first = await outbox.order(identity, "identify", {}, 60_000);
    const second = await outbox.order(identity, "status", {}, 1000);
    const due = () => outbox.due(sourceOf(identity));
    expect(await due()).toEqual([first.letter, second.letter]);
    expect(await outbox.turns()).toEqual([first.letter, second.letter]);
    expect(await outbox.turns()).toEqual([]);
    const key = newKey();
    const keys = openKeyRegistry();
    keys.add(identity, key.signer.kid, key.signer.publicKey);
    const cmdlog = (seq: number, state: string) => {
      const event = {
        specversion: "1.0" as const,
        id: `${seq}`,
        source: sourceOf(identity),
        type: "dev.lintel.cmdlog.v1",
      };
      const rest = { time: "2026-01-01T00:00:00Z", epoch: 1, seq, prev: noRecordHash, data: { cmd: first.id, state } };
      return verifyRecord(signedWire("lintel-rec+jws", { ...event, ...rest }, key), keys);
    };
    await takeIn(sink, [cmdlog(1, "accepted")]);
    expect((await due()).length).toBe(2);
    await takeIn(sink, [cmdlog(2, "done")]);
    expect(await due()).toEqual([second.letter]);
    clock.utcMs += 2000;
    expect(await due()).toEqual([]);
  });
});

describe("the roster publisher", () => {
  const id = (n: number): string => `p_${String(n).padStart(20, "0")}`;
  const text = (n: number): string => JSON.stringify({ st: "active", cards: [], lang: "de", shift: `early-${n}` });
  const roster = (
    v: number,
    people: readonly (readonly [number, number])[],
    gone: Roster["gone"] = new Map(),
  ): Roster => ({
    ...{ v, gone },
    items: new Map(people.map(([n, version]) => [id(n), { v: version, text: text(n) }])),
  });
  const publisher = openRosterPublisher({ issuer: "hq", signer: signerOf("ros") });
  const read = ({ bytes }: Letter) =>
    rosterPage.parse(unwrapFromCloud(bytes, "lintel-ros+jws", "ros", cloudKeys).event).data;

  test("leads a clock from nothing to thousands of people, and from there on, in signed pages that it takes", () => {
    const first = roster(
      1,
      Array.from({ length: 3000 }, (_, n) => [n, 1] as const),
    );
    const snapshot = publisher.pages(identity, emptyRoster, first).map(read);
    expect(snapshot.length).toBeGreaterThan(10);
    const there = turnPages(emptyRoster, snapshot);
    expect(there).toEqual(first);
    const kept = [...first.items.keys()].slice(2).map((_, n) => [n + 2, n < 5 ? 2 : 1] as const);
    const second = roster(
      2,
      kept,
      new Map([
        [id(0), 2],
        [id(1), 2],
      ]),
    );
    const steps = publisher.pages(identity, there, second).map(read);
    expect(steps.flatMap(({ ops }) => ops).length).toBe(7);
    expect(turnPages(there, steps)).toEqual(second);
  });

  test("says nothing that a clock would refuse", () => {
    const one = roster(1, [[1, 1]]);
    expect(() => pagesBetween(one, roster(1, [[1, 1]]))).toThrow("later");
    expect(() => pagesBetween(one, roster(2, []))).toThrow("without a version");
    expect(pagesBetween(one, roster(2, [[1, 1]])).map(({ ops }) => ops)).toEqual([[]]);
  });
});
