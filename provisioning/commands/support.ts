import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { readConfig } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { readOpeningKey, readSealingKey } from "../backup/sealing-key.ts";
import { gatherBundle, openBundle, writeBundle } from "../support/bundle.ts";
import { print } from "./print.ts";

interface Flags {
  readonly out?: string;
  readonly for?: string;
  readonly log?: string;
  readonly doctor: boolean;
}

export function addSupport(program: Command): void {
  const support = program
    .command("support")
    .summary("one file for whoever helps from afar, with nobody in it")
    .description(
      "What doctor finds, versions, settings without secrets and names, counts of the journal, the log's newest lines in " +
        "our own words, units and figures. Takes the settings that the clock itself takes. Sealed for the support key " +
        "(--for, or the setting supportKey) where there is one.",
    )
    .option("--out <file>", "the file; it must not be there yet")
    .option("--for <file>", "public JWK of whoever helps")
    .option("--log <file>", "a saved log instead of journald's")
    .option("--no-doctor", "do not ask lintel doctor")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(async (settings: readonly string[], { out, for: keyFile, log, doctor }: Flags, self: Command) => {
      if (out === undefined) return self.error("error: required option '--out <file>' not specified");
      const named = keyFile ?? supportKeyIn(settings);
      const key = named === undefined ? null : await readSealingKey(named);
      const bundle = await gatherBundle({ settings, logFile: log, now: new Date(), isExamined: doctor });
      save(out, await writeBundle(bundle, key));
      if (key === null) {
        process.stderr.write(
          "It is NOT sealed: read it before you send it, or say --for with the support's public key.\n",
        );
      }
      print(`Written to ${out}${key === null ? "" : `, sealed for ${key.kid}`}.`);
    });

  support
    .command("open")
    .summary("read a sealed one, at the support's desk")
    .argument("<file>")
    .requiredOption("--key <file>", "private JWK that opens it")
    .action(async (file: string, { key }: { readonly key: string }) =>
      print(await openBundle(file, await readOpeningKey(key))),
    );
}

function supportKeyIn(settings: readonly string[]): string | undefined {
  try {
    return readConfig(settings, process.env).supportKey;
  } catch (error) {
    // Wrong settings are one more thing that whoever helps has to see.
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new Fault("config-invalid", `${file} cannot be written`, "Name a new file in a folder of yours.", cause);
  }
}
