import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Identity, sourceOf } from "../../kiosk/core/record.ts";
import { ops } from "../../kiosk/uplink/contract/orders.ts";
import type { KnownOrder } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openOutbox } from "../../kiosk/uplink/receiver/outbox.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { openCloudKeys } from "../receive/cloud-keys.ts";
import { newestRecordOf } from "../receive/newest-record.ts";
import { openPlace } from "../receive/places.ts";
import { print, printJson } from "./print.ts";

interface Options {
  readonly sink: string;
  readonly device?: string;
  readonly op?: string;
  readonly args: string;
  readonly keys?: readonly string[];
  readonly valid: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

const listMax = 200;

export function addCommand(program: Command): void {
  program
    .command("command")
    .summary("order a clock to do something, or see what became of orders")
    .description(
      "Signs an order and puts it into a receiver's store; the receivers send it, also after each birth, until the clock " +
        `has said what became of it. Orders: ${[...ops.keys()].join(", ")}. Exit code 1 with --list where one failed.`,
    )
    .requiredOption("--sink <place>", "postgres://… or sqlite:FILE")
    .option("--device <id>", "the clock: its id, or urn:lintel:TENANT:SITE:ID where nothing came from it yet")
    .option("--op <name>", "what to do")
    .option("--args <json>", "with what; decommission needs none: it names the newest record that is here", "{}")
    .option("--keys <file...>", "keys by role; several files where two people have to agree")
    .option("--valid <time>", "until when it may be done: 30m, 12h, 1d; at most 30d", "1d")
    .option("--list", "show what is open and what became of the rest")
    .option("--json", "print it for a program")
    .action(command);
}

async function command(options: Options): Promise<void> {
  if (/^ndjson:/.test(options.sink)) {
    throw new Fault("sink-unusable", "A file of lines keeps no orders", "Name postgres://… or sqlite:FILE.");
  }
  const { sink } = await openPlace(options.sink);
  await using store = sink;
  if (options.list) return show(await store.orders.list(listMax), options.json === true);
  const { op, keys } = options;
  if (op === undefined || options.device === undefined || keys === undefined) {
    throw new Fault("config-invalid", "Who shall do what is not said", "Say --device, --op and --keys, or --list.");
  }
  const device = await deviceOf(options.device, store);
  const args = op === "decommission" ? await endArgs(options, device, store) : argsOf(options.args);
  const { name: issuer, signers } = openCloudKeys(keys);
  const outbox = openOutbox({ issuer, signers, shelf: store.orders });
  try {
    const { id } = await outbox.order(device, op, args, validMs(options.valid));
    if (options.json) printJson({ id, source: sourceOf(device), op });
    else print(`Ordered ${op}, ${id}, of ${sourceOf(device)}.`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Fault("config-invalid", error.message, "See lintel command --help for orders, and the keys' roles.");
  }
}

function show(orders: readonly KnownOrder[], isJson: boolean): void {
  const now = Date.now();
  const isLate = ({ state, expiresMs }: KnownOrder) => (state === "open" || state === "accepted") && expiresMs < now;
  if (isJson) printJson(orders.map((order) => ({ ...order, isLate: isLate(order) })));
  else if (orders.length === 0) print("Nothing was ordered yet.");
  for (const order of isJson ? [] : orders) {
    const { id, source, op, state, detail, saidMs, orderedMs } = order;
    const when = new Date(saidMs ?? orderedMs).toISOString();
    const end = `${isLate(order) ? `${state}, too late now` : state} since ${when}`;
    print(`${id} ${op} of ${source}: ${end}${detail === null ? "" : ` (${JSON.stringify(detail)})`}`);
  }
  if (orders.some((order) => isLate(order) || ["failed", "rejected", "expired"].includes(order.state))) {
    process.exitCode = 1;
  }
}

async function deviceOf(text: string, sink: Sink): Promise<Identity> {
  if (/^urn:lintel:[a-z0-9-]{1,24}:[a-z0-9-]{1,24}:k[0-9a-z]{20}$/.test(text)) return identityOf(text);
  const known = [...new Set((await sink.read.streams()).map(({ source }) => source))];
  const [found, ...others] = known.filter((source) => identityOf(source).device === text);
  if (found !== undefined && others.length === 0) return identityOf(found);
  throw new Fault(
    "config-invalid",
    found === undefined ? `Nothing came from a clock ${text} yet` : `Two sites have a clock ${text}`,
    "Name it whole: urn:lintel:TENANT:SITE:ID.",
  );
}

type Args = Readonly<Record<string, unknown>>;

function argsOf(text: string): Args {
  try {
    const args: unknown = JSON.parse(text);
    if (typeof args === "object" && args !== null && !Array.isArray(args)) return args as Record<string, unknown>;
  } catch {
    // Said below: it may hold what must not be repeated.
  }
  throw new Fault("config-invalid", "--args is no JSON object", "Write it as --args '{\"volume\": 40}'.");
}

/** The end of a clock names the newest record of it that is here, so that a clock of which more is not here refuses. */
async function endArgs({ args, valid }: Options, device: Identity, store: Sink): Promise<Args> {
  if (validMs(valid) > 86_400_000) {
    throw new Fault(
      "config-invalid",
      `--valid ${valid}: the end of a clock waits a day at most`,
      "Say 30m, 12h or 1d.",
    );
  }
  const said = argsOf(args);
  if (Object.keys(said).length > 0) return said;
  const { epoch, seq, rh } = await newestRecordOf(sourceOf(device), store.read);
  return { ep: epoch, seq, rh };
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function validMs(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? Number.NaN);
  if (ms > 0 && ms <= 30 * 86_400_000) return ms;
  throw new Fault("config-invalid", `--valid ${text}`, "Say 30m, 12h or 1d; at most 30d.");
}
