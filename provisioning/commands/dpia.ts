import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { readConfig } from "../../kiosk/config.ts";
import { factsOf } from "../dpia/facts.ts";
import { htmlOf } from "../dpia/html.ts";
import { dpiaPages } from "../dpia/pages.ts";
import { print } from "./print.ts";

export function addDpia(program: Command): void {
  program
    .command("dpia")
    .summary("write the record of processing and the annex to the impact assessment")
    .description(
      "From the settings, the employer's policy, the retention rules and the models as they are here. What only the " +
        "employer knows is left blank, by name. Takes the clock's own settings (--state, --broker …).",
    )
    .option("--out <file>", "write it there instead of to the screen; HTML where the name ends in .html")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(async (settings: readonly string[], { out }: { out?: string }) => {
      const config = readConfig(settings, process.env);
      const pages = dpiaPages(await factsOf(config), new Date().toISOString().slice(0, 10));
      if (out === undefined) return print(pages);
      await writeFile(out, out.endsWith(".html") ? htmlOf(pages, `Record of processing: ${config.site}`) : pages);
      print(`Written: ${out}`);
    });
}
