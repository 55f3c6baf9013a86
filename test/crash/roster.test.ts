import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { openRoster } from "../../kiosk/store/roster.ts";
import { rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import { scratch } from "./clockwork.ts";
import { itemsAt } from "./roster-steps.ts";

const taker = join(import.meta.dirname, "roster-taker.ts");

/** Lets a child take steps, kills it at some moment after its first word, and returns what it said. */
async function saidUntilKilled(directory: string, ms: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [taker, directory], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  await once(reader, "line");
  await wait(ms);
  child.kill("SIGKILL");
  await once(reader, "close");
  return lines;
}

test("ten times killed while a roster is taken: it is the one of before or the one of after, and never between", async () => {
  const directory = join(scratch(), "roster");
  let newest = 0;
  for (let round = 0; round < 10; round += 1) {
    const lines = await saidUntilKilled(directory, Math.random() * 400);
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
