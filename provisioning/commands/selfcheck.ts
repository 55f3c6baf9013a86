import type { Command } from "commander";
import { readConfig } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { notedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { checkAll, type Standing } from "../selfcheck/all.ts";
import { placeOf } from "../selfcheck/place.ts";
import { print, printJson } from "./print.ts";

export function addSelfcheck(program: Command): void {
  program
    .command("selfcheck")
    .summary("say of every promise whether it holds on this clock now")
    .description(
      "Looks at the state folder, the settings, the models, the process and what the running clock says of itself; " +
        "changes nothing but the journal, where the result is written for the cloud. Run it as the user of the clock; " +
        "a timer should run it daily. Takes the clock's own settings (--state, --broker …).",
    )
    .option("--json", "print every promise for a program")
    .option("--all", "name also the promises that cannot be checked here")
    .option("--quiet", "do not write the result into the clock's journal")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(async (settings: readonly string[], flags: { json?: boolean; all?: boolean; quiet?: boolean }) => {
      const config = readConfig(settings, process.env);
      const place = await placeOf(config);
      const standings = await checkAll(place);
      if (flags.json) printJson(standings);
      else print(pageOf(standings, flags.all === true));
      if (standings.some(({ is }) => is === "broken")) process.exitCode = 1;
      if (flags.quiet || place.pid === null) return;
      await tell(config.state, standings, flags.json === true);
    });
}

async function tell(directory: string, standings: readonly Standing[], isSilent: boolean): Promise<void> {
  const count = (is: Standing["is"]): number => standings.filter((standing) => standing.is === is).length;
  const broken = standings.filter(({ is }) => is === "broken").map(({ id }) => id);
  const found = { holds: count("holds"), unchecked: count("unchecked"), broken };
  try {
    await askDesk({ directory, request: { ask: "selfcheck", found }, answer: notedAnswer, asOwner: true });
    if (!isSilent) print("Written into the journal, for the cloud.");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // The result stands above; that nobody else hears of it is a failure of its own.
    process.stderr.write(`Nobody else hears of this: ${error.message}. ${error.remedy} (${error.code})\n`);
    process.exitCode = process.exitCode === 1 ? 1 : 2;
  }
}

const marks = { holds: "holds ", broken: "BROKEN", unchecked: "?     " } as const;

function pageOf(standings: readonly Standing[], isAll: boolean): string {
  const shown = standings.filter(({ is }) => isAll || is !== "unchecked");
  const lines = shown.map(
    ({ id, is, sentence, because, how }) =>
      `${marks[is]} ${id.padEnd(6)} ${sentence}\n${" ".repeat(14)}${because} (${how})`,
  );
  const count = (is: Standing["is"]): number => standings.filter((standing) => standing.is === is).length;
  const summary = `${count("holds")} hold, ${count("broken")} do not, ${count("unchecked")} cannot be checked here.`;
  return [...lines, "", summary].join("\n");
}
