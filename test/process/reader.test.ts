import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { parseProfiles } from "../../kiosk/reader/profiles.ts";
import { udevRules } from "../../provisioning/udev/rules.ts";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-reader-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The technician's command, as typed. */
async function lintel(...args: readonly string[]) {
  const run = promisify(execFile)(process.execPath, ["provisioning/cli.ts", ...args]);
  return run.then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ status: code as number, stdout: String(stdout), stderr: String(stderr) }),
  );
}

test("where no clock runs, readers are listed all the same, and it is said that no clock was asked", async () => {
  const { status, stdout, stderr } = await lintel("reader", "list", "--state", folder(), "--json");
  expect({ status, counts: JSON.parse(stdout).counts }).toEqual({
    status: 0,
    counts: { taps: 0, garbage: 0, overflow: 0, lost: 0 },
  });
  expect(stderr).toContain("No clock runs");
});

test("the udev rules of a site's own readers are printed", async () => {
  const file = join(folder(), "readers.json");
  const text = JSON.stringify({
    profiles: [{ name: "gate", match: { vendor: "16c0", product: "27db" }, framing: { kind: "keyboard" } }],
  });
  writeFileSync(file, text);
  const { stdout } = await lintel("reader", "rules", "--readers", file);
  expect(stdout).toBe(udevRules(parseProfiles(text)));
  expect(stdout).toContain('KERNELS=="*:16C0:27DB.*"');
});

test("a card that is written wrongly is refused without repeating its number, and without a clock nothing is given", async () => {
  const person = `p_${"0".repeat(20)}`;
  const wrong = await lintel("badge", "--person", person, "--card", "4711081500");
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("technology, colon, number");
  expect(wrong.stderr).not.toContain("4711081500");
  const alone = await lintel("badge", "--state", folder(), "--person", person, "--card", "card:4711081500");
  expect(alone.status).toBe(2);
  expect(alone.stderr).toContain("(desk-unreachable)");
  expect(alone.stderr).not.toContain("4711081500");
});
