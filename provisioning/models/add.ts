import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { type AssetPin, assetFolder } from "../../kiosk/host/assets.ts";
import { type ModelBytes, openGraph } from "../../kiosk/inference/session.ts";
import type { ModelSpec } from "../../kiosk/inference/specs.ts";
import { openOnce } from "./check.ts";
import { assigned } from "./fields.ts";
import { findingsOf, runtimeOf } from "./findings.ts";
import { pinOf, type Shelf, sha256Of, shelfOf } from "./shelf.ts";

export interface Addition {
  /** An ONNX file, or the JSON of a TFJS graph with its weights beside it. */
  readonly path: string;
  readonly kind: ModelSpec["kind"];
  readonly decoder: string | null;
  /** Fields by their path, as `input.color` or `decoder.strides`: what the file cannot tell. */
  readonly fields: readonly (readonly [path: string, value: unknown])[];
  /** Takes the place of the liveness models there are, instead of standing beside them. */
  readonly replace: boolean;
}

export interface Added {
  readonly model: ModelSpec;
  /** Files of the models that gave way. */
  readonly replaced: readonly string[];
  /** What was copied into the asset folder. */
  readonly pins: readonly AssetPin[];
}

/**
 * Adds a model to a manifest. Nothing is written before the model was opened with its description and ran once.
 *
 * @param out where the new manifest goes; the old one stays as it is.
 * @param directory of all assets.
 * @throws Fault `config-invalid` naming the fields that are still missing; `model-mismatch`, `model-banned`.
 */
export async function addModel(shelf: Shelf, addition: Addition, out: string, directory: string): Promise<Added> {
  const file = basename(addition.path);
  const runtime = runtimeOf(file);
  const weights = runtime === "tfjs" ? await weightsOf(addition.path) : [];
  const bytes = await readAll(dirname(addition.path), [file, ...weights]);
  const pins = [...bytes].map(([name, content]) => ({ name, sha256: sha256Of(content), sizeBytes: content.length }));
  refuseNamesakes(pins, shelf);

  const model = await describe(addition, { file, runtime, weights }, bytes);
  const isReplaced = ({ kind }: { readonly kind?: unknown }): boolean =>
    kind === addition.kind && (addition.kind !== "pad" || addition.replace);
  const replaced = shelf.models.filter(isReplaced).map(({ file: old }) => old);
  const kept = shelf.json.models.filter((entry) => !isReplaced(entry));
  const others = shelf.assets.added.filter(({ name }) => !pins.some((pin) => pin.name === name));
  const entered = entriesOf({ ...shelf.json, models: [...kept, model], added: [...others, ...pins] });

  const parsed = entered.models.at(-1);
  if (parsed === undefined) throw new Error("the model that was just added is not there");
  await openOnce(parsed, bytes);

  const folder = assetFolder(directory, shelf.assets);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of bytes) await writeWhole(join(folder, name), content);
  await writeWhole(out, `${JSON.stringify(entered.json, null, 2)}\n`);
  return { model: parsed, replaced, pins };
}

type Identity = Pick<ModelSpec, "file" | "runtime"> & { readonly weights: readonly string[] };

/** What the file says, then what the operator says: theirs is the last word. */
async function describe(
  { kind, decoder, fields }: Addition,
  identity: Identity,
  bytes: ModelBytes,
): Promise<Readonly<Record<string, unknown>>> {
  const graph = await openGraph({ ...identity, weights: [...identity.weights] }, bytes);
  try {
    const found = { kind, ...identity, ...findingsOf(kind, graph, decoder) };
    const told = perChannel(assigned(found, fields));
    return kind === "embedding" ? withSpace(told, identity.file, bytes) : told;
  } finally {
    await graph[Symbol.asyncDispose]();
  }
}

/** One mean or one std stands for every colour. */
function perChannel(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const input = (entry.input ?? {}) as Readonly<Record<string, unknown>>;
  const channels = input.color === "GRAY" ? 1 : 3;
  const spread = (value: unknown): unknown =>
    Array.isArray(value) && value.length === 1 ? Array.from({ length: channels }, () => value[0]) : value;
  return { ...entry, input: { ...input, mean: spread(input.mean), std: spread(input.std) } };
}

/** A space is the model and the way it is fed: whatever changes either makes older templates incomparable. */
function withSpace(entry: Readonly<Record<string, unknown>>, file: string, bytes: ModelBytes) {
  if (entry.spaceId !== undefined) return entry;
  const name = file.replace(/\.[^.]*$/, "");
  const feed = JSON.stringify([entry.input, entry.align]);
  const sha = sha256Of(bytes.get(file) ?? new Uint8Array(0)).slice(0, 16);
  return { ...entry, spaceId: `${name}-${sha}-${sha256Of(Buffer.from(feed)).slice(0, 8)}` };
}

/** Says which fields are missing in the words of the command that is to give them. */
function entriesOf(value: unknown): Shelf {
  try {
    return shelfOf(value);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "config-invalid") throw error;
    const remedy = "Give what is missing with --set <field>=<value>; docs/models.md explains every field.";
    // The place in the list means nothing to somebody who has just named one model.
    throw new Fault("config-invalid", error.message.replaceAll(/at \[\d+\]\./g, "at "), remedy, error);
  }
}

const graphJson = z.looseObject({ weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()) })) });

async function weightsOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(unreadable);
  try {
    return graphJson.parse(JSON.parse(text)).weightsManifest.flatMap(({ paths }) => paths);
  } catch (cause) {
    const remedy = "Name the JSON that lists its weight files.";
    throw new Fault("model-mismatch", `${path} is no TFJS graph model`, remedy, cause);
  }
}

async function readAll(folder: string, names: readonly string[]): Promise<Map<string, Uint8Array>> {
  const bytes = new Map<string, Uint8Array>();
  for (const name of names) {
    // A graph's JSON names its weights; it shall not make us read anything else.
    if (basename(name) !== name) throw unplain(name);
    bytes.set(name, await readFile(join(folder, name)).catch(unreadable));
  }
  return bytes;
}

function refuseNamesakes(pins: readonly AssetPin[], { assets }: Shelf): void {
  for (const { name, sha256 } of pins) {
    const known = assets.files.find((file) => file.name === name) ?? pinOf(name, assets);
    if (known === null || known.sha256 === sha256) continue;
    const remedy = "Rename the file, so that both can be told apart.";
    throw new Fault("config-invalid", `The manifest has another file called ${name}`, remedy);
  }
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { flush: true });
  await rename(temporary, path);
}

const unplain = (name: string): Fault =>
  new Fault("model-mismatch", `The graph's weights stand elsewhere: ${name}`, "Put the files side by side.");

function unreadable(cause: NodeJS.ErrnoException): never {
  throw new Fault("config-invalid", `${cause.path ?? "a file"} cannot be read`, "Name a file that exists.", cause);
}
