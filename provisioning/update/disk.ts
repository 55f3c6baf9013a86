import { access, constants, mkdir, readdir, readFile, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { syncDirectory, writeAtomically } from "../../kiosk/store/atomic.ts";
import { type Places, treeOf } from "./places.ts";
import type { Trial } from "./steps.ts";
import { manifestName } from "./tree.ts";
import { isVersion } from "./version.ts";

/** The few writes by which a version comes to run, each one rename: before it the old is true, after it the new. */

/** The update that would run; null: the package's own, also where the link or the tree is broken. */
export async function readCurrent(places: Places): Promise<string | null> {
  const name = await readlink(join(places.releases, "current")).catch(() => null);
  return name !== null && isVersion(name) && (await isWhole(places, name)) ? name : null;
}

/** The same question that lintel-launch asks. */
export async function isWhole(places: Places, version: string): Promise<boolean> {
  const tree = treeOf(places, version);
  const needed = [manifestName, "kiosk/main.ts"].map((name) => access(join(tree, name), constants.R_OK));
  return Promise.all([...needed, access(join(tree, "bin/node"), constants.X_OK)]).then(
    () => true,
    () => false,
  );
}

/** `VERSION STARTS BEFORE` or `VERSION returning BEFORE WHY`; what cannot be read is no trial. */
export async function readTrial({ releases }: Places): Promise<Trial | null> {
  const text = await readFile(join(releases, "trial"), "utf8").catch(() => "");
  const [version = "", starts = "", before = "", why = "unknown"] = text.trim().split(" ");
  if (!isVersion(version) || (before !== "-" && !isVersion(before))) return null;
  const rest = { version, before: before === "-" ? null : before };
  if (starts === "returning") return { is: "returning", ...rest, why };
  if (/^\d{1,4}$/.test(starts)) return { is: "counted", ...rest, starts: Number(starts) };
  return { is: "returning", ...rest, why: "damaged" };
}

/** A trial that says nothing: a worn card lost what it had said was written. */
export const isTrialLost = async (places: Places): Promise<boolean> =>
  (await readTrial(places)) === null &&
  access(join(places.releases, "trial")).then(
    () => true,
    () => false,
  );

export const announceTrial = ({ releases }: Places, version: string, before: string | null): Promise<void> =>
  writeAtomically(join(releases, "trial"), `${version} 0 ${before ?? "-"}\n`, 0o644);

export async function dropTrial({ releases }: Places): Promise<void> {
  await rm(join(releases, "trial"), { force: true });
  await syncDirectory(releases);
}

/** Lets a version run at the next start; null: the package's own. */
export async function pointAt({ releases }: Places, version: string | null): Promise<void> {
  const link = join(releases, "current");
  if (version === null) await rm(link, { force: true });
  else {
    await rm(`${link}.new`, { force: true });
    await symlink(version, `${link}.new`);
    await rename(`${link}.new`, link);
  }
  await syncDirectory(releases);
}

/** A tree that is whole and synced gets its name. */
export async function nameTree(places: Places, from: string, version: string): Promise<void> {
  await rm(treeOf(places, version), { recursive: true, force: true });
  await rename(from, treeOf(places, version));
  await syncDirectory(places.releases);
}

/** Empty, for a tree to be unpacked into; `clean` takes it away. */
export async function freshFolder({ releases }: Places): Promise<string> {
  const folder = join(releases, ".unpack");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o755 });
  return folder;
}

/** Takes away whatever no run needs any more: half trees, half downloads, versions that nothing goes back to. */
export async function clean(places: Places, needed: readonly (string | null)[]): Promise<void> {
  const kept = new Set<string | null>([...needed, "current", "trial", "book.json"]);
  for (const name of await readdir(places.releases)) {
    const isOurs = isVersion(name) || name.startsWith(".") || name.endsWith(".tmp") || name === "current.new";
    if (isOurs && !kept.has(name)) await rm(join(places.releases, basename(name)), { recursive: true, force: true });
  }
}
