import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Places, treeOf } from "./places.ts";

const run = promisify(execFile);
/** Loading the models on the slowest board takes half a minute. */
const checkMs = 180_000;

/**
 * Has a version look at itself before it is switched to: with its own Node and its own code, as the clock's user, while
 * the clock runs.
 *
 * @throws Fault `update-unfit` with what it said.
 */
export async function selfCheck(places: Places, version: string): Promise<void> {
  const tree = treeOf(places, version);
  const { config, state } = places;
  const arguments_ = ["update", "self-check", "--config", config, "--state", state];
  const owner = await stat(state).catch(() => null);
  const isRoot = process.getuid?.() === 0;
  try {
    await run(join(tree, "bin/node"), [join(tree, "provisioning/cli.ts"), ...arguments_], {
      ...{ cwd: tree, timeout: checkMs, killSignal: "SIGKILL", maxBuffer: 1024 * 1024 },
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: "/nonexistent" },
      ...(isRoot && owner !== null && { uid: owner.uid, gid: owner.gid }),
    });
  } catch (error) {
    const { stderr = "", killed } = error as { readonly stderr?: string; readonly killed?: boolean };
    const said = killed ? "it did not end" : (stderr.trim().split("\n").at(-1) ?? "");
    throw new Fault(
      "update-unfit",
      `release ${version} does not work on this machine: ${said === "" ? "its self-check failed" : said}`,
      "The version that runs goes on; tell whoever made the release.",
      error,
    );
  }
}
