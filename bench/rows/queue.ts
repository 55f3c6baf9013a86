import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import type { PunchData } from "../../kiosk/core/record.ts";
import type { DemoAct, Screenful } from "../../kiosk/core/view.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { sessionOf } from "../../test/process/session.ts";
import { bound, quantile, type Row } from "../measure.ts";
import type { Probed } from "../probe.ts";

/** One round of the demo's scenes. */
const aloneMs = 75_000;
const tapsWanted = 65;
/** Two seconds on average: 30 a minute, and never on the beat of anything. */
const gapsMs = [2_000, 1_100, 2_900];
const patienceMs = 20_000;
const badges = [
  { id: "demo:1001", name: "Alex" },
  { id: "demo:1002", name: "Sam" },
] as const;

/**
 * 30 badges a minute for more than two minutes at the real process, with its camera, its models and its demo people who
 * walk up meanwhile. The same round of scenes without a badge comes first: what recognition does when it has the wall to
 * itself.
 */
export async function measure(): Promise<readonly Row[]> {
  const state = mkdtempSync(join(tmpdir(), "lintel-queue-"));
  try {
    return await queue(state);
  } finally {
    rmSync(state, { recursive: true });
  }
}

async function queue(state: string): Promise<readonly Row[]> {
  const kiosk = start(state);
  const stop = new AbortController();
  try {
    const url = await kiosk.url;
    const wall = watchWall(url, stop.signal);
    await wall.until(({ view, strip }) => view.at === "idle" && strip.camera === "on");
    // Compilers and caches are warm, and the demo's people enrolled.
    await wait(15_000);
    await kiosk.probe();
    await wait(aloneMs);
    const alone = await kiosk.probe();
    const thanksMs = await tapAll(url, wall);
    const busy = await kiosk.probe();
    stop.abort();
    await kiosk.end();
    const kept = badgePunches(state);
    if (kept !== tapsWanted) throw new Error(`${tapsWanted} taps gave ${kept} punches`);
    return rowsOf(alone, busy, thanksMs);
  } finally {
    stop.abort();
    await kiosk.end();
  }
}

function rowsOf(alone: Probed, busy: Probed, thanksMs: readonly number[]): readonly Row[] {
  const [ours, theirs] = [quantile(busy.betweenLooksMs, 0.5), quantile(alone.betweenLooksMs, 0.5)];
  const ratio = ours / theirs;
  return [
    bound("badge tap to thanks, 30 a minute, recognition running, p95", quantile(thanksMs, 0.95), 250, "ms"),
    bound("main-thread delay meanwhile, p99", busy.delayMs, 20, "ms"),
    {
      ...{ what: "from one full look to the next meanwhile, p50", against: "the same scenes without badges" },
      ...{ ours, theirs, unit: "ms", ratio, range: [ratio, ratio], reads: "cost", target: 1.2 },
    },
  ];
}

/** @returns for each tap how long it was until its thanks stood in an event. */
async function tapAll(url: string, wall: Wall): Promise<readonly number[]> {
  const headers = {
    ...{ "content-type": "application/json", origin: new URL(url).origin },
    "lintel-session": await sessionOf(url),
  };
  const waits: number[] = [];
  const startMs = performance.now();
  let dueMs = 0;
  for (let n = 0; n < tapsWanted; n += 1) {
    const badge = badges[n % badges.length];
    if (badge === undefined) throw new Error("there are no badges");
    const { id, name } = badge;
    const body = JSON.stringify({ act: "tap", badge: id } satisfies DemoAct);
    const before = wall.receipts.size;
    const tappedMs = performance.now();
    const thanked = wall.until(
      ({ view }) => view.at === "thanks" && view.name.startsWith(name) && wall.receipts.size > before,
    );
    const answer = await fetch(new URL("/demo", url), { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`the drawer refused a badge: ${answer.status}`);
    await thanked;
    waits.push(performance.now() - tappedMs);
    dueMs += gapsMs[n % gapsMs.length] ?? 0;
    await wait(Math.max(0, startMs + dueMs - performance.now()));
  }
  return waits;
}

interface Wall {
  readonly receipts: ReadonlySet<string>;
  /** The next screenful that is so. */
  readonly until: (isSo: (screenful: Screenful) => boolean) => Promise<void>;
}

/** Listens as the page does. */
function watchWall(url: string, signal: AbortSignal): Wall {
  const receipts = new Set<string>();
  const waiting = new Set<(screenful: Screenful) => void>();
  const listen = async (): Promise<void> => {
    const { body } = await fetch(new URL("/events", url), { signal });
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = `${text}${chunk}`.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const [, data] = /^event: screen\ndata: (.*)$/.exec(event) ?? [];
        if (data === undefined) continue;
        const screenful = JSON.parse(data) as Screenful;
        if (screenful.view.at === "thanks") receipts.add(screenful.view.receipt);
        for (const tell of waiting) tell(screenful);
      }
    }
  };
  listen().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  const until: Wall["until"] = async (isSo) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const tell = (screenful: Screenful): void => {
      if (isSo(screenful)) resolve();
    };
    waiting.add(tell);
    try {
      await Promise.race([promise, tooLate()]);
    } finally {
      waiting.delete(tell);
    }
  };
  return { receipts, until };
}

async function tooLate(): Promise<never> {
  await wait(patienceMs, undefined, { ref: false });
  throw new Error(`nothing came for ${patienceMs} ms`);
}

/** As `npm start` runs it, with the probe before it. Two people only: each badge is a punch, however soon it comes again. */
function start(state: string) {
  const node = ["--max-semi-space-size=1", "--import", join(import.meta.dirname, "../probe.ts"), "kiosk/main.ts"];
  const flags = ["--state", state, "--camera", "demo", "--port", "0", "--log", "json"];
  // The wall looks again soon after each thanks: that is harder for both.
  const site = ["--duplicate-window-ms", "0", "--thanks-ms", "700"];
  const child: ChildProcess = spawn(process.execPath, [...node, ...flags, ...site], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, MALLOC_ARENA_MAX: "2" },
  });
  const exited = once(child, "exit");
  const url = Promise.withResolvers<string>();
  void exited.then(() => url.reject(new Error("the kiosk ended")));
  url.promise.catch(() => undefined);
  if (child.stdout !== null) {
    createInterface(child.stdout).on("line", (line) => {
      const { event, url: found } = JSON.parse(line) as { event?: string; url?: string };
      if (event === "ready" && found !== undefined) url.resolve(found);
    });
  }
  const probe = async (): Promise<Probed> => {
    const answer = once(child, "message");
    child.send("probe");
    const [probed] = (await answer) as [Probed];
    return probed;
  };
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exited;
  };
  return { url: url.promise, probe, end };
}

/** What stands in the journal of a clock that has ended. */
function badgePunches(state: string): number {
  using journal = new DatabaseSync(join(state, "journal.sqlite"));
  const rows = journal.prepare("select jws from record").all() as { jws: string }[];
  const events = rows.map(({ jws }) => eventOf(jws));
  const punches = events.flatMap(({ type, data }) => (type === "dev.lintel.punch.v1" ? [data as PunchData] : []));
  return punches.filter(({ method }) => method.includes("card")).length;
}
