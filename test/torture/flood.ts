import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { Screenful } from "../../kiosk/core/view.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { sessionOf } from "../process/session.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { until } from "../unit/uplink/parts.ts";
import { openMosquitto } from "./broker.ts";
import { healedVerdict, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import type { Verdict } from "./verdict.ts";
import type { Wall } from "./wall.ts";

/** 99th percentiles in milliseconds, of one round. */
export interface Quickness {
  /** GET / to its last byte. */
  readonly pageMs: number;
  /** A finger on the screen to the event that redraws it. */
  readonly touchMs: number;
}

export interface FloodOutcome extends Verdict {
  readonly healingMs: number;
  readonly idle: readonly Quickness[];
  readonly flooded: readonly Quickness[];
  /** Messages per second that the flood really published. */
  readonly perS: number;
  /** Processor time that the clock took of each second, in [0, 1] per core: in peace, and in the flood. */
  readonly cpuShare: readonly [number, number];
  /** Resident memory of the clock, MB: before, and after the flood has settled. */
  readonly residentMb: readonly [number, number];
  /** Cursor and views other than those that the taps explain. */
  readonly strayViews: readonly string[];
  readonly troubles: readonly string[];
}

/** A wall with its page, punched at and touched, first in peace and then in a flood of garbage through the broker. */
export async function flooded(options: {
  readonly perS: number;
  readonly rounds: number;
  readonly samples: number;
}): Promise<FloodOutcome> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const sink = await database.create();
  const receiver = stack.use(office.hire(broker.url, sink));
  await receiver.listens();
  const { state, receiptKey } = office;
  const clock = stack.use(await openLives({ state, receiptKey, brokerUrl: broker.url, page: true, pace: "usual" }));
  const wall = clock.now();
  const page = await watch(wall.url());
  stack.defer(page.close);
  await until("there is a receipt", () => wall.news().receipted.seq >= 1, 60_000);
  const rounds = async (): Promise<Quickness[]> => {
    const all: Quickness[] = [];
    for (let n = 0; n < options.rounds; n += 1) all.push(await measure(wall, page, options.samples));
    return all;
  };
  // The first of everything is slow, and nobody's measure.
  await measure(wall, page, 20);
  const inPeace = cpuMeter(wall.pid);
  const idle = await rounds();
  const peaceShare = inPeace();
  const beforeMb = residentMb(wall.pid);
  const flood = openFlood(broker.port, wall.device(), options.perS);
  stack.use(flood);
  await delay(1500);
  const inFlood = cpuMeter(wall.pid);
  const floodedRounds = await rounds();
  const floodShare = inFlood();
  const perS = flood.perS();
  await flood[Symbol.asyncDispose]();
  await delay(2000);
  const afterMb = residentMb(wall.pid);
  await page.close();
  const verdict = await healedVerdict(office, clock, sink);
  return {
    ...verdict,
    idle,
    flooded: floodedRounds,
    perS,
    cpuShare: [peaceShare, floodShare],
    residentMb: [beforeMb, afterMb],
    strayViews: [...page.seen].filter((view) => !["idle", "saving", "thanks", "starting"].includes(view)),
    troubles: [...wall.troubles.keys()],
  };
}

function openFlood(port: number, device: string, perS: number): AsyncDisposable & { readonly perS: () => number } {
  const identity = { tenant: "acme", site: "blr-01", device };
  const channels = ["ack", "cmd", "cfg", "ros", "tim"] as const;
  const topics = channels.flatMap((channel) => [
    generic5.down(identity, channel),
    generic5.site(identity, channel) ?? "",
    `${generic5.down(identity, channel)}x`,
  ]);
  const program = join(import.meta.dirname, "flood-process.ts");
  const flags = ["--port", `${port}`, "--perS", `${perS}`, "--topics", topics.join(",")];
  const child = spawn(process.execPath, [program, ...flags], { stdio: ["pipe", "pipe", "inherit"] });
  const startedMs = performance.now();
  let rate = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    rate = Number(line.split(" ")[1]) / ((performance.now() - startedMs) / 1000);
  });
  return {
    perS: () => Math.round(rate),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

interface Page {
  readonly seen: ReadonlySet<string>;
  readonly url: string;
  /** Resolves with the moment of the next redraw that shows such a view. */
  readonly next: (view: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

async function watch(url: string): Promise<Page> {
  const stop = new AbortController();
  const { body } = await fetch(new URL("/events", url), { signal: stop.signal });
  const seen = new Set<string>();
  const waiting = new Map<string, (atMs: number) => void>();
  const reading = (async () => {
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const atMs = performance.now();
      const events = (text + chunk).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^event: screen\ndata: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const { view } = JSON.parse(data) as Screenful;
        seen.add(view.at);
        waiting.get(view.at)?.(atMs);
        waiting.delete(view.at);
      }
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return {
    seen,
    url,
    next: (view) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const timer = setTimeout(() => reject(new Error(`the wall never showed ${view}`)), 30_000);
      waiting.set(view, (atMs) => {
        clearTimeout(timer);
        resolve(atMs);
      });
      return promise;
    },
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

async function measure(wall: Wall, page: Page, samples: number): Promise<Quickness> {
  const pages: number[] = [];
  const touches: number[] = [];
  const session = await sessionOf(page.url);
  const headers = { "content-type": "application/json", origin: new URL(page.url).origin, "lintel-session": session };
  for (let n = 0; n < samples; n += 1) {
    const startedMs = performance.now();
    await (await fetch(page.url)).arrayBuffer();
    pages.push(performance.now() - startedMs);
    const thanks = page.next("thanks");
    wall.tap(n);
    await thanks;
    const idle = page.next("idle");
    const touchedMs = performance.now();
    const posted = fetch(new URL("/touch", page.url), { method: "POST", headers, body: '{"touch":"dismiss"}' });
    touches.push((await idle) - touchedMs);
    await (await posted).arrayBuffer();
  }
  return { pageMs: p99(pages), touchMs: p99(touches) };
}

const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * 0.99) - 1)] ?? 0;

/** From now to the call: user and system time of the process, by the second. The kernel counts in hundredths. */
function cpuMeter(pid: number): () => number {
  const usedS = (): number => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const [startedMs, before] = [performance.now(), usedS()];
  return () => (usedS() - before) / ((performance.now() - startedMs) / 1000);
}

/** MB. */
function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
