import { execFile } from "node:child_process";
import { statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";
import type { KeyOf } from "../../kiosk/core/jws.ts";
import { selfCheck } from "./check.ts";
import { freshFolder, nameTree } from "./disk.ts";
import type { Found } from "./look.ts";
import { manifestOf } from "./look.ts";
import { type Arch, type Manifest, mustFit, openManifest } from "./manifest.ts";
import { type Places, treeOf } from "./places.ts";
import { fetchBundle, fetchManifest } from "./source.ts";
import { filesOf, manifestName, sumOf } from "./tree.ts";
import { unpackBundle } from "./unpack.ts";

/** Brings a release into the releases folder as a whole tree that runs on this machine; the clock goes on meanwhile. */

export interface Staging {
  readonly places: Places;
  readonly keyOf: KeyOf;
  readonly arch: Arch;
  readonly nowUtcMs: number;
  /** Number of the journal's newest migration here; null where there is no journal yet. */
  readonly journal: number | null;
  /** Said at each stage, before it: where a test cuts the power. */
  readonly mark: (stage: string) => void;
}

const run = promisify(execFile);
const syncMs = 600_000;
/** Left free beside what the tree and its bundle take: the journal has the same disk on a small board. */
const spareBytes = 64 * 1024 * 1024;

/** @throws Fault why this release is not for this clock; the disk is as before, or cleaned by the next run. */
export async function stage(version: string, from: string, found: Found, staging: Staging): Promise<Manifest> {
  const { places, keyOf, arch, mark } = staging;
  mark("manifest");
  const jws = await fetchManifest(from, version, arch);
  const release = openManifest(jws, keyOf);
  if (release.version !== version) throw otherVersion(version, release.version);
  mustFit(release, { ...staging, highest: found.book.highest, version: found.version, package: found.package });
  await mustHaveRoom(places, release);
  mark("fetch");
  const bundle = join(places.releases, ".bundle");
  await fetchBundle(from, release, bundle);
  mark("unpack");
  const folder = await freshFolder(places);
  await unpackBundle(bundle, folder, release);
  mark("sync");
  await writeFile(join(folder, manifestName), jws, { mode: 0o644 });
  // One call for thousands of files: the whole disk at once instead of one wait for each of them.
  await run("sync", ["--file-system", folder], { timeout: syncMs });
  mark("name");
  await nameTree(places, folder, version);
  mark("self-check");
  await selfCheck(places, version);
  return release;
}

/** Proves a staged tree once more, file by file, right before it is used. @throws Fault `update-damaged`. */
export async function mustBeAsSigned(places: Places, version: string, keyOf: KeyOf): Promise<Manifest> {
  const release = await manifestOf(places, version, keyOf);
  const isSame =
    release !== null &&
    release.version === version &&
    sumOf(await filesOf(treeOf(places, version))).sha256 === release.tree.sha256;
  if (isSame) return release;
  throw new Fault(
    "update-damaged",
    `the files of version ${version} are not those that were signed`,
    "It is not used; fetch it again. If this comes back, the disk is wearing out.",
  );
}

async function mustHaveRoom({ releases }: Places, { bundle, tree }: Manifest): Promise<void> {
  const disk = await statfs(releases);
  // A small file takes a whole block.
  const needBytes = bundle.bytes + tree.bytes + tree.files * disk.bsize + spareBytes;
  const haveBytes = disk.bavail * disk.bsize;
  if (haveBytes >= needBytes) return;
  const mb = (bytes: number): number => Math.ceil(bytes / 1_000_000);
  throw new Fault(
    "disk-full",
    `the update needs ${mb(needBytes)} MB on the disk of ${releases}, and ${mb(haveBytes)} MB are free`,
    "Free some space there; the version that runs goes on, and the update is tried again by itself.",
  );
}

const otherVersion = (wanted: string, found: string): Fault =>
  new Fault(
    "update-unsigned",
    `the manifest of ${wanted} is that of ${found}`,
    "Publish each release under its own name.",
  );
