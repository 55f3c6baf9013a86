import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isFault } from "../../kiosk/core/fault.ts";
import { makeArchive, type Packing, sizeKb, writeControl } from "./archive.ts";
import { checkPackage } from "./check.ts";
import { clockControl, modelsControl } from "./control.ts";
import { placeClockDocuments, placeModelDocuments } from "./documents.ts";
import { placeModels } from "./models.ts";
import { assemblePayload, type Modules } from "./payload.ts";
import type { Arch } from "./prune.ts";
import { run } from "./run.ts";
import { gateTimers, placeSystemFiles } from "./system.ts";

/** `node provisioning/package/build.ts [--arch amd64|arm64] [--models] [--check] [--quick] --out FOLDER` (docs/package.md). */

const root = join(import.meta.dirname, "../..");

export interface BuildOptions {
  /** Folder that the package is put into. */
  readonly out: string;
  readonly arch: Arch;
  /** Where node_modules come from. What is not `locked` is for tests, and not packed tightly. */
  readonly modules?: Modules;
}

const packings: Readonly<Record<Modules, Packing>> = { locked: "small", here: "open", none: "quick" };

/**
 * Makes `lintel_VERSION_ARCH.deb`.
 * @returns its path.
 * @throws as `assemblePayload`; Fault `tool-missing` without dpkg-deb.
 */
export async function buildClock({ out, arch, modules: from = "locked" }: BuildOptions): Promise<string> {
  const release = await releaseHere();
  return inTree(async (tree) => {
    const { version } = release;
    const payload = join(tree, "usr/lib/lintel");
    const assembled = await assemblePayload({ into: payload, arch, modules: from });
    await placeSystemFiles(tree);
    const { units, users, folders } = await gateTimers(tree);
    await placeClockDocuments({ tree, ...release }, assembled);
    const scripts = await maintainerScripts({
      VERSION: version,
      ARCH: arch,
      UNITS: units.join(" "),
      USERS: users.join(" "),
      FOLDERS: folders.join(" "),
    });
    const control = clockControl({ version, arch, installedKb: await sizeKb(tree) });
    await writeControl(tree, { control, conffiles: await conffiles(tree), ...scripts });
    const path = join(out, `lintel_${version}_${arch}.deb`);
    return pack(tree, path, { epochS: release.epochS, packing: packings[from] });
  });
}

/**
 * Makes `lintel-models_VERSION_all.deb` from the models that `lintel assets` fetched here: for clocks of one's own.
 * @throws Fault `asset-missing`, `asset-changed`.
 */
export async function buildModels(out: string): Promise<string> {
  const { version, epochS } = await releaseHere();
  return inTree(async (tree) => {
    await placeModels(join(tree, "usr/lib/lintel/models"));
    await placeModelDocuments({ tree, version, epochS });
    await writeControl(tree, { control: modelsControl({ version, installedKb: await sizeKb(tree) }) });
    return pack(tree, join(out, `lintel-models_${version}_all.deb`), { epochS, packing: "small" });
  });
}

async function inTree(make: (tree: string) => Promise<string>): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "lintel-package-"));
  try {
    return await make(tree);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

interface Packed {
  readonly epochS: number;
  readonly packing: Packing;
}

async function pack(tree: string, out: string, packed: Packed): Promise<string> {
  await mkdir(join(out, ".."), { recursive: true });
  await makeArchive({ tree, out, ...packed });
  return out;
}

async function releaseHere(): Promise<{ readonly version: string; readonly epochS: number }> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { readonly version: string };
  // The moment of the commit, unless the environment says another (reproducible-builds.org/specs/source-date-epoch).
  const said = process.env.SOURCE_DATE_EPOCH ?? (await run("git", ["log", "-1", "--format=%ct"], { cwd: root }));
  return { version, epochS: Number(said.trim()) };
}

/** Whatever is below /etc is the administrator's to change. Settings of the clock are none of these: they are made, not shipped. */
async function conffiles(tree: string): Promise<string> {
  const found = await readdir(join(tree, "etc"), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files
    .map((file) => `/${file.slice(tree.length + 1)}\n`)
    .sort()
    .join("");
}

export async function maintainerScripts(
  words: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const scripts: Record<string, string> = {};
  for (const name of ["preinst", "postinst", "prerm", "postrm"]) {
    const text = await readFile(join(import.meta.dirname, "debian", name), "utf8");
    scripts[name] = text.replaceAll(/@([A-Z]+)@/g, (whole, word: string) => words[word] ?? whole);
  }
  return scripts;
}

const usage =
  "usage: node provisioning/package/build.ts [--arch amd64|arm64] [--models] [--check] [--quick] --out FOLDER\n";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      arch: { type: "string" },
      out: { type: "string" },
      quick: { type: "boolean" },
      models: { type: "boolean" },
      check: { type: "boolean" },
    },
  });
  const arch = values.arch ?? (process.arch === "arm64" ? "arm64" : "amd64");
  if (values.out === undefined || !(arch === "amd64" || arch === "arm64")) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    const made = [await buildClock({ out: values.out, arch, modules: values.quick ? "here" : "locked" })];
    if (values.models) made.push(await buildModels(values.out));
    for (const deb of made) {
      process.stdout.write(`${deb}\n`);
      if (values.check) await checkPackage(deb);
    }
    return 0;
  } catch (error) {
    const remedy = isFault(error) ? ` ${error.remedy} (${error.code})` : "";
    process.stderr.write(`${(error as Error).message}.${remedy}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
