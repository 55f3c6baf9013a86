import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { printableGuide, wantedGuide } from "../field-guide.ts";
import { print } from "./print.ts";

export function addFieldGuide(program: Command): void {
  program
    .command("field-guide")
    .summary("the technician's guide: to be read here, or as a page to be printed")
    .description("Fitting, setting up, every code and what to do, acceptance, swapping, replacing, taking away.")
    .option("--html <file>", "write it there as one page with its drawings, for a printer")
    .action(async ({ html }: { html?: string }) => {
      if (html === undefined) return print(wantedGuide());
      await writeFile(html, printableGuide());
      print(`Written: ${html}`);
    });
}
