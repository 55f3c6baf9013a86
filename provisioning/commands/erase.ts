import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { usualDays } from "../../kiosk/core/retention.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { parseOuter } from "../../kiosk/uplink/contract/outer.ts";
import { type Certificate, certificatesOf, type Forgotten, forgetIn } from "../../kiosk/uplink/receiver/forget.ts";
import { openOutbox } from "../../kiosk/uplink/receiver/outbox.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { openCloudKeys } from "../receive/cloud-keys.ts";
import { openPlace } from "../receive/places.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface Options {
  readonly from: string;
  readonly keys?: readonly string[];
  readonly exempt: readonly string[];
  readonly stubs?: boolean;
  readonly json?: boolean;
}

/** How one clock stands with it. */
interface Report {
  readonly source: string;
  /** `ordered`: it has an order to answer still. */
  readonly is: "done" | "ordered" | "not-ordered" | "not-proved" | "exempt";
  readonly certificate: Certificate | null;
}

/** As long as an order may wait for a clock that is switched off. */
const validMs = 30 * 24 * 3_600_000;

export function addErase(program: Command): void {
  program
    .command("erase")
    .summary("have a person forgotten by every clock, and see the proof")
    .description(
      "Says for every clock of a receiver's store whether it forgot the person: what went, what stays, why and until when, " +
        "and whether its own proof holds that the person is unknown there. With --keys it orders the erasure of those that " +
        "have not proved it. Exit code 1 while one is missing.",
    )
    .argument("<person>", "their pseudonym, p_ or v_ and 20 more", personOf)
    .requiredOption("--from <place>", "postgres://… or sqlite:FILE")
    .option("--keys <file...>", "the data protection officer's key: order it of every clock that has not proved it")
    .option("--exempt <device...>", "clocks that are out of use and will never answer", [])
    .option("--stubs", "when all have proved it: forget in the store too what is older than its own time")
    .option("--json", "print it for a program")
    .action(erase);
}

async function erase(person: PersonId, options: Options): Promise<void> {
  await using sink = (await openPlace(options.from)).sink;
  const before = await reportsOf(person, sink, options);
  if (options.keys !== undefined) await order(person, before, sink, options.keys);
  const reports = options.keys === undefined ? before : await reportsOf(person, sink, options);
  const exempt = reports.filter(({ is }) => is === "exempt").map(({ source }) => source);
  const stubs = options.stubs ? await forgetIn(sink, person, usualDays, Date.now(), exempt) : null;
  if (options.json) printJson({ person, clocks: reports, stubs });
  else
    print([...reports.map(paragraphOf), ...(stubs === null ? [] : [sentenceOf(stubs)])].join("\n") || "No clock yet.");
  if (reports.length === 0 || reports.some(({ is }) => is !== "done" && is !== "exempt")) process.exitCode = 1;
}

async function reportsOf(person: PersonId, sink: Sink, { exempt }: Options): Promise<readonly Report[]> {
  const certificates = await certificatesOf(person, sink.read);
  const sources = [...new Set((await sink.read.streams()).map(({ source }) => source))];
  const reports: Report[] = [];
  for (const source of sources) {
    const own = certificates.filter((one) => one.source === source);
    // The first tells what went; any that holds proves it.
    const certificate = own.find(({ isProved }) => isProved) ?? own[0] ?? null;
    const open = await sink.orders.open(source, Date.now());
    const isOrdered = open.some(({ op, letter }) => op.startsWith("erase.") && subjectIn(letter.bytes) === person);
    const is =
      certificate?.isProved === true
        ? "done"
        : exempt.includes(identityOf(source).device)
          ? "exempt"
          : isOrdered
            ? "ordered"
            : certificate === null
              ? "not-ordered"
              : "not-proved";
    reports.push({ source, is, certificate });
  }
  return reports;
}

async function order(person: PersonId, reports: readonly Report[], sink: Sink, keys: readonly string[]): Promise<void> {
  const { name: issuer, signers } = openCloudKeys(keys);
  const outbox = openOutbox({ issuer, signers, shelf: sink.orders });
  const op = person.startsWith("v_") ? "erase.visitor" : "erase.subject";
  for (const { source, is } of reports) {
    if (is !== "not-ordered" && is !== "not-proved") continue;
    try {
      await outbox.order(identityOf(source), op, { sub: person }, validMs);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Fault("key-unusable", error.message, "Name the file that holds the key of the role cmd:dpo.");
    }
  }
}

/** Of an order that we signed ourselves. */
function subjectIn(bytes: Uint8Array): unknown {
  const { data } = parseOuter(bytes);
  const event = typeof data === "string" ? eventOfOwn(data) : {};
  return (event as { readonly data?: { readonly args?: { readonly sub?: unknown } } }).data?.args?.sub;
}

const words: Readonly<Record<Report["is"], string>> = {
  done: "forgotten, and its proof holds",
  ordered: "pending: it was ordered, and the clock has not answered",
  "not-ordered": "nobody ordered it here",
  "not-proved": "it says so, but its proof does not hold",
  exempt: "out of use, as you say",
};

function paragraphOf({ source, is, certificate }: Report): string {
  const head = `${source}: ${words[is]}`;
  if (certificate === null) return head;
  const { epoch, seq, time, data } = certificate;
  const went = Object.entries(data.counts).map(([what, count]) => `${count} ${what}`);
  const rotated = data.kek_rot === null ? "" : `, the device's key changed last on ${data.kek_rot.slice(0, 10)}`;
  return [
    head,
    `  record ${epoch}/${seq} of ${time}${data.cmd === null ? ", asked for at the clock" : `, order ${data.cmd}`}`,
    `  gone: ${went.join(", ")}; their key: ${data.dek}, vouched for by ${data.assure}${rotated}`,
    ...(data.kept ?? []).map(({ cls, basis, until }) => `  stays: ${cls}, by ${basis}, until ${until.slice(0, 10)}`),
  ].join("\n");
}

const sentenceOf = ({ stubs, waiting }: Forgotten): string =>
  waiting.length > 0
    ? `Nothing was forgotten in the store: ${waiting.length} clocks have not proved it.`
    : `${stubs} records in the store are stubs now.`;
