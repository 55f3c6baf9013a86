import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { countBoot, openSettings, resetSettings } from "../../../kiosk/store/settings.ts";

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-settings-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("a boot is counted once, however often the process starts in it", async () => {
  const directory = await folder();
  expect(await countBoot(await openSettings(directory), "boot-a")).toBe(1);
  expect(await countBoot(await openSettings(directory), "boot-a")).toBe(1);
  expect(await countBoot(await openSettings(directory), "boot-b")).toBe(2);
});

test("a damaged file falls back to the last good copy", async () => {
  const directory = await folder();
  const settings = await openSettings(directory);
  await countBoot(settings, "boot-a");
  await countBoot(settings, "boot-b");
  await writeFile(join(directory, "settings.json"), '{"version":1,"boots":');
  expect((await openSettings(directory)).get()).toMatchObject({ boots: 1, bootId: "boot-a" });
});

test("file and copy both damaged is a fault with a remedy, and a reset gives a fresh start", async () => {
  const directory = await folder();
  await writeFile(join(directory, "settings.json"), "");
  await writeFile(join(directory, "settings.json.bak"), '{"version":9}');
  await expect(openSettings(directory)).rejects.toMatchObject({ code: "settings-corrupt" });
  await resetSettings(directory);
  expect((await openSettings(directory)).get().boots).toBe(0);
});

test("changes at the same time all arrive, and no temporary file stays", async () => {
  const directory = await folder();
  const settings = await openSettings(directory);
  const addOne = () =>
    settings.change((data) => {
      data.boots += 1;
    });
  await Promise.all(Array.from({ length: 20 }, addOne));
  expect((await openSettings(directory)).get().boots).toBe(20);
  expect((await readdir(directory)).sort()).toEqual(["settings.json", "settings.json.bak"]);
});
