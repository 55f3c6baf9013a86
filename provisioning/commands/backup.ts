import type { Command } from "commander";
import { openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openBackup, readLabel, writeBackup } from "../backup/file.ts";
import { importInto } from "../backup/import.ts";
import { owedIn, punchesIn } from "../backup/owed.ts";
import { restore } from "../backup/restore.ts";
import { makeSealingKey, readOpeningKey, readSealingKey } from "../backup/sealing-key.ts";
import { writeToStick } from "../backup/stick.ts";
import { readDevices } from "../receive/keys.ts";
import { openPlace } from "../receive/places.ts";
import { print, printJson } from "./print.ts";

interface BackupFlags {
  readonly state: string;
  readonly to: string;
  readonly for: string;
  readonly receiver: readonly string[];
  readonly json?: boolean;
}

interface RestoreFlags {
  readonly state: string;
  readonly key: string;
  readonly json?: boolean;
}

interface ImportFlags {
  readonly key: string;
  readonly sink: string;
  readonly devices: string;
  readonly name: string;
  readonly json?: boolean;
}

/** `lintel backup`, `lintel restore` and `lintel import`. */
export function addBackup(program: Command): void {
  const backup = program
    .command("backup")
    .summary("take punches that nobody has receipted yet off a clock, sealed, on a stick")
    .description(
      "Writes everything that not every receiver has receipted, sealed for the key of whoever opens it. The clock may run; " +
        "nothing in its folder changes. Nobody's name is in it, and no face.",
    )
    .option("--to <dir>", "folder where the stick is mounted")
    .option("--for <file>", "public JWK of whoever shall be able to open it")
    .option("--state <dir>", "the clock's state folder", "state")
    .option("--receiver <name...>", "all who are waited for; where nothing is said, those who ever receipted", [])
    .option("--json", "print it for a program")
    .action(async (flags: Partial<BackupFlags> & Pick<BackupFlags, "state" | "receiver">, self: Command) => {
      const { to, for: keyFile, state, receiver, json } = flags;
      if (to === undefined) return self.error("error: required option '--to <dir>' not specified");
      if (keyFile === undefined) return self.error("error: required option '--for <file>' not specified");
      const key = await readSealingKey(keyFile);
      const owed = owedIn(state, receiver);
      const made = new Date();
      const name = `lintel-${owed.source.split(":")[4]}-${made.toISOString().slice(0, 19).replaceAll(":", "-")}.backup`;
      const path = await writeToStick(to, name, await writeBackup(owed, key, made));
      const told = { path, records: owed.records.length, punches: punchesIn(owed.records), unproved: owed.unproved };
      if (json) return printJson(told);
      print(
        `${told.punches} punches in ${told.records} records, sealed for ${key.kid}, written to ${path} and read back.`,
      );
      if (owed.unproved > 0) print(`${owed.unproved} records do not prove themselves any more and were left out.`);
    });

  backup
    .command("key")
    .summary("make the key that opens backups, and print its public half for the clocks")
    .argument("<file>", "where the private half goes; it must not be there yet")
    .action((file: string) => printJson(makeSealingKey(file)));

  backup
    .command("show")
    .summary("what a backup says on its outside: whose, since when, and who can open it")
    .argument("<file>")
    .action(async (file: string) => printJson((await readLabel(file)).label));

  program
    .command("restore")
    .summary("put a backup back into the folder of the clock that made it")
    .description(
      "For a disk that lost its newest records, or an older image that was put back. The clock must not run. Twice is once; " +
        "where it could make two records of one number it is refused, and the receiver takes the file instead.",
    )
    .argument("<file>", "what `lintel backup` wrote")
    .requiredOption("--key <file>", "private JWK that opens it; take it away again afterwards")
    .option("--state <dir>", "the clock's state folder", "state")
    .option("--json", "print it for a program")
    .action(async (file: string, { state, key, json }: RestoreFlags) => {
      const done = await restore(state, await openBackup(file, await readOpeningKey(key)));
      if (json) return printJson(done);
      if (done.epoch === null) return print("Everything in it is here already: nothing was changed.");
      print(`${done.punches} punches in ${done.records} records are back; the clock goes on in epoch ${done.epoch}.`);
    });

  program
    .command("import")
    .summary("give a receiver the punches of a clock that cannot send them any more")
    .description(
      "Verifies every record with the clock's key, as if it had come over the network: what is there already is counted " +
        "and not kept twice. Exit code 1 where a record was refused or contradicts one that is there.",
    )
    .argument("<file>", "what `lintel backup` wrote")
    .requiredOption("--key <file>", "private JWK that opens it")
    .requiredOption("--sink <place>", "postgres://… or sqlite:FILE: where `lintel receive` keeps records")
    .requiredOption("--devices <file>", "the clocks' public keys, as for `lintel receive`")
    .option("--name <name>", "the name that clocks know this receiver by", "payroll")
    .option("--json", "print it for a program")
    .action(async (file: string, { key, sink: place, devices, name, json }: ImportFlags) => {
      const owed = await openBackup(file, await readOpeningKey(key));
      const { sink } = await openPlace(place);
      await using store = sink;
      const receiver = openReceiver({ sink: store, keys: readDevices(devices).keys, name, signer: null });
      const { records, fresh, duplicates, forks, refused } = await importInto(receiver, owed);
      if (forks > 0 || refused.length > 0) process.exitCode = 1;
      if (json) return printJson({ source: owed.source, records, fresh, duplicates, forks, refused });
      print(`${records} records of ${owed.source}: ${fresh} are new, ${duplicates} were here.`);
      if (forks > 0) print(`${forks} contradict a record that is here: both are kept, see \`lintel gaps\`.`);
      for (const { code, count } of refused) print(`${count} were refused with LU-${code}.`);
    });
}
