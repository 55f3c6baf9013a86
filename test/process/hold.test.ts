import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { startKiosk } from "./kiosk.ts";

/** Legal holds and the days of a site, by the programs that people have. */

const run = promisify(execFile);

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-hold-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function lintel(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return run(process.execPath, ["provisioning/cli.ts", ...args]).catch((error: unknown) => {
    if (error instanceof Error && "stderr" in error && "stdout" in error) return error as never;
    throw error;
  });
}

test("a hold is set at the desk with owner, reason and end, is listed, and is lifted; without an end it is refused", async () => {
  const state = folder();
  await using kiosk = startKiosk(state, "--camera", "none", "--reader", "none");
  await kiosk.url();
  const hold = (...args: readonly string[]) => lintel("hold", ...args, "--state", state);
  expect((await hold("list")).stdout).toBe("Nothing is held.\n");
  const wish = ["--classes", "punch", "snapshot", "--owner", "case-4711", "--reason", "dispute"];
  expect((await hold("set", ...wish)).stderr).toContain("--until");
  expect((await hold("set", ...wish, "--until", "2020-01-01")).stderr).toContain("is over already");
  expect((await hold("set", ...wish, "--until", "2099-01-01")).stderr).toContain("more than 1096 days");
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const [set] = JSON.parse((await hold("set", ...wish, "--until", day, "--json")).stdout);
  expect(set).toMatchObject({ sub: null, classes: ["punch", "snapshot"], owner: "case-4711", reason: "dispute" });
  expect((await hold("list")).stdout).toContain(`${set.id}: punch snapshot of everybody, until `);
  expect((await hold("lift", set.id)).stdout).toBe("Nothing is held.\n");
  expect((await hold("lift", set.id)).stderr).toContain("no hold of this id");
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  expect(kiosk.stderr()).toBe("");
}, 90_000);

test("181 days for visitors keep a clock from starting, and it says why", async () => {
  const state = folder();
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "config.json"), JSON.stringify({ retention: { visitor: 181 } }));
  await using kiosk = startKiosk(state, "--camera", "none", "--reader", "none");
  expect(await kiosk.ended()).toEqual({ code: 78, signal: null });
  const said = [...kiosk.lines.map(({ msg }) => msg), kiosk.stderr()].join("\n");
  expect(said).toContain("visitor is kept for 1 to 180 days, and 181 was asked for");
}, 60_000);
