import { execFile } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { reportsOf } from "../../contract/keyboard.ts";
import { openSoftwareLines } from "../lines.ts";
import { openSoftwareReader } from "../uhid.ts";

/**
 * The test's hand inside the machine: runs commands as root, and holds a badge reader of software which it plugs in, lays
 * cards on and pulls, and the lid of the housing over a GPIO line of software. Listens on every address: nobody but the test's own network sees the machine.
 */

/** What can be asked, as JSON in the body of a POST. */
export type Ask =
  | { readonly run: readonly [string, ...string[]] }
  | { readonly reader: "plug" | "unplug" }
  | { readonly lay: string }
  | { readonly lid: "closed" | "open" };

export interface Answer {
  /** 0 where it went well. */
  readonly code: number;
  readonly out: string;
}

const port = 9000;
const betweenKeysMs = 4;
/** A cheap wedge that names no maker: one of those that our udev rules know. */
const wedge = { name: "Software wedge", vendor: 0xffff, product: 0x0035, place: "usb-software-1/input0" };
let reader: ReturnType<typeof openSoftwareReader> | null = null;
/** The lid presses a switch to ground. */
const lidLine = 2;
let lines: ReturnType<typeof openSoftwareLines> | null = null;

const run = ([program, ...words]: readonly [string, ...string[]]): Promise<Answer> =>
  new Promise((resolve) => {
    const limits = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, words, limits, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 255, out: `${out}${err}` });
    });
  });

async function answer(ask: Ask): Promise<Answer> {
  if ("run" in ask) return run(ask.run);
  if ("lay" in ask) {
    if (reader === null) return { code: 1, out: "no reader is plugged in" };
    for (const report of reportsOf(`${ask.lay}\n`)) {
      reader.say(report);
      await wait(betweenKeysMs);
    }
  } else if ("lid" in ask) {
    lines ??= openSoftwareLines("usb-software-2/input0");
    lines.set(lidLine, ask.lid === "open" ? 1 : 0);
  } else if (ask.reader === "plug") {
    reader ??= openSoftwareReader(wedge);
  } else {
    reader?.unplug();
    reader = null;
  }
  return { code: 0, out: "" };
}

const asked = async (request: IncomingMessage): Promise<Ask> => JSON.parse(await text(request)) as Ask;

createServer((request, response) => {
  asked(request)
    .then(answer)
    .catch((error: unknown): Answer => ({ code: 255, out: String(error) }))
    .then((said) => response.end(JSON.stringify(said)));
}).listen(port);
