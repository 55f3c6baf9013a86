import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { plants } from "./world/plants.ts";
import type { Verdict } from "./world/worlds.ts";

/** A net is as good as what it catches: each of these bugs, planted in one line of the code, must be caught by a world. */

const main = fileURLToPath(new URL("world/main.ts", import.meta.url));
const run = promisify(execFile);

describe.concurrent("planted and caught", () => {
  test.for(plants)("$name", { timeout: 240_000 }, async ({ name, worlds, seed, caughtBy }) => {
    const args = [main, "--plant", name, "--worlds", `${worlds}`, "--seed", `${seed}`];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
    const { tally, broken } = JSON.parse(stdout) as Verdict;
    process.stdout.write(
      `"${name}": ${tally.worlds} of at most ${worlds} worlds, ${tally.events} events, ` +
        `${broken === null ? "not caught" : `caught by "${broken.invariant}"`}\n`,
    );
    expect(caughtBy).toContain(broken?.invariant);
  });
});
