import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { run } from "./run.ts";

/**
 * A clock fetches its models with npm, as a checkout does, from whichever registry its administrator trusts; but no system
 * that it is installed on has an npm that one would want to bring along. So the payload has one: unchanged, and pinned.
 */

const pin = z.object({ version: z.string(), integrity: z.string() });

export type NpmPin = z.infer<typeof pin>;

/**
 * @param into becomes npm's folder.
 * @param scratch a folder that the caller takes away.
 * @returns which npm it is.
 * @throws Fault `asset-changed` where the registry's copy is not the pinned one; Error where it cannot be reached.
 */
export async function placeNpm(into: string, scratch: string): Promise<NpmPin> {
  const pinned = pin.parse(JSON.parse(await readFile(join(import.meta.dirname, "npm-pin.json"), "utf8")));
  const { version, integrity } = pinned;
  const folder = join(scratch, "npm-pack");
  await mkdir(folder, { recursive: true });
  await run("npm", ["pack", `npm@${version}`, "--pack-destination", folder, "--ignore-scripts", "--loglevel=error"]);
  const [name = ""] = await readdir(folder);
  const tarball = join(folder, name);
  const found = createHash("sha512").update(await readFile(tarball));
  if (`sha512-${found.digest("base64")}` !== integrity)
    throw new Fault(
      "asset-changed",
      `npm ${version} is not the one that was pinned`,
      "Do not use this registry's copy.",
    );
  await mkdir(into, { recursive: true });
  // None of its scripts is started by its name: the pinned Node is given npm-cli.js to run.
  await extract({ file: tarball, cwd: into, strip: 1 });
  for (const entry of await readdir(into, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o644);
  return pinned;
}
