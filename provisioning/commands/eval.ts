import { open } from "node:fs/promises";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import type { Padding } from "../eval/describe.ts";
import { evaluateFaces } from "../eval/faces.ts";
import { facesPage } from "../eval/faces-page.ts";
import { evaluateLiveness } from "../eval/liveness.ts";
import { livenessPage } from "../eval/liveness-page.ts";
import { openProgress } from "../eval/progress.ts";
import { facesSentences, livenessSentences } from "../eval/sentences.ts";
import { print, printJson } from "./print.ts";

interface Common {
  readonly json?: boolean;
  readonly report?: string;
  readonly models?: string;
  readonly assets: string;
}

interface FacesFlags extends Common {
  readonly pad: string;
  readonly peer: readonly string[];
  readonly fpirTarget: string;
  readonly limit?: string;
}

interface LivenessFlags extends Common {
  readonly liveMin: string;
  readonly liveSure: string;
}

export function addEval(program: Command): void {
  const parent = program
    .command("eval")
    .summary("measure recognition and liveness on a folder of pictures")
    .description(
      "Measures what the kiosk's own models do on pictures you have. Results are aggregates: no name and no file is told.",
    );
  addCommon(parent.command("faces"))
    .summary("recognition, on one folder per person")
    .description(
      "One folder per person (LFW layout) with JPEG or PNG pictures. Tells FTE, FMR and FNMR, ROC and DET, FPIR and FNIR (ISO/IEC 19795-1).",
    )
    .option("--pad <share>", "widen pictures by this share on each side, or only tight crops: auto", "auto")
    .option("--peer <module>", "another recogniser to ask about the same pictures; may be repeated", collect, [])
    .option("--fpir-target <rate>", "how often a stranger may be taken for somebody", `${defaultPolicy.fpirTarget}`)
    .option("--limit <count>", "look at no more pictures than this")
    .action(async (directory: string, flags: FacesFlags) => {
      const result = await evaluateFaces({
        directory,
        padding: paddingOf(flags.pad),
        peers: flags.peer,
        models: { manifest: flags.models, assets: flags.assets },
        fpirTarget: numberOf("--fpir-target", flags.fpirTarget, 1e-9, 1),
        limit: flags.limit === undefined ? Infinity : Math.floor(numberOf("--limit", flags.limit, 1, 1e6)),
        progress: openProgress(),
      });
      await tell(flags, result, facesSentences(result), () => facesPage(result));
    });
  addCommon(parent.command("liveness"))
    .summary("presentation attacks, on live/ and one folder per kind of attack")
    .description(
      "Each file is one presentation: a picture, or a clip of which the first seconds count. Tells APCER per species, BPCER and non-responses (terms of ISO/IEC 30107-3).",
    )
    .option("--live-min <score>", "refused below this", `${defaultPolicy.liveMin}`)
    .option("--live-sure <score>", "believed from this on", `${defaultPolicy.liveSure}`)
    .action(async (directory: string, flags: LivenessFlags) => {
      const abort = new AbortController();
      const stop = (): void => abort.abort();
      process.once("SIGINT", stop);
      try {
        const result = await evaluateLiveness({
          directory,
          models: { manifest: flags.models, assets: flags.assets },
          liveMin: numberOf("--live-min", flags.liveMin, 0, 1),
          liveSure: numberOf("--live-sure", flags.liveSure, 0, 1),
          progress: openProgress(),
          signal: abort.signal,
        });
        await tell(flags, result, livenessSentences(result), () => livenessPage(result));
      } finally {
        process.removeListener("SIGINT", stop);
      }
    });
}

const addCommon = (command: Command): Command =>
  command
    .argument("<dir>", "the folder")
    .option("--json", "print the result for a program")
    .option("--report <file>", "write a page with plots as well; it holds no picture and no name")
    .option("--models <file>", "another model manifest than the release's")
    .option("--assets <dir>", "where the model files are", ".cache/assets");

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function paddingOf(text: string): Padding {
  return text === "auto" ? "auto" : numberOf("--pad", text, 0, 1);
}

function numberOf(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new Fault("eval-unusable", `${flag} is no number from ${min} to ${max}`, "See lintel eval --help.");
}

async function tell(flags: Common, result: object, sentences: readonly string[], page: () => string): Promise<void> {
  if (flags.report !== undefined) await write(flags.report, page());
  if (flags.json) printJson(result);
  else print(sentences.join("\n"));
}

async function write(path: string, text: string): Promise<void> {
  try {
    await using file = await open(path, "w");
    await file.writeFile(text);
  } catch (cause) {
    throw new Fault("eval-unusable", "The report cannot be written", "Name a file in a folder that exists.", cause);
  }
}
