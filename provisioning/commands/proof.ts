import type { Command } from "commander";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { describe, ofReceipt, prove, sentenceOf } from "../receive/lookup.ts";
import { print, printJson } from "./print.ts";

export function addProof(program: Command): void {
  program
    .command("proof")
    .summary("prove that a record is in the log")
    .description(
      "Makes the inclusion proof (RFC 9162) of a record up to the first checkpoint that its clock signed after it. " +
        "Anybody can check it with the two signed records that it holds.",
    )
    .argument("<id>", "the record's id, or its receipt code")
    .requiredOption("--from <place>", archiveForms)
    .option("--json", "print record, checkpoint and path for a program")
    .action(async (id: string, options: { readonly from: string; readonly json?: boolean }) => {
      await using archive = await openArchive(options.from);
      const byId = await archive.read.byId(id);
      const [found, ...others] = byId.length > 0 ? byId : ((await ofReceipt(id, archive)) ?? []);
      if (found === undefined || others.length > 0) {
        print(found === undefined ? "No such record here." : "More than one record is called so.");
        process.exitCode = 1;
        return;
      }
      const proved = await prove(found, archive);
      if (options.json) printJson(proved);
      else print(`${describe(found)}\n${sentenceOf(proved)}`);
      if (proved.is !== "proved") process.exitCode = 1;
    });
}
