import type { Command } from "commander";
import { configJsonSchema, readConfig } from "../../kiosk/config.ts";
import { printJson } from "./print.ts";

export function addConfig(program: Command): void {
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
}
