import { type Command, InvalidArgumentError } from "commander";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Area, areas, cataloguePage } from "../doctor/catalogue.ts";
import { examine, isArea, machineOf, type Placed } from "../doctor/examine.ts";
import { linesOf, wrong } from "../doctor/finding.ts";
import { settingsOrInstalled } from "../doctor/installed.ts";
import { print, printJson } from "./print.ts";

interface DoctorFlags {
  readonly json?: boolean;
  readonly codes?: boolean;
  readonly only: readonly Area[];
}

/** Longer than every look together, each of which has a limit of its own. */
const patienceMs = 90_000;

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("say what is wrong with this clock and its machine, and what to mend first")
    .description(
      "Looks at power, storage, time, camera, reader, models, journal, certificate, broker, screen and services, in the " +
        "order in which they have to be mended. Takes the settings that the clock itself takes (--state, --broker …) and " +
        "changes nothing; a clock that runs is asked instead of disturbed. Some things only root may see.",
    )
    .option("--json", "print the findings for a program")
    .option("--only <areas>", `of ${areas.join(", ")}; with commas`, areasOf, [])
    .option("--codes", "print every code there is, and its remedy")
    .argument("[settings...]", "the clock's own settings; without any, those of the clock that is installed here")
    .allowUnknownOption()
    .action(async (settings: readonly string[], { json, only, codes }: DoctorFlags) => {
      if (codes) return print(cataloguePage());
      const findings: Placed[] = [];
      const tell = (finding: Placed): void => {
        if (!json && finding.area !== findings.at(-1)?.area) print(`\n${finding.area}`);
        findings.push(finding);
        if (!json) print(linesOf(finding));
      };
      const config = settingsOf(settingsOrInstalled(settings, process.env));
      if (config instanceof Fault) tell({ area: "services", ...wrong("settings", config) });
      else {
        const machine = await machineOf(config, process.env);
        for await (const finding of examine(machine, only, AbortSignal.timeout(patienceMs))) tell(finding);
      }
      if (json) printJson(findings);
      else print(`\n${summaryOf(findings)}`);
      if (findings.some(({ is }) => is === "wrong")) process.exitCode = 1;
    });
}

function summaryOf(findings: readonly Placed[]): string {
  const of = (is: Placed["is"]): readonly Placed[] => findings.filter((finding) => finding.is === is);
  const [first] = [...of("wrong"), ...of("weak")];
  const counts = `${of("wrong").length} wrong, ${of("weak").length} worth knowing, ${of("good").length} good, ${of("unknown").length} unknown.`;
  const begin = first === undefined ? "" : `\nBegin with: ${first.sentence} (${first.code ?? first.about}).`;
  const hidden = findings.filter(({ code }) => code === "rights-missing").map(({ about }) => about);
  const rights = hidden.length === 0 ? "" : `\nNot seen for want of rights: ${hidden.join(", ")}. With sudo it can be.`;
  return counts + begin + rights;
}

function areasOf(text: string): readonly Area[] {
  return text.split(",").map((name) => {
    if (isArea(name)) return name;
    throw new InvalidArgumentError(`Of ${areas.join(", ")}.`);
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
