import { expect, test } from "vitest";
import type { Delivery } from "../../provisioning/receive/broker.ts";
import { openWaiting } from "../../provisioning/receive/waiting.ts";

const bag = Buffer.of(0x1f, 0x8b, 0x08);
const single = Buffer.from("{");

function scene() {
  const waiting = openWaiting();
  const confirmed: string[] = [];
  const come = (name: string, bytes: Uint8Array): Delivery => {
    const delivery = { topic: name, bytes, confirm: () => confirmed.push(name) };
    waiting.add(delivery);
    return delivery;
  };
  return { waiting, confirmed, come };
}

test("a punch of this minute goes before the bags of a month, and only some of those go with it", () => {
  const { waiting, come } = scene();
  for (let n = 0; n < 20; n += 1) come(`bag ${n}`, bag);
  come("live", single);
  expect(waiting.turn().map(({ topic }) => topic)).toEqual(["live", "bag 0", "bag 1", "bag 2", "bag 3", "bag 4"]);
});

test("what is kept is confirmed in the order in which it came, and once", () => {
  const { waiting, confirmed, come } = scene();
  const names = Array.from({ length: 8 }, (_, n) => `bag ${n}`);
  for (const name of names) come(name, bag);
  come("live", single);
  waiting.kept(waiting.turn());
  expect(confirmed).toEqual(names.slice(0, 5));
  expect(waiting.count()).toBe(3);
  waiting.kept(waiting.turn());
  expect(confirmed).toEqual([...names, "live"]);
  expect(waiting.turn()).toEqual([]);
});

test("what could not be kept is given again, first of all", () => {
  const { waiting, confirmed, come } = scene();
  const first = come("first", single);
  expect(waiting.turn()).toEqual([first]);
  const second = come("second", single);
  expect(waiting.turn()).toEqual([first, second]);
  expect(confirmed).toEqual([]);
});

test("endless live punches do not keep a backlog out", () => {
  const { waiting, come } = scene();
  const old = come("bag", bag);
  for (let n = 0; n < 2000; n += 1) come(`live ${n}`, single);
  expect(waiting.turn()).toContain(old);
});
