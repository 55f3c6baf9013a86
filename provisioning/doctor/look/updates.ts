import { access, constants, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { readBook } from "../../update/book.ts";
import { isWhole, readTrial } from "../../update/disk.ts";
import { installed, type Places } from "../../update/places.ts";
import { bad, type Finding, good, unseen, weak } from "../finding.ts";
import { type Machine, namesAt } from "../machine.ts";

/** Which release is current, whether it is whole, and how the last update went. Nothing where there was never one. */
export async function lookAtUpdates(machine: Machine): Promise<readonly Finding[]> {
  const places: Places = { ...installed, releases: join(machine.root, installed.releases) };
  const kept = (await namesAt(machine, installed.releases)).filter((name) => /^\d+\.\d+\.\d+/.test(name));
  const link = await readlink(join(places.releases, "current")).catch(() => null);
  if (link === null && kept.length === 0) return [];
  const here = `kept on this disk: ${kept.join(", ") || "none"}`;
  if (link === null) return [good("update", `the package's own version runs; ${here}`), ...(await lastOf(places))];
  const version = basename(link);
  const tree = join(places.releases, version);
  const isClosed = await access(tree, constants.R_OK | constants.X_OK).catch(
    ({ code }: NodeJS.ErrnoException) => code === "EACCES",
  );
  if (isClosed === true) return [unseen("update", tree)];
  if (!(await isWhole(places, version)))
    return [bad("update-not-whole", `${version} should be current and is not whole`, "update")];
  const trial = await readTrial(places);
  const how = trial === null ? "" : `, on trial after ${trial.before ?? "the package's own"}`;
  return [good("update", `${version} is current${how}; ${here}`), ...(await lastOf(places))];
}

async function lastOf(places: Places): Promise<readonly Finding[]> {
  const { last } = await readBook(places, async () => ({ counter: 0, version: "0.0.0" }));
  if (last === null) return [];
  const day = new Date(last.atUtcMs).toISOString().slice(0, 10);
  if (last.is === "kept") return [good("last update", `to ${last.version} on ${day}, kept`)];
  return [
    weak("update-returned", `${last.version} was taken back on ${day}: ${last.why ?? "no reason"}`, "last update"),
  ];
}
