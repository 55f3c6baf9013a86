import { chmod, copyFile, mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import { type LockedModule, lockedModules } from "./locked.ts";
import { type NpmPin, placeNpm } from "./npm.ts";
import { type Arch, cpuOf, isNeeded } from "./prune.ts";
import { run } from "./run.ts";

/**
 * The tree that runs on a clock, whoever brings it there: dpkg as the factory's version, or an update. It holds all it
 * needs but the models: its own Node, its dependencies without what other systems need, the page, and our sources.
 */

const root = join(import.meta.dirname, "../..");

interface AssembleOptions {
  /** A folder that is not there yet, or is empty. */
  readonly into: string;
  readonly arch: Arch;
  readonly modules?: Modules;
}

/**
 * - `locked`: installs package-lock.json anew, in a folder of its own, for either processor, and brings npm, with which a
 *   clock fetches its models; this needs the registry.
 * - `here`: takes what this checkout has installed, for this processor only, and no npm: in seconds, without a network.
 * - `none`: only what is ours, which does not run: to look at how it is packed.
 */
export type Modules = "locked" | "here" | "none";

export interface Payload {
  /** Whose work is in it besides ours. */
  readonly modules: readonly LockedModule[];
  readonly npm: NpmPin | null;
}

/** For the build machine or the developer only; what wipes a clock is part of the package's own removal. */
const notOnClocks =
  /^(kiosk\/ui\/web\/|provisioning\/package\/(?!wipe\/)|provisioning\/package-receiver\/|provisioning\/(setup\.sh|screenshots\.ts|screens-page\.ts|privacy-page\.ts)$)/;

/**
 * Files are those that git knows or would take, as they are now; folders are 0755, files 0644, programs 0755.
 * @throws Fault `asset-missing` where the page is not built; `tool-missing` without git or npm; Error where npm fails.
 */
export async function assemblePayload({ into, arch, modules = "locked" }: AssembleOptions): Promise<Payload> {
  await mkdir(into, { recursive: true });
  await copySources(into);
  await copyPage(into);
  if (modules === "none") return { modules: [], npm: null };
  if (modules === "here") return { modules: await copyModules(root, into, arch), npm: null };
  const folder = await mkdtemp(join(tmpdir(), "lintel-modules-"));
  try {
    await installLocked(folder, arch);
    const npm = await placeNpm(join(into, "npm"), folder);
    return { modules: await copyModules(folder, into, arch), npm };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copySources(into: string): Promise<void> {
  const ours = [
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
    "--",
    "kiosk",
    "provisioning",
    "package.json",
    "LICENSE",
  ];
  const listed = await run("git", ["ls-files", "-z", ...ours], { cwd: root });
  for (const file of listed.split("\0").filter((name) => name !== "" && !notOnClocks.test(name))) {
    await place(join(root, file), join(into, file));
  }
}

async function copyPage(into: string): Promise<void> {
  const page = join(root, "kiosk/ui/dist");
  const files = await readdir(page, { recursive: true, withFileTypes: true }).catch(() => []);
  if (!files.some(({ name }) => name === "index.html"))
    throw new Fault("asset-missing", "the page is not built", "Run npm run build, then build the package again.");
  for (const entry of files) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await place(path, join(into, "kiosk/ui/dist", path.slice(page.length)));
  }
}

/** npm looks at the Node it runs on; what it shall install is told by flags. No package's own script is run. */
async function installLocked(folder: string, arch: Arch): Promise<void> {
  for (const name of ["package.json", "package-lock.json"]) await copyFile(join(root, name), join(folder, name));
  const target = ["--os=linux", `--cpu=${cpuOf[arch]}`, "--libc=glibc"];
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["ci", "--omit=dev", "--include=optional", ...target, ...quiet], { cwd: folder });
}

async function copyModules(from: string, into: string, arch: Arch): Promise<readonly LockedModule[]> {
  const pinned = join(from, `node_modules/node-linux-${cpuOf[arch]}`);
  await place(join(pinned, "bin/node"), join(into, "bin/node"));
  await place(join(pinned, "LICENSE"), join(into, "bin/LICENSE.node"));
  const modules = await lockedModules(from, cpuOf[arch]);
  for (const { folder } of modules) {
    const source = join(from, folder);
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // A package inside this one is a row of the lockfile by itself.
      if (path.slice(source.length).includes("/node_modules/")) continue;
      const below = path.slice(join(from, "node_modules/").length);
      if (entry.isFile() && isNeeded(below, arch)) await place(path, join(into, "node_modules", below));
    }
  }
  return modules;
}

/** Copies one file, with a mode that depends on nothing but what the file is: a program, a script, or neither. */
async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await copyFile(from, to);
  await chmod(to, (await isProgram(to)) ? 0o755 : 0o644);
}

/** What the kernel can start by itself. A script that asks for a Node of the system's is none: there may be no such Node. */
async function isProgram(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(7), 0, 7, 0);
  const start = buffer.toString("latin1");
  return start === "#!/bin/" || (start.startsWith("\x7fELF") && !/\.(so|node)/.test(path));
}
