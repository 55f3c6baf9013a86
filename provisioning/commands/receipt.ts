import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { describe, ofReceipt, prove, sentenceOf } from "../receive/lookup.ts";
import { print, printJson } from "./print.ts";

export function addReceipt(program: Command): void {
  program
    .command("receipt")
    .summary("find the punch of a receipt code")
    .description(
      "Finds what an employee's receipt code stands for, in a receiver's store or in a clock's journal, and proves that " +
        "it is in the log. Exit code 1: there is no such record, so something was taken away, or the code was misread.",
    )
    .argument("<code>", "the 8 letters of the screen, or the 36 of the receipt")
    .requiredOption("--from <place>", archiveForms)
    .option("--json", "print it for a program")
    .action(async (code: string, options: { readonly from: string; readonly json?: boolean }) => {
      await using archive = await openArchive(options.from);
      const found = await ofReceipt(code, archive);
      if (found === null) {
        throw new Fault(
          "config-invalid",
          `"${code}" is no receipt code`,
          "It has 8 or 36 letters and digits, never U.",
        );
      }
      const answers = [];
      for (const record of found) answers.push({ record, proved: await prove(record, archive) });
      if (options.json) printJson(answers);
      else if (answers.length === 0) print("No record here has this code.");
      else for (const { record, proved } of answers) print(`Here: ${describe(record)}\n${sentenceOf(proved)}`);
      if (answers.length === 0 || answers.some(({ proved }) => proved.is === "not-provable")) process.exitCode = 1;
    });
}
