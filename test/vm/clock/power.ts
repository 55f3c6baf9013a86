import { setTimeout as delay } from "node:timers/promises";
import type { Scene } from "../../boot/parts.ts";
import type { Bench } from "./bench.ts";
import { patienceMs, plugEverything, punches, ready } from "./devices.ts";

/** What a clock goes through without being asked: its power, and a kernel that stands still. */

const fewest = 4;
const watchdogMs = 90_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** People punch until the machine is gone. */
async function meanwhile(bench: Bench, blow: () => Promise<void>): Promise<number> {
  const before = bench.visitor.receipts.length;
  let isOver = false;
  const people = (async () => {
    // Whoever lays a card on while it goes gets no answer.
    while (!isOver) await bench.punch().catch(() => delay(100));
  })();
  for (const endMs = performance.now() + patienceMs; bench.visitor.receipts.length < before + fewest; await delay(20)) {
    if (performance.now() > endMs) throw new Error("nobody is thanked");
  }
  await blow();
  isOver = true;
  // What was on its way to the wall has come.
  await delay(500);
  await Promise.race([people, delay(1_000)]);
  return bench.visitor.receipts.length - before;
}

async function lifeAfter(bench: Bench, scene: Scene, thanked: number): Promise<void> {
  const { flushes, disks, pending, kept, owed, missing } = bench.afterCut();
  scene.check(
    `${thanked} were thanked meanwhile; ${flushes} flushes in this life. On ${disks} disks, cut then and at other moments, ` +
      `with ${kept} of ${pending} writes that nobody had flushed: ${missing} of ${owed} receipts are missing`,
    thanked >= fewest && missing === 0,
  );
  const { bootMs } = await bench.switchOn();
  scene.note(`switched on: systemd and the test's hand after ${seconds(bootMs)}`);
  await ready(bench, scene);
  await plugEverything(bench);
  await punches(bench, scene, 2, "it goes on");
}

export async function powerCut(bench: Bench, scene: Scene, what: string, waitMs: number): Promise<void> {
  scene.note(`power cut ${what}, ${waitMs} ms after somebody was thanked`);
  const thanked = await meanwhile(bench, async () => {
    await delay(waitMs);
    await bench.board().cut();
  });
  await lifeAfter(bench, scene, thanked);
}

/** The kernel panics and stays there; nothing but the board's watchdog is left. */
export async function kernelHangs(bench: Bench, scene: Scene): Promise<void> {
  const board = bench.board();
  const startedMs = { at: 0 };
  const thanked = await meanwhile(bench, async () => {
    board.ask("sh", "-c", "echo c >/proc/sysrq-trigger").catch(() => {});
    startedMs.at = performance.now();
    await Promise.race([board.ended, delay(watchdogMs)]);
  });
  const tookMs = performance.now() - startedMs.at;
  const isPanic = board.console().includes("Kernel panic");
  scene.check(
    `the kernel panics and stands still: the watchdog resets the board after ${seconds(tookMs)}`,
    isPanic && tookMs < watchdogMs,
  );
  await board.cut();
  await lifeAfter(bench, scene, thanked);
}
