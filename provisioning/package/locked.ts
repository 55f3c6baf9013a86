import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** npm writes a single one as a plain word. */
const words = z.union([z.string().transform((word) => [word]), z.array(z.string())]).optional();

/** What package-lock.json says about one folder of node_modules. */
const locked = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().default("not declared"),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      peer: z.boolean().default(false),
      os: words,
      cpu: words,
      libc: words,
    }),
  ),
});

export interface LockedModule {
  /** Such as `node_modules/zod`, or one inside another. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** As its author declares it, an SPDX expression as a rule. */
  readonly licence: string;
}

/**
 * The packages that a clock of that processor runs on and that are installed below `checkout`, sorted by folder.
 * @throws Error where one that is no option is not installed.
 */
export async function lockedModules(checkout: string, cpu: "x64" | "arm64"): Promise<readonly LockedModule[]> {
  const packages = await packagesIn(checkout);
  const here: LockedModule[] = [];
  for (const [folder, row] of Object.entries(packages)) {
    const { dev, optional, peer, os, cpu: cpus, libc, license: licence, version = "" } = row;
    if (folder === "" || dev) continue;
    const fits = (wanted: readonly string[] | undefined, ours: string) => wanted === undefined || wanted.includes(ours);
    if (!fits(os, "linux") || !fits(cpus, cpu) || !fits(libc, "glibc")) continue;
    const isHere = await access(join(checkout, folder)).then(
      () => true,
      () => false,
    );
    if (isHere) here.push({ folder, name: row.name ?? nameIn(folder), version, licence });
    else if (!optional && !peer) throw new Error(`${folder} is in package-lock.json and is not installed`);
  }
  return here.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** What the page is built from: for npm a matter of development only, and yet inside what is shipped. */
export async function pageModules(checkout: string): Promise<readonly LockedModule[]> {
  return Object.entries(await packagesIn(checkout))
    .filter(([folder]) => /^node_modules\/(preact|@preact\/[\w-]+|@fontsource-variable\/[\w-]+)$/.test(folder))
    .map(([folder, { version = "", license: licence }]) => ({ folder, name: nameIn(folder), version, licence }));
}

const packagesIn = async (checkout: string) =>
  locked.parse(JSON.parse(await readFile(join(checkout, "package-lock.json"), "utf8"))).packages;

const nameIn = (folder: string): string => folder.split("node_modules/").at(-1) ?? folder;
