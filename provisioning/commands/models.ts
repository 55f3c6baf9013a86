import { type Command, InvalidArgumentError, Option } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { modelManifestUrl } from "../../kiosk/inference/models.ts";
import { type Addition, addModel } from "../models/add.ts";
import { checkModels, type ManifestCheck } from "../models/check.ts";
import { type Field, parseField } from "../models/fields.ts";
import { pinOf, presenceOf, readShelf, type Shelf } from "../models/shelf.ts";
import { print, printJson } from "./print.ts";

const kinds = ["detector", "landmarks", "embedding", "pad", "eye", "pose"] as const;
const decoders = ["boxes-xyxy-normalised", "ssd-priors", "yunet", "scrfd", "blazeface"];

interface Where {
  readonly manifest?: string;
  readonly dir: string;
  readonly json?: boolean;
}

export function addModels(program: Command): void {
  const models = program
    .command("models")
    .summary("list, check and add recognition models")
    .description("Shows what the models are and where they come from, tries them, and adds one of your own.");
  whereOptions(models.command("list"))
    .summary("what the models are, where they come from, what may be done with them")
    .option("--json", "for programs")
    .action(listModels);
  whereOptions(models.command("check"))
    .summary("compare hashes, names and shapes, and run every model once")
    .option("--allow-non-commercial", "as the clock is started with it", false)
    .option("--json", "for programs")
    .action(checkAll);
  addCommand(whereOptions(models.command("add <file>")));
}

const whereOptions = (command: Command): Command =>
  command
    .option("--manifest <file>", "the model manifest; the release's own where none is named")
    .option("--dir <dir>", "the asset folder", ".cache/assets");

const shelfAt = ({ manifest }: Where): Promise<Shelf> => readShelf(manifest ?? modelManifestUrl);

async function listModels(where: Where): Promise<void> {
  const shelf = await shelfAt(where);
  const rows = await Promise.all(
    shelf.models.map(async (model) => {
      const { kind, file, weights, runtime, whatItIs, certainty, licence, source, commercialUse } = model;
      const sha256 = pinOf(file, shelf.assets)?.sha256 ?? null;
      const present = await presenceOf(model, shelf, where.dir);
      return { kind, file, weights, runtime, whatItIs, certainty, licence, source, commercialUse, sha256, present };
    }),
  );
  if (where.json) return printJson(rows);
  for (const { kind, file, runtime, whatItIs, certainty, licence, source, commercialUse, sha256, present } of rows) {
    print(`${kind}: ${file} (${runtime}, ${sha256?.slice(0, 16) ?? "no hash"}, ${present})`);
    print(`  what it is:     ${whatItIs}`);
    print(`  how sure:       ${certainty}`);
    print(`  licence:        ${licence}`);
    print(`  commercial use: ${commercialUse}`);
    print(`  source:         ${source}`);
  }
  print(`Where the files come from: ${shelf.assets.source}`);
  print(`What is not certain: ${shelf.assets.doubt}`);
}

async function checkAll(where: Where & { readonly allowNonCommercial: boolean }): Promise<void> {
  const check = await checkModels(await shelfAt(where), where.dir, where);
  if (where.json) printJson(check);
  else for (const line of sentencesOf(check)) print(line);
  const isWell = check.trouble === null && check.models.every(({ trouble }) => trouble === null);
  process.exitCode = isWell ? 0 : 1;
}

function sentencesOf({ models, trouble }: ManifestCheck): readonly string[] {
  const lines = models.map(({ kind, file, trouble: own, openMs }) =>
    own === null ? `good  ${kind}: ${file}, loaded and run in ${openMs} ms` : `BAD   ${kind}: ${own}`,
  );
  return [...lines, trouble === null ? "Together they make an engine." : `Together they make no engine: ${trouble}`];
}

interface AddOptions extends Where {
  readonly kind: (typeof kinds)[number];
  readonly decoder?: string;
  readonly out: string;
  readonly whatItIs: string;
  readonly certainty: string;
  readonly licence: string;
  readonly source: string;
  readonly commercialUse: string;
  readonly color?: string;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly resize?: string;
  readonly sampling?: string;
  readonly set: readonly Field[];
  readonly replace: boolean;
}

function addCommand(command: Command): void {
  command
    .summary("describe a model of your own in a copy of the manifest")
    .description(
      "Copies the file into the asset folder, writes its hash, and asks for nothing that the file says itself. " +
        "The manifest that comes out is what --models of the kiosk takes.",
    )
    .addOption(new Option("--kind <kind>", "what it is for").choices(kinds).makeOptionMandatory())
    .requiredOption("--out <file>", "where the new manifest goes")
    .requiredOption("--what-it-is <text>", "architecture, training set, version")
    .requiredOption("--certainty <text>", "how sure you are of that")
    .requiredOption("--licence <text>", "of the weights")
    .requiredOption("--source <text>", "where the file came from")
    .addOption(
      new Option("--commercial-use <answer>", "whether the weights allow it")
        .choices(["yes", "doubtful", "no"])
        .makeOptionMandatory(),
    )
    .addOption(new Option("--decoder <name>", "how a detector's outputs are read").choices(decoders))
    .addOption(new Option("--color <order>", "of the input").choices(["RGB", "BGR", "GRAY"]))
    .option("--mean <numbers>", "one, or one per channel, on 0..255", numbers)
    .option("--std <numbers>", "likewise", numbers)
    .addOption(new Option("--resize <how>", "stretch where nothing is said").choices(["stretch", "letterbox"]))
    .addOption(new Option("--sampling <how>", "bilinear where nothing is said").choices(["area", "bilinear"]))
    .option("--set <field=value>", "any other field, by its path; may be repeated", collect, [])
    .option("--replace", "put it in the place of the liveness models, not beside them", false)
    .action(add);
}

async function add(file: string, options: AddOptions): Promise<void> {
  const addition: Addition = {
    path: file,
    kind: options.kind,
    decoder: options.decoder ?? null,
    replace: options.replace,
    fields: [...flagFields(options), ...options.set],
  };
  const { model, replaced, pins } = await addModel(await shelfAt(options), addition, options.out, options.dir);
  for (const { name, sha256 } of pins) print(`${name}: copied, sha256 ${sha256.slice(0, 16)}`);
  if (replaced.length > 0) print(`It takes the place of ${replaced.join(", ")}.`);
  if (model.kind === "embedding") print(`Everybody must enrol again: the new space is ${model.spaceId}.`);
  if (model.commercialUse === "no") print("The clock starts with it only where --allow-non-commercial is given.");
  print(`Start the clock with --models ${options.out}`);
}

function flagFields(options: AddOptions): readonly Field[] {
  const given: readonly Field[] = [
    ["whatItIs", options.whatItIs],
    ["certainty", options.certainty],
    ["licence", options.licence],
    ["source", options.source],
    ["commercialUse", options.commercialUse],
    ["input.color", options.color],
    ["input.mean", options.mean],
    ["input.std", options.std],
    ["input.resize", options.resize ?? "stretch"],
    ["input.sampling", options.sampling ?? "bilinear"],
  ];
  return given.filter(([, value]) => value !== undefined);
}

function numbers(text: string): readonly number[] {
  const values = text.split(",").map(Number);
  if (values.some((value) => !Number.isFinite(value))) throw new InvalidArgumentError("Numbers with commas between.");
  return values;
}

function collect(text: string, before: readonly Field[]): readonly Field[] {
  try {
    return [...before, parseField(text)];
  } catch (error) {
    if (error instanceof Fault) throw new InvalidArgumentError(`${error.message}. ${error.remedy}`);
    throw error;
  }
}
