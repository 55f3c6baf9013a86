import { join } from "node:path";
import { expect, test } from "vitest";
import { openRoster } from "../../kiosk/store/roster.ts";
import { rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import { scratch } from "../scratch.ts";
import { linesUntilKilled } from "./killed.ts";
import { itemsAt } from "./roster-steps.ts";

test("ten times killed while a roster is taken: it is the one of before or the one of after, and never between", async () => {
  const directory = join(scratch(), "roster");
  let newest = 0;
  // A slow machine is killed in the same step more often: it gets more rounds.
  for (let round = 0; round < 10 || (newest <= 1 && round < 60); round += 1) {
    const lines = await linesUntilKilled("roster-taker.ts", [directory], Math.random() * 400);
    for (const line of lines) {
      const [word, v, root] = line.split(" ");
      expect(word, line).toBe("AT");
      expect(root, `the root of ${v}`).toBe(rosterRoot(itemsAt(Number(v))));
      expect(Number(v), "what was said to be durable is").toBeGreaterThanOrEqual(newest);
      newest = Number(v);
    }
  }
  expect(newest).toBeGreaterThan(1);
  await using store = await openRoster({ directory });
  expect(store.notice).toBeNull();
  const { v, root } = store.standing();
  expect([newest, newest + 1]).toContain(v);
  expect(root).toBe(rosterRoot(itemsAt(v)));
  expect(new Map((await store.items()).map((item) => [item.id, { v: item.v, text: item.text }]))).toEqual(
    new Map([...itemsAt(v)].sort()),
  );
}, 120_000);
