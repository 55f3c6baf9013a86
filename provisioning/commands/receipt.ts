import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { describe, sentenceOf } from "../receive/lookup.ts";
import { answerOf } from "../receive/receipt.ts";
import { print, printJson } from "./print.ts";

export function addReceipt(program: Command): void {
  program
    .command("receipt")
    .summary("find the punch of a receipt code")
    .description(
      "Finds what an employee's receipt code stands for, in a receiver's store or in a clock's journal, and proves that " +
        "it is in the log. Exit code 1: it is not here, and why, or it cannot be proved.",
    )
    .argument("<code>", "the 36 letters of the thanks screen, as scanned or as read out")
    .requiredOption("--from <place>", archiveForms)
    .option("--json", "print it for a program")
    .action(async (code: string, options: { readonly from: string; readonly json?: boolean }) => {
      await using archive = await openArchive(options.from);
      const answer = await answerOf(code, archive);
      if (answer === null) {
        throw new Fault(
          "config-invalid",
          `"${code}" is no receipt code`,
          "It has 36 letters and digits, the first is 0, and none is U.",
        );
      }
      if (options.json) printJson(answer);
      else if (answer.is === "not-here") print(`No record here has this code. ${answer.why}`);
      else {
        const { record, proved, related } = answer;
        print(`Here: ${describe(record)}\n${sentenceOf(proved)}`);
        for (const one of related) print(`Belongs to it: ${describe(one.record)}\n${sentenceOf(one.proved)}`);
      }
      if (answer.is === "not-here" || answer.proved.is === "not-provable") process.exitCode = 1;
    });
}
