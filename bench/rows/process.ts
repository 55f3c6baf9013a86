import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { Attention } from "../../kiosk/core/sight.ts";
import { openEngine } from "../../kiosk/inference/engine.ts";
import { sessionOf } from "../../test/process/session.ts";
import { modelBytes, visitOf } from "../footage.ts";
import { bound, quantile, type Row } from "../measure.ts";

/** The whole process against absolute bounds: how long to the first usable picture, how much memory, how deaf the main thread, how cool when idle. */
export async function measure(): Promise<readonly Row[]> {
  return [await eventLoopDelay(), ...(await lifeOfOneProcess())];
}

const look: Attention = { effort: "look", claim: null, challenge: null, codes: false };

/** Recognition at full rate in its worker; the main thread does what the kiosk's does with each frame, and is timed. */
async function eventLoopDelay(): Promise<Row> {
  await using engine = await openEngine({ modelBytes });
  const visit = await visitOf("cap13_edit2.mp4", 1, 6);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const endMs = performance.now() + 8_000;
  delay.enable();
  for (let number = 0; performance.now() < endMs; number += 1) {
    const monoMs = performance.now();
    const jpeg = visit[number % visit.length] ?? new Uint8Array();
    // A picture that comes back would not be looked at in full.
    if (number % visit.length === 0) await engine.forget();
    await engine.observe({ jpeg, number, at: { utcMs: monoMs, monoMs } }, look);
  }
  delay.disable();
  return bound("main-thread delay p99 at full rate", delay.percentile(99) / 1e6, 20, "ms");
}

async function lifeOfOneProcess(): Promise<readonly Row[]> {
  const state = mkdtempSync(join(tmpdir(), "lintel-bench-"));
  // The first life enrols the demo's people; the second is what a kiosk does every morning.
  await live(state, 12_000);
  const { firstSightMs, memoryMb } = await live(state, 45_000);
  const { idleShare } = await live(state, 30_000, "empty");
  rmSync(state, { recursive: true });
  return [
    bound("start to the first usable picture", firstSightMs, 4_000, "ms"),
    bound("resident memory, everything on, p95", memoryMb, 350, "MB"),
    bound("processor time of an idle clock, in % of one core", 100 * idleShare, 8, "%"),
  ];
}

interface Life {
  readonly firstSightMs: number;
  readonly memoryMb: number;
  /** Processor time of the kiosk's process over wall time, since its camera was on; its camera's own process apart. */
  readonly idleShare: number;
}

/** @param scene held before the camera all the time; the demo's own order otherwise. */
async function live(state: string, forMs: number, scene?: string): Promise<Life> {
  const startedMs = performance.now();
  const kiosk = `exec ${startCommand()} --port 0 --state '${state}' --log json`;
  const child = spawn("sh", ["-c", kiosk], { stdio: ["ignore", "pipe", "inherit"] });
  const url = Promise.withResolvers<string>();
  createInterface(child.stdout).on("line", (line) => {
    const { event, url: found } = JSON.parse(line) as { event?: string; url?: string };
    if (event === "ready" && found !== undefined) url.resolve(found);
  });
  const stop = new AbortController();
  const page = await url.promise;
  const firstSightMs = await cameraIsOn(page, stop.signal, startedMs);
  if (scene !== undefined) await hold(page, scene);
  const resident: number[] = [];
  const [fromMs, usedMs] = [performance.now(), processorMs(child.pid)];
  while (performance.now() - startedMs < forMs) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    resident.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  }
  const idleShare = (processorMs(child.pid) - usedMs) / (performance.now() - fromMs);
  stop.abort();
  const left = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await left;
  return { firstSightMs, memoryMb: quantile(resident, 0.95), idleShare };
}

/** Waits until the scene has played for a while: who stood there before has left by then. */
async function hold(page: string, scene: string): Promise<void> {
  const headers = {
    ...{ "content-type": "application/json", origin: new URL(page).origin },
    "lintel-session": await sessionOf(page),
  };
  const answer = await fetch(new URL("/demo", page), {
    ...{ method: "POST", headers, body: JSON.stringify({ act: "scene", id: scene }) },
  });
  if (!answer.ok) throw new Error(`the demo would not play ${scene}: ${answer.status}`);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
}

/** User and system time of a process so far: fields 14 and 15 of proc(5) stat, in ticks of 10 ms. */
function processorMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Just what `npm start` runs: its memory settings are part of what is measured. */
function startCommand(): string {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { start: string } };
  return `env ${scripts.start}`;
}

/** Listens as the page does until the strip says that the camera is on: pictures arrive and the engine looks at them. */
async function cameraIsOn(url: string, signal: AbortSignal, startedMs: number): Promise<number> {
  const { body } = await fetch(new URL("/events", url), { signal });
  if (body === null) throw new Error("the screen sends no events");
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('"camera":"on"')) return performance.now() - startedMs;
  }
  throw new Error("the camera never came on");
}
