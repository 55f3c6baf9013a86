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
      version: z.string().optional(),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      peer: z.boolean().default(false),
      os: words,
      cpu: words,
      libc: words,
    }),
  ),
});

/**
 * The packages that a clock of that processor runs on, as folders below `checkout`, sorted.
 * @throws Error where one that is no option is not installed.
 */
export async function lockedModules(checkout: string, cpu: "x64" | "arm64"): Promise<readonly string[]> {
  const { packages } = locked.parse(JSON.parse(await readFile(join(checkout, "package-lock.json"), "utf8")));
  const here: string[] = [];
  for (const [folder, { dev, optional, peer, os, cpu: cpus, libc }] of Object.entries(packages)) {
    if (folder === "" || dev) continue;
    const fits = (wanted: readonly string[] | undefined, ours: string) => wanted === undefined || wanted.includes(ours);
    if (!fits(os, "linux") || !fits(cpus, cpu) || !fits(libc, "glibc")) continue;
    const isHere = await access(join(checkout, folder)).then(
      () => true,
      () => false,
    );
    if (isHere) here.push(folder);
    else if (!optional && !peer) throw new Error(`${folder} is in package-lock.json and is not installed`);
  }
  return here.sort();
}
