import { spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the clock with one file for everything it says. @param isTold whether it is told that journald reads that file. */
async function said(isTold: "journald" | "another stream" | "nobody", ...flags: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lintel-priority-"));
  // A demo's folder is no place for a real clock: it says so in a moment, and ends.
  await writeFile(join(folder, "demo"), "The demo's state. `npm start -- --fresh` deletes this folder's contents.\n");
  const path = join(folder, "said");
  {
    await using file = await open(path, "w");
    const { dev, ino } = fstatSync(file.fd, { bigint: true });
    const stream = isTold === "journald" ? `${dev}:${ino}` : `${dev}:${ino + 1n}`;
    const child = spawn(
      process.execPath,
      ["kiosk/main.ts", "--state", folder, "--broker", "mqtt://127.0.0.1:1", ...flags],
      {
        cwd: root,
        stdio: ["ignore", file.fd, file.fd],
        env: { PATH: process.env.PATH, ...(isTold !== "nobody" && { JOURNAL_STREAM: stream }) },
      },
    );
    await once(child, "exit");
  }
  const text = await readFile(path, "utf8");
  await rm(folder, { recursive: true, force: true });
  return text;
}

test("journald is told how urgent a line is, and nobody else sees a mark in it", async () => {
  const json = await said("journald", "--log", "json");
  expect(json).toMatch(/^<2>\{"level":60,.*"code":"state-unwritable"/);
  // Also where the settings themselves cannot be read, which for a person is a sentence.
  expect(await said("journald", "--port", "-1")).toMatch(/^<2>\{"level":60,.*"code":"config-invalid"/);
  expect(await said("nobody", "--port", "-1")).toMatch(/^\d\d:\d\d:\d\d ! port: /);
  expect(await said("another stream", "--log", "json")).toMatch(/^\{"level":60,/);
  expect(await said("nobody", "--log", "json")).toMatch(/^\{"level":60,/);
});
