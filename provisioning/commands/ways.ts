import type { Command } from "commander";
import type { EvenWays, WayFigures } from "../../kiosk/core/even-ways.ts";
import { evenWaysAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { print, printJson } from "./print.ts";

export function addWays(program: Command): void {
  program
    .command("ways")
    .summary("how long each way in takes people at this clock: face, badge, PIN, pass")
    .description(
      "For whoever looks after those who do not give their face: sums of the last four weeks, of nobody in particular. Ends " +
        "with 1 where a way takes more than half as long again as a face.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--json", "print it for a program")
    .action(async ({ state: directory, json }: { readonly state: string; readonly json?: boolean }) => {
      const found = await askDesk({ directory, request: { ask: "ways" }, answer: evenWaysAnswer });
      if (json) printJson(found);
      else print(linesOf(found));
      if (found.slower.length > 0) process.exitCode = 1;
    });
}

const nameOf = { face: "face", badge: "badge", pin: "PIN", pass: "pass" } as const;

function linesOf({ days, ways, slower }: EvenWays): string {
  const rows = ways.map(
    (one) => `${nameOf[one.way].padEnd(6)} ${String(one.punches).padStart(7)} punches   ${figuresIn(one)}`,
  );
  const verdict =
    slower.length === 0
      ? "No way takes clearly longer than a face."
      : `${slower.map((way) => nameOf[way]).join(" and ")}: more than half as long again as a face. Find out why: a reader far from where people stand, a pad that is hard to find.`;
  return [`${days} days`, ...rows, verdict].join("\n");
}

function figuresIn({ medianMs, refused, refusedShare }: WayFigures): string {
  const took = medianMs === null ? "too few to tell" : `half of them within ${(medianMs / 1000).toFixed(1)} s`;
  return `${took}; ${refused} visits refused${refusedShare === null ? "" : ` (${Math.round(100 * refusedShare)} %)`}`;
}
