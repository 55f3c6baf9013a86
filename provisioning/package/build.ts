import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isFault } from "../../kiosk/core/fault.ts";
import { makeArchive, type Packing, sizeKb, writeControl } from "./archive.ts";
import { clockControl } from "./control.ts";
import { assemblePayload } from "./payload.ts";
import type { Arch } from "./prune.ts";
import { run } from "./run.ts";
import { gateUnits, placeSystemFiles } from "./system.ts";

/** `node provisioning/package/build.ts [--arch amd64|arm64] [--models] [--quick] --out FOLDER` (docs/package.md). */

const root = join(import.meta.dirname, "../..");

export interface BuildOptions {
  /** Folder that the package is put into. */
  readonly out: string;
  readonly arch: Arch;
  /** Tests take the checkout's own node_modules and pack loosely; then only this machine's processor can be had. */
  readonly quick?: boolean;
}

/**
 * Makes `lintel_VERSION_ARCH.deb`.
 * @returns its path.
 * @throws as `assemblePayload`; Fault `tool-missing` without dpkg-deb.
 */
export async function buildClock({ out, arch, quick = false }: BuildOptions): Promise<string> {
  const version = await versionHere();
  const tree = await mkdtemp(join(tmpdir(), "lintel-package-"));
  try {
    await assemblePayload({ into: join(tree, "usr/lib/lintel"), arch, modules: quick ? "here" : "locked" });
    await placeSystemFiles(tree);
    const units = await gateUnits(tree);
    const scripts = await maintainerScripts({ VERSION: version, ARCH: arch, UNITS: units.join(" ") });
    const control = clockControl({ version, arch, installedKb: await sizeKb(tree) });
    await writeControl(tree, { control, ...scripts });
    return await pack(tree, join(out, `lintel_${version}_${arch}.deb`), quick ? "quick" : "small");
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

async function pack(tree: string, out: string, packing: Packing): Promise<string> {
  await mkdir(join(out, ".."), { recursive: true });
  await makeArchive({ tree, out, epochS: await epochHere(), packing });
  return out;
}

async function versionHere(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { readonly version: string };
  return version;
}

/** The time of the commit, unless the environment says another (https://reproducible-builds.org/specs/source-date-epoch/). */
async function epochHere(): Promise<number> {
  const said = process.env.SOURCE_DATE_EPOCH;
  return Number(said ?? (await run("git", ["log", "-1", "--format=%ct"], { cwd: root })).trim());
}

async function maintainerScripts(words: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const scripts: Record<string, string> = {};
  for (const name of ["preinst", "postinst", "prerm", "postrm"]) {
    const text = await readFile(join(import.meta.dirname, "debian", name), "utf8");
    scripts[name] = text.replaceAll(/@([A-Z]+)@/g, (whole, word: string) => words[word] ?? whole);
  }
  return scripts;
}

const usage = "usage: node provisioning/package/build.ts [--arch amd64|arm64] [--quick] --out FOLDER\n";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { arch: { type: "string" }, out: { type: "string" }, quick: { type: "boolean" } },
  });
  const arch = values.arch ?? (process.arch === "arm64" ? "arm64" : "amd64");
  if (values.out === undefined || !(arch === "amd64" || arch === "arm64")) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    process.stdout.write(`${await buildClock({ out: values.out, arch, quick: values.quick ?? false })}\n`);
    return 0;
  } catch (error) {
    if (!isFault(error)) throw error;
    process.stderr.write(`${error.message}. ${error.remedy} (${error.code})\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
