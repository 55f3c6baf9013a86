import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { JournalOptions } from "../../kiosk/store/journal.ts";
import type { Pace } from "../../kiosk/uplink/pace.ts";

export interface WallPlan {
  readonly state: string;
  readonly brokerUrl: string;
  /** JWK file of whoever receipts. */
  readonly receiptKey: string;
  readonly tapsPerS?: number;
  /** The journal is filled up to so many records before the uplink opens. */
  readonly backlog?: number;
  /** Changes to the quick pace of the tests, or the field's own. */
  readonly pace?: Partial<Pace> | "usual";
  readonly batches?: boolean;
  /** Serves the page. */
  readonly page?: boolean;
  readonly timeZone?: string;
  readonly journal?: Partial<Pick<JournalOptions, "ballastBytes" | "witnessDirectory">>;
}

/** What somebody was thanked for, as the pipe brought it. */
export interface Thanked {
  readonly epoch: number;
  readonly seq: number;
  readonly rh: string;
  readonly id: string;
}

export interface WallNews {
  readonly isOnline: boolean;
  readonly receipted: { readonly epoch: number; readonly seq: number };
  readonly head: { readonly epoch: number; readonly seq: number };
  readonly trouble: string;
}

/** One life of a wall. */
export interface Wall extends AsyncDisposable {
  readonly pid: number;
  readonly device: () => string;
  readonly url: () => string;
  readonly thanked: readonly Thanked[];
  /** Codes of commits that failed, in order. */
  readonly refused: readonly string[];
  readonly fixes: readonly { readonly monoMs: number; readonly utcMs: number; readonly errMs: number }[];
  readonly news: () => WallNews;
  /** Every code of a trouble that was in the news, and when it came first (performance.now). */
  readonly troubles: ReadonlyMap<string, number>;
  readonly ready: () => Promise<void>;
  readonly load: (tapsPerS: number) => void;
  readonly tap: (n: number) => void;
  readonly isRunning: () => boolean;
  /** What it said when it could not go on. */
  readonly fault: () => string | null;
  /** Ends it and waits until its last line is read. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** @param env in addition: a false time, for instance. */
export function startWall(plan: WallPlan, env: Readonly<Record<string, string>> = {}): Wall {
  const program = join(import.meta.dirname, "wall-process.ts");
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(plan)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new RangeError("piped");
  const thanked: Thanked[] = [];
  const refused: string[] = [];
  const fixes: { monoMs: number; utcMs: number; errMs: number }[] = [];
  const troubles = new Map<string, number>();
  let news: WallNews = { isOnline: false, receipted: { epoch: 0, seq: -1 }, head: { epoch: 0, seq: 0 }, trouble: "-" };
  let started: { device: string; url: string } | null = null;
  let fault: string | null = null;
  let said = "";
  stdin.on("error", () => {});
  stderr.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  const reader = createInterface({ input: stdout });
  reader.on("line", (line) => {
    const [word, ...rest] = line.split(" ");
    const [first = "", second = "", third = "", fourth = "", fifth = "", sixth = ""] = rest;
    if (word === "THANKED") thanked.push({ epoch: Number(first), seq: Number(second), rh: third, id: fourth });
    else if (word === "REFUSED") refused.push(first);
    else if (word === "FIXED") fixes.push({ monoMs: Number(first), utcMs: Number(second), errMs: Number(third) });
    else if (word === "READY") started = { device: first, url: second };
    else if (word === "FAULT") fault = rest.join(" ");
    else if (word === "NEWS") {
      const receipted = { epoch: Number(second), seq: Number(third) };
      const head = { epoch: Number(fourth), seq: Number(fifth) };
      news = { isOnline: first === "online", receipted, head, trouble: sixth };
      if (sixth !== "-" && !troubles.has(sixth)) troubles.set(sixth, performance.now());
    }
  });
  const read = once(reader, "close");
  const exit = once(child, "exit") as Promise<[number | null]>;
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (isRunning()) child.kill(signal);
    const [[code]] = await Promise.all([exit, read]);
    return code;
  };
  const startedOnce = () => {
    if (started === null) throw new RangeError("not ready yet");
    return started;
  };
  return {
    pid: child.pid ?? 0,
    device: () => startedOnce().device,
    url: () => startedOnce().url,
    thanked,
    refused,
    fixes,
    troubles,
    news: () => news,
    ready: async () => {
      for (const deadline = performance.now() + 60_000; started === null; await delay(10)) {
        if (!isRunning() || performance.now() > deadline) throw new Error(`the wall is not ready: ${fault} ${said}`);
      }
    },
    load: (tapsPerS) => void stdin.write(`LOAD ${tapsPerS}\n`),
    tap: (n) => void stdin.write(`TAP ${n}\n`),
    isRunning,
    fault: () => fault ?? (isRunning() && said === "" ? null : `${child.exitCode} ${child.signalCode} ${said}`),
    end,
    [Symbol.asyncDispose]: async () => {
      await end("SIGKILL");
    },
  };
}
