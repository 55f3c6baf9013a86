import type { Command } from "commander";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Finding, linesOf, wrong } from "../doctor/finding.ts";
import { examineUplink } from "../doctor/uplink.ts";
import { print, printJson } from "./print.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("say what keeps punches from being receipted, and what to do about it")
    .description(
      "Looks at everything between this clock and a receipt, and stops at the first thing that is wrong. Takes the " +
        "settings that the clock itself takes (--state, --broker …) and changes nothing.",
    )
    .option("--json", "print the findings for a program")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(async (settings: readonly string[], { json }: { json?: boolean }) => {
      const findings: Finding[] = [];
      const tell = (finding: Finding): void => {
        findings.push(finding);
        if (!json) print(linesOf(finding));
      };
      const config = settingsOf(settings);
      if (config instanceof Fault) tell(wrong("settings", config));
      else for await (const finding of examineUplink(config, AbortSignal.timeout(60_000))) tell(finding);
      if (json) printJson(findings);
      if (findings.some(({ is }) => is === "wrong")) process.exitCode = 1;
    });
}

function settingsOf(argv: readonly string[]): Config | Fault {
  try {
    return readConfig(argv, process.env);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
