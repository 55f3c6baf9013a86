import { type Command, Option } from "commander";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { type StatusEvent, statusEvent } from "../../kiosk/uplink/contract/wire.ts";
import { type Gap, gapsOf } from "../../kiosk/uplink/receiver/gaps.ts";
import { standing } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { type Heard, prometheusText } from "../receive/metrics.ts";
import { openPlace, placeForms } from "../receive/places.ts";
import { print, printJson } from "./print.ts";

interface Options {
  readonly name: string;
  readonly json?: boolean;
  readonly format: "text" | "json" | "prometheus";
}

export function addGaps(program: Command): void {
  program
    .command("gaps")
    .summary("name what a receiver does not have")
    .description(
      "Names the numbers that are not in a receiver's store, and why: pending (the clock owes them), missing (ask the " +
        "clock again), gone (nobody has them), declared (the clock signed that it lost them), fork (two records for one " +
        "place). Exit code 1 where anything is missing, gone or forked.",
    )
    .argument("<place>", placeForms)
    .option("--name <name>", "the name that clocks know the receiver by", "payroll")
    .addOption(
      new Option("--format <form>", "for people, a program, or a scraper")
        .choices(["text", "json", "prometheus"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .action(async (text: string, options: Options) => {
      const place = await openPlace(text);
      await using sink = place.sink;
      const devices = await devicesOf(sink, options.name);
      if (options.json || options.format === "json") printJson(devices);
      else if (options.format === "prometheus") print(prometheusText(devices, Date.now()));
      else print(devices.length === 0 ? "Nothing came yet." : devices.map(paragraphOf).join("\n"));
      const isWrong = devices.some(({ gaps }) => gaps.some((gap) => ["missing", "gone", "fork"].includes(gap.class)));
      if (isWrong) process.exitCode = 1;
    });
}

async function devicesOf(sink: Sink, name: string): Promise<readonly Heard[]> {
  const sources = [...new Set((await sink.read.streams()).map(({ source }) => source))];
  const devices: Heard[] = [];
  for (const source of sources) {
    const status = await sink.read.status(source);
    const said = status === null ? null : statusIn(status.jws);
    const stands = await standing(sink, [source]);
    devices.push({
      source,
      heard: status === null ? null : new Date(status.heardMs).toISOString(),
      epochs: stands.map(({ epoch, upto }) => ({ epoch, upto })),
      gaps: (
        await Promise.all(stands.map(async (stand) => gapsOf(stand, said, name, await sink.read.since(stand))))
      ).flat(),
    });
  }
  return devices;
}

const statusIn = (jws: string): StatusEvent["data"] | null => statusEvent.safeParse(eventOfOwn(jws)).data?.data ?? null;

function paragraphOf({ source, heard, epochs, gaps }: Heard): string {
  const upto = epochs.map(({ epoch, upto }) => `${epoch}/${upto}`).join(", ");
  return [
    `${source}: complete up to ${upto}, last heard ${heard ?? "never"}`,
    ...gaps.map(
      (gap) => `  ${gap.class} ${gap.epoch}/${gap.from}${gap.to > gap.from ? `-${gap.to}` : ""}${agoOf(gap)}`,
    ),
  ].join("\n");
}

const agoOf = ({ sinceMs }: Gap): string => (sinceMs === null ? "" : ` since ${new Date(sinceMs).toISOString()}`);
