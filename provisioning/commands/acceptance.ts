import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Argument, type Command, InvalidArgumentError } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { signedAnswer } from "../../kiosk/desk/acceptance.ts";
import { type Draft, readDraft } from "../acceptance/draft.ts";
import { type Judged, judge, type PartName, partNames } from "../acceptance/judge.ts";
import { acceptancePage } from "../acceptance/page.ts";
import { runAcceptance } from "../acceptance/run.ts";
import { hashOf, prove, sealed } from "../acceptance/seal.ts";
import { askDesk } from "../desk-client.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface RunFlags {
  readonly state: string;
  readonly draft: string;
  readonly person: readonly PersonId[];
  readonly species: readonly string[];
  readonly presentations: number;
  readonly offline: number;
  readonly json?: boolean;
}

interface ReportFlags {
  readonly state: string;
  readonly draft: string;
  readonly out: string;
}

export function addAcceptance(program: Command): void {
  const acceptance = program
    .command("acceptance")
    .summary("accept a site: test the clock on its wall, and sign what was found")
    .description(
      "A guided test of ten minutes for a technician, and a report that the clock signs (docs/acceptance.md).",
    );

  acceptance
    .command("run")
    .summary("the guided test, or some parts of it; what is done is kept")
    .addArgument(new Argument("[parts...]", "these parts, again; none: whatever has not passed").choices(partNames))
    .option("--state <dir>", "state folder of the clock, or the folder of its desk", "state")
    .option("--draft <file>", "where the measurements are kept until the report is signed", "acceptance.json")
    .option("--person <id>", "somebody who punches for the test; may be repeated", persons, [])
    .option("--species <codes>", "kinds of attack, with commas", codes, ["print", "phone"])
    .option("--presentations <n>", "how many of each kind", count, 10)
    .option("--offline <n>", "how many punches while the network is away", count, 2)
    .option("--json", "print what was found for a program")
    .action(async (parts: readonly PartName[], flags: RunFlags) => {
      const { state: directory, draft: path, person: people, offline: offlinePunches } = flags;
      const { species, presentations } = flags;
      const found = await runAcceptance({
        ...{ directory, path, only: parts, people, species, presentations, offlinePunches },
      });
      const judged = judge(found);
      if (flags.json) printJson(judged);
      else print(pageOf(judged, path));
      if (judged.some(({ is }) => is !== "passed")) process.exitCode = 1;
    });

  acceptance
    .command("report")
    .summary("have the clock sign what was found, as a page to print and keep")
    .option("--state <dir>", "state folder of the clock, or the folder of its desk", "state")
    .option("--draft <file>", "what was measured", "acceptance.json")
    .option("--out <file>", "where the report is written", "acceptance.html")
    .action(report);

  acceptance
    .command("verify")
    .summary("check that a report is the one that the clock signed")
    .argument("<file>", "the report")
    .option("--clock <file>", "device.pub.jwk of the clock; by default of --state")
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--json", "print it for a program")
    .action(async (file: string, { clock, state, json }: { clock?: string; state: string; json?: boolean }) => {
      const proof = prove(await text(file), await text(clock ?? join(state, "device.pub.jwk")));
      if (json) return printJson(proof);
      const { source, time, epoch, seq, data } = proof;
      const why = [data.role, data.reason, data.ticket].filter(Boolean).join(", ");
      print(`Genuine: signed by ${source} at ${time} as record ${epoch}/${seq}, for ${data.by}${why && ` (${why})`}`);
    });
}

async function report({ state, draft: path, out }: ReportFlags): Promise<void> {
  const draft = await readDraft(path);
  if (draft === null) {
    throw new Fault(
      "acceptance-unusable",
      `${path} is not there`,
      "Run `lintel acceptance run` first, or name --draft.",
    );
  }
  const page = acceptancePage(draft, new Date().toISOString());
  const wish = { of: "sign", h: hashOf(page), n: resultsIn(draft) } as const;
  const { jws, epoch, seq } = await askDesk({
    directory: state,
    request: { ask: "acceptance", wish },
    answer: signedAnswer,
  });
  try {
    await writeFile(out, sealed(page, jws), { flag: "wx" });
  } catch (cause) {
    throw new Fault("acceptance-unusable", `${out} cannot be written`, "Name a new file with --out.", cause);
  }
  print(`Signed as record ${epoch}/${seq}: ${out}`);
}

/** How many measurements the report is made of. */
const resultsIn = ({ lights, seated, standing, reach, ways, network, presentations }: Draft): number =>
  lights.length +
  [seated, standing, reach, network].filter((one) => one !== null).length +
  Object.keys(ways).length +
  presentations.length;

const marks = { passed: "passed", failed: "FAILED", open: "open  " } as const;

const pageOf = (judged: readonly Judged[], path: string): string =>
  [
    ...judged.flatMap(({ title, is, advice }) => [
      `${marks[is]} ${title}`,
      ...advice.map((what) => `         ${what}`),
    ]),
    "",
    `Kept in ${path}. \`lintel acceptance run\` goes on with what has not passed; \`lintel acceptance report\` has it signed.`,
  ].join("\n");

const persons = (said: string, before: readonly PersonId[]): readonly PersonId[] => [...before, personOf(said)];

function codes(said: string): readonly string[] {
  const all = said.split(",").map((one) => one.trim());
  if (all.every((one) => /^[a-z0-9-]{1,24}$/.test(one) && one !== "bona-fide")) return all;
  throw new InvalidArgumentError("Codes of a-z, 0-9 and -, with commas, such as print,phone,tablet.");
}

function count(said: string): number {
  const value = Number(said);
  if (Number.isInteger(value) && value >= 1 && value <= 500) return value;
  throw new InvalidArgumentError("A number from 1 to 500.");
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Fault("acceptance-unusable", `${path} cannot be read`, "Name a file that is there.", cause);
  }
}
