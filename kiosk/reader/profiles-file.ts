import { readFile } from "node:fs/promises";
import { Fault } from "../core/fault.ts";
import { type Profile, parseProfiles } from "./profiles.ts";

/**
 * The profiles of a site, from the file that `--readers` names.
 * @param path undefined where the site has none.
 * @throws Fault `config-invalid`
 */
export async function openProfiles(path: string | undefined): Promise<readonly Profile[]> {
  if (path === undefined) return parseProfiles(null);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Fault("config-invalid", `cannot read the file of readers ${path}`, "Name a file that exists.", cause);
  });
  return parseProfiles(text);
}
