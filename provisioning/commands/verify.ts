import type { Command } from "commander";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { sentencesOf } from "../report.ts";
import { print, printJson } from "./print.ts";

export function addVerify(program: Command): void {
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
}
