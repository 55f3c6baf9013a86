import type { Command } from "commander";
import { luWords } from "../../kiosk/uplink/contract/codes.ts";
import { ownCases, readCases } from "../conform/cases.ts";
import { type ConformanceRun, type Outcome, runConformance } from "../conform/run.ts";
import { print, printJson } from "./print.ts";

interface Options {
  readonly cases: string;
  readonly quiet: string;
  readonly only?: string;
  readonly json?: boolean;
}

export function addConform(program: Command): void {
  program
    .command("conform")
    .summary("try a verifier in any language")
    .description(
      "Starts a program, writes one case a line to its stdin and reads one verdict a line from its stdout: " +
        '{"id": 7, "ok": ...} or {"id": 7, "code": 1006}. docs/uplink/conformance.md says what each kind of case asks.',
    )
    .option("--cases <dir>", "folder of cases", ownCases)
    .option("--only <kinds>", "cases of these kinds alone, with commas between them")
    .option("--quiet <seconds>", "end a program that says nothing for so long", "30")
    .option("--json", "print the outcomes for a program")
    .argument("<program...>", "what to start; put -- before it")
    .action(async (command: string[], { cases, only, quiet, json }: Options) => {
      const kinds = only?.split(",");
      const wanted = readCases(cases).filter(({ kind }) => kinds?.includes(kind) ?? true);
      const run = await runConformance(wanted, command, 1000 * (Number(quiet) || 30));
      if (json) printJson(run);
      else print(reportOf(run).join("\n"));
      if (run.outcomes.length === 0 || run.outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
    });
}

const failuresShown = 40;

function reportOf({ outcomes, troubles }: ConformanceRun): readonly string[] {
  const failed = outcomes.filter(({ passed }) => !passed);
  const kinds = Map.groupBy(outcomes, ({ one }) => one.kind);
  const table = [...kinds].map(([kind, of]) => {
    const good = of.filter(({ passed }) => passed).length;
    return `${kind.padEnd(12)} ${String(good).padStart(4)} passed  ${String(of.length - good).padStart(4)} failed`;
  });
  const shown = failed.slice(0, failuresShown).flatMap(failureOf);
  const more = failed.length > failuresShown ? [`... and ${failed.length - failuresShown} more`] : [];
  const sentences = troubles.map((text) => `The program ${text}`);
  return [
    ...table,
    ...shown,
    ...more,
    ...sentences,
    `${outcomes.length - failed.length} passed, ${failed.length} failed`,
  ];
}

function failureOf({ one, got }: Outcome): readonly string[] {
  return [
    `✗ ${one.kind}: ${one.name}${one.note === undefined ? "" : ` (${one.note})`}`,
    `    wanted ${inWords(one.expect)}`,
    `    got    ${got === null ? "no verdict" : inWords(got)}`,
  ];
}

function inWords(verdict: unknown): string {
  const { code } = (typeof verdict === "object" ? (verdict ?? {}) : {}) as { code?: unknown };
  const words = Object.entries(luWords).find(([number]) => number === String(code))?.[1];
  return words === undefined ? JSON.stringify(verdict).slice(0, 300) : `LU-${code}: ${words}`;
}
