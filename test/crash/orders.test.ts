import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cmdlogsIn, commandOf } from "../contract/downlink-parts.ts";
import { scratch } from "../scratch.ts";
import { openClockJournal } from "./clockwork.ts";

const clock = join(import.meta.dirname, "orderly.ts");

async function run(state: string, message: string, killAt: number): Promise<{ killed: boolean; steps: number }> {
  const child = spawn(process.execPath, [clock, state, message, `${killAt}`], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, "close");
  if (signal !== "SIGKILL") expect(code).toBe(0);
  return { killed: signal === "SIGKILL", steps: Number(text.split(" ")[1] ?? 0) };
}

/** Killed at that step, started again, and then sent the order once more. */
async function trial(killAt: number): Promise<void> {
  const state = scratch();
  const order = commandOf({ op: "identify" });
  const message = join(state, "message");
  writeFileSync(message, order.bytes);
  const first = await run(state, message, killAt);
  expect(first.killed, `step ${killAt} was reached`).toBe(true);
  const afterKill = await run(state, message, 0);
  expect(afterKill.killed).toBe(false);
  const calls = () => readFileSync(join(state, "calls"), "utf8").trim().split("\n");
  const called = calls();
  expect(called.length, `step ${killAt}: carried out at least once`).toBeGreaterThanOrEqual(1);
  expect(called.length, `step ${killAt}: and again only for the cut`).toBeLessThanOrEqual(2);
  await run(state, message, 0);
  expect(calls(), `step ${killAt}: not again once it is over`).toEqual(called);
  expect(readdirSync(state).filter((name) => name.startsWith("effect-"))).toEqual([`effect-${order.id}`]);
  await using journal = await openClockJournal(state);
  const logs = cmdlogsIn(journal).filter(({ cmd }) => cmd === order.id);
  expect(logs.filter(({ state: how }) => how === "done")).toHaveLength(1);
  expect(logs.filter(({ state: how }) => how === "accepted")).toHaveLength(1);
  expect(logs).toHaveLength(2);
}

test("killed between any two steps, an order is carried out, has one result, and is never carried out after it", async () => {
  const state = scratch();
  const message = join(state, "message");
  writeFileSync(message, commandOf({ op: "identify" }).bytes);
  const { steps } = await run(state, message, 0);
  // The other half is the last order's: what comes to it comes to this one.
  const kills = Array.from({ length: Math.ceil((steps + 3) / 2) }, (_, n) => n + 1);
  expect(kills.length).toBeGreaterThanOrEqual(14);
  for (let n = 0; n < kills.length; n += 2) await Promise.all(kills.slice(n, n + 2).map(trial));
  console.info(`orders: killed at each of ${kills.length} steps`);
}, 300_000);
