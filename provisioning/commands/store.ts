import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { exportedLines } from "../carry/export.ts";
import { importFile } from "../carry/import.ts";
import { readDevices } from "../receive/keys.ts";
import { openPlace, placeForms } from "../receive/places.ts";
import { print } from "./print.ts";

/** The data are the employer's: all of them out of a store, in lines that anybody can read, and into another one. */
export function addStore(program: Command): void {
  const store = program.command("store").summary("a receiver's store: take everything out of it, or take an export in");

  store
    .command("export")
    .summary("take everything out of a receiver's store, as lines of JSON")
    .description(
      "Records as they were signed, rosters, settings, statuses, orders. docs/receiver.md says what stands where.",
    )
    .argument("<file>", "a new file; who reads it knows what the store knows")
    .requiredOption("--from <place>", placeForms)
    .action(async (file: string, { from }: { readonly from: string }) => {
      await using sink = (await openPlace(from)).sink;
      try {
        const out = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
        await pipeline(Readable.from(exportedLines(sink, new Date().toISOString())), out);
      } catch (cause) {
        if (cause instanceof Fault) throw cause;
        const remedy = "Name a new file in a folder of yours, on a disk that has room.";
        throw new Fault("config-invalid", `${file} cannot be written`, remedy, cause);
      }
      print(`Written: ${file}`);
    });

  store
    .command("import")
    .summary("take an export into a store, proving every record of it")
    .argument("<file>", "as `lintel store export` wrote it")
    .requiredOption("--sink <place>", placeForms)
    .requiredOption("--devices <file>", "the clocks' public keys, as for `lintel receive`")
    .action(async (file: string, options: { readonly sink: string; readonly devices: string }) => {
      const { keys } = readDevices(options.devices);
      const place = await openPlace(options.sink);
      await using sink = place.sink;
      const { records, known, refused, stubs, desired, orders } = await importFile(file, sink, keys);
      print(
        `Proved and taken into ${place.name}: ${records} records, ${known} were here; ${desired} of roster and settings.`,
      );
      if (stubs > 0) print(`${stubs} texts were forgotten before the export: their places stay empty here.`);
      if (orders > 0) print(`${orders} orders were told of; none is given again.`);
      if (refused === 0) return;
      print(`REFUSED: ${refused}, signed by no key in ${options.devices}.`);
      process.exitCode = 1;
    });
}
