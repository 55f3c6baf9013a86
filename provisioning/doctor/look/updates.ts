import { readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { bad, type Finding, good } from "../finding.ts";
import { type Machine, namesAt } from "../machine.ts";

const folder = "/var/lib/lintel-releases";

/** Which version is current: that of the package, or one that the updater unpacked. Nothing where neither is here. */
export async function lookAtUpdates(machine: Machine): Promise<readonly Finding[]> {
  const releases = join(machine.root, folder);
  const current = await readlink(join(releases, "current")).catch(() => null);
  const kept = (await namesAt(machine, folder)).filter((name) => /^\d+\.\d+\.\d+/.test(name));
  if (current === null)
    return kept.length === 0 ? [] : [good("update", `the package's own version runs; kept: ${kept.join(", ")}`)];
  const version = basename(current);
  const isWhole = await stat(join(releases, version, "bin/node")).then(
    (file) => file.isFile(),
    () => false,
  );
  if (!isWhole) return [bad("update-not-whole", `${version} should be current, and has no bin/node`, "update")];
  return [good("update", `${version} is current; kept: ${kept.join(", ")}`)];
}
