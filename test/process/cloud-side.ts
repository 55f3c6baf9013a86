import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { connect } from "mqtt";
import type { Screenful } from "../../kiosk/core/view.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { parseOuter } from "../../kiosk/uplink/contract/outer.ts";
import { type StatusEvent, statusEvent } from "../../kiosk/uplink/contract/wire.ts";

/** What a person at the office sees of a clock: its statuses, what goes over the wire, its page, and the command line. */

export type Status = StatusEvent["data"];

export interface Wire extends AsyncDisposable {
  /** Statuses since the beginning, oldest first. */
  readonly statuses: readonly Status[];
  /** `type` and `data` of what was signed and came on that channel, oldest first. */
  readonly events: (channel: string) => readonly { readonly type: string; readonly data: Record<string, unknown> }[];
  /** Told of each at once. */
  tell: (channel: string, event: { readonly type: string; readonly data: Record<string, unknown> }) => void;
}

/** Listens to everything that all clocks and their cloud say to each other. */
export async function tapWire(brokerUrl: string): Promise<Wire> {
  const client = connect(brokerUrl, { protocolVersion: 5 });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  const heard: { channel: string; event: { type: string; data: Record<string, unknown> } }[] = [];
  const statuses: Status[] = [];
  const wire: Wire = {
    statuses,
    events: (channel) => heard.filter((one) => one.channel === channel).map(({ event }) => event),
    tell: () => {},
    [Symbol.asyncDispose]: async () => {
      await client.endAsync(true);
    },
  };
  client.on("message", (topic, bytes) => {
    const channel = topic.split("/").slice(-2).join("/");
    const { data: jws } = parseOuter(bytes);
    if (typeof jws !== "string") return;
    const event = eventOfOwn(jws) as unknown as { type: string; data: Record<string, unknown> };
    heard.push({ channel, event });
    if (channel === "up/sta") statuses.push(statusEvent.parse(event).data);
    wire.tell(channel, event);
  });
  await client.subscribeAsync("lintel1/#", { qos: 1 });
  return wire;
}

/** What the page at the wall is told to draw, oldest first. */
export interface Page extends Disposable {
  readonly shown: readonly Screenful[];
}

export function openPage(url: string): Page {
  const stop = new AbortController();
  const shown: Screenful[] = [];
  const read = async (): Promise<void> => {
    const { body } = await fetch(new URL("/events", url), { signal: stop.signal });
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, data] = /^event: screen\ndata: (.*)$/m.exec(block) ?? [];
        if (data !== undefined) shown.push(JSON.parse(data) as Screenful);
      }
    }
  };
  // It ends with the clock, or with us.
  read().catch(() => {});
  return { shown, [Symbol.dispose]: () => stop.abort() };
}

const cli = new URL("../../provisioning/cli.ts", import.meta.url).pathname;
const run = promisify(execFile);

/** What a command printed, also where it ended with 1. */
export async function lintel(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [cli, ...args]).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === 1 && "stdout" in error) return error as never;
    throw error;
  });
  return stdout;
}
