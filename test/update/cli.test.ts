import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { archHere } from "../../provisioning/update/machine.ts";
import { openOwnJournal } from "../promises/own-journal.ts";
import { realClock } from "../unit/uplink/parts.ts";
import { writePayload } from "./payloads.ts";
import { openWorld, type World } from "./world.ts";

const run = promisify(execFile);
const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const lintel = async (...words: readonly string[]): Promise<string> =>
  (await run(process.execPath, [cli, ...words])).stdout.trim();
const update = (name: string, ...words: readonly string[]): Promise<string> =>
  lintel("update", name, ...Object.entries(world.places).flatMap(([place, path]) => [`--${place}`, path]), ...words);

test("a release is made, shown, checked and staged by the command, and status says what waits", async () => {
  await world.reset();
  const payload = join(world.folder, "made");
  writePayload(payload, "2.0.0", "well");
  const made = ["--payload", payload, "--key", join(world.folder, "key.json"), "--arch", archHere()];
  const path = `${world.published}/lintel-2.0.0-${archHere()}`;
  expect(await lintel("release", "make", ...made, "--counter", "7", "--out", world.published)).toContain("counter 7");
  const shown: unknown = JSON.parse(await lintel("release", "show", `${path}.jws`, "--keys", world.places.keys));
  expect(shown).toMatchObject({ version: "2.0.0", counter: 7, journal: { writes: 1, reads: 1 }, tree: { files: 7 } });
  // The newest of the folder, where nobody names one.
  const from = ["--from", world.published];
  expect(JSON.parse(await update("check", ...from, "--json"))).toMatchObject({ version: "2.0.0", from: "1.0.0" });
  expect(await update("status")).toBe("1.0.0 runs, the package's own.");
  expect(await update("stage", ...from)).toBe("2.0.0 waits for its hour of the day.");
  expect(await update("status")).toContain("2.0.0 waits until nobody is at the clock.");
  // What the cloud wants and was found good counts as a setting; a file that is none, counts for nothing.
  writeFileSync(join(world.places.state, "wanted.json"), JSON.stringify({ good: { doc: '{"updateTo":"2.0.0"}' } }));
  expect(JSON.parse(await update("check", "--json"))).toMatchObject({ version: "2.0.0" });
  writeFileSync(join(world.places.state, "wanted.json"), "{");
  await expect(update("check")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("(update-nothing)") });
});

test("a folder without releases, and keys that are none, are said as that", async () => {
  await expect(update("stage", "--from", "/nowhere")).rejects.toMatchObject({
    stderr: expect.stringContaining("(update-unreachable)"),
  });
  await expect(update("stage", "--keys", "/nowhere")).rejects.toMatchObject({
    stderr: expect.stringContaining("(key-unusable)"),
  });
  await expect(update("stage", "--releases", "/nowhere")).rejects.toMatchObject({
    stderr: expect.stringContaining("(state-unwritable)"),
  });
});

test("this very version checks itself on a real journal, and leaves it as it was", async () => {
  const state = mkdtempSync(join(tmpdir(), "lintel-self-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  await using rooms = new AsyncDisposableStack();
  const { journal } = await openOwnJournal(state, realClock, rooms);
  const head = journal.head();
  // While the clock has it open.
  const check = (): Promise<string> =>
    lintel("update", "self-check", "--state", state, "--config", world.places.config);
  expect(await check()).toBe("Works here: page, native code, journal.");
  expect(journal.head()).toEqual(head);
  writeFileSync(join(world.folder, "bad.json"), '{"camra":"none"}');
  await expect(
    lintel("update", "self-check", "--state", state, "--config", join(world.folder, "bad.json")),
  ).rejects.toMatchObject({ stderr: expect.stringContaining("(config-unknown-key)") });
});
