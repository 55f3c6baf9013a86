import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

/** The units as systemd's own tools read them: nothing unknown, nothing unsaid, and little that a bug could reach. */

const run = promisify(execFile);
const units = join(import.meta.dirname, "../../systemd");

/** As shipped, but for the programs, which are not where a package puts them. */
function unitsHere(): string {
  const folder = mkdtempSync(join(tmpdir(), "lintel-units-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(units)) {
    if (!/\.(service|timer)$/.test(name)) continue;
    const text = readFileSync(join(units, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll("/usr/lib/lintel/bin/node", process.execPath));
  }
  return folder;
}

test("systemd finds nothing to say about them", async () => {
  const folder = unitsHere();
  // What is for journald itself is no unit.
  const units = readdirSync(folder).filter((name) => !name.endsWith(".conf"));
  const files = units.map((name) => join(folder, name));
  // Keys that it does not know are told on stderr only.
  expect(await run("systemd-analyze", ["verify", "--man=no", ...files])).toMatchObject({ stderr: "" });
});

test("the clock's exposure is at most 2.2 of 10", async () => {
  const file = join(unitsHere(), "lintel.service");
  const { stdout } = await run("systemd-analyze", ["security", "--offline=true", "--threshold=22", "--no-pager", file]);
  expect(stdout).toMatch(/Overall exposure level for lintel.service: [0-2]\.\d/);
});

test("no dump and no swap can hold a face", () => {
  const text = readFileSync(join(units, "lintel.service"), "utf8");
  expect(text).toMatch(/^LimitCORE=0$/m);
  expect(text).toMatch(/^MemorySwapMax=0$/m);
});
