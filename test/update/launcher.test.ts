import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { readCurrent, readTrial } from "../../provisioning/update/disk.ts";
import type { Places } from "../../provisioning/update/places.ts";
import { writePayload } from "./payloads.ts";

/** The launcher itself, over every state of the releases folder that a cut can leave. */

const run = promisify(execFile);

interface Disk {
  readonly link?: string;
  readonly trial?: string;
  /** A file that is missing from the tree that `link` names. */
  readonly without?: string;
}

function diskOf({ link, trial, without }: Disk) {
  const folder = mkdtempSync(join(tmpdir(), "lintel-launch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const releases = join(folder, "releases");
  const factory = join(folder, "factory");
  writePayload(factory, "1.0.0", "well");
  for (const version of ["1.1.0", "1.2.0"]) {
    writePayload(join(releases, version), version, "well");
    writeFileSync(join(releases, version, "release.jws"), "signed");
  }
  if (link !== undefined) symlinkSync(link, join(releases, "current"));
  if (trial !== undefined) writeFileSync(join(releases, "trial"), trial);
  if (without !== undefined && link !== undefined) rmSync(join(releases, link, without));
  writeFileSync(join(folder, "systemctl"), "#!/bin/sh\n", { mode: 0o755 });
  const path = `${folder}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, LINTEL_RELEASES: releases, LINTEL_FACTORY: factory };
  const launch = async (...words: readonly string[]): Promise<string> =>
    (await run(join(factory, "bin/lintel-launch"), words, { env })).stdout.trim();
  const which = async (): Promise<string> => (await launch("--which")).split("/").at(-1) ?? "";
  const places: Places = { releases, factory, state: folder, config: "", keys: "" };
  const read = (name: string): string | null => {
    try {
      return name === "current"
        ? readlinkSync(join(releases, name))
        : readFileSync(join(releases, name), "utf8").trim();
    } catch {
      return null;
    }
  };
  return { launch, which, read, places };
}

test.each<readonly [string, Disk, string]>([
  ["nothing was ever updated", {}, "factory"],
  ["an update is current", { link: "1.2.0" }, "1.2.0"],
  ["the link leads nowhere", { link: "9.9.9" }, "factory"],
  ["the link leads out of the folder", { link: "../factory" }, "factory"],
  ["its Node is gone", { link: "1.2.0", without: "bin/node" }, "factory"],
  ["its program is gone", { link: "1.2.0", without: "kiosk/main.ts" }, "factory"],
  ["its manifest is gone", { link: "1.2.0", without: "release.jws" }, "factory"],
  ["it is on trial", { link: "1.2.0", trial: "1.2.0 1 1.1.0\n" }, "1.2.0"],
  [
    "it is taken back, and the link was not yet put back",
    { link: "1.2.0", trial: "1.2.0 returning 1.1.0 x\n" },
    "1.1.0",
  ],
  ["it is taken back to the package's own", { link: "1.2.0", trial: "1.2.0 returning - x\n" }, "factory"],
  ["a trial of something that is not current", { link: "1.1.0", trial: "1.2.0 returning - x\n" }, "1.1.0"],
  ["an empty trial", { link: "1.1.0", trial: "" }, "1.1.0"],
])("%s", async (_, disk, version) => {
  const { which } = diskOf(disk);
  expect(await which()).toBe(version);
});

test.each<readonly [string, Disk, string | null, string | null]>([
  ["no trial", { link: "1.1.0" }, "1.1.0", null],
  ["the first start", { link: "1.2.0", trial: "1.2.0 0 1.1.0\n" }, "1.2.0", "1.2.0 1 1.1.0"],
  ["the third start", { link: "1.2.0", trial: "1.2.0 2 -\n" }, "1.2.0", "1.2.0 3 -"],
  ["one too many", { link: "1.2.0", trial: "1.2.0 3 1.1.0\n" }, "1.1.0", "1.2.0 returning 1.1.0 starts"],
  ["one too many after the package's own", { link: "1.2.0", trial: "1.2.0 3 -\n" }, null, "1.2.0 returning - starts"],
  ["a version before that is gone", { link: "1.2.0", trial: "1.2.0 3 1.0.5\n" }, null, "1.2.0 returning 1.0.5 starts"],
  ["a return that was cut", { link: "1.2.0", trial: "1.2.0 returning 1.1.0 x\n" }, "1.1.0", "1.2.0 returning 1.1.0 x"],
  ["half a number", { link: "1.2.0", trial: "1.2.0 3x 1.1.0\n" }, "1.1.0", "1.2.0 returning 1.1.0 damaged"],
  [
    "a tree that lost a file",
    { link: "1.2.0", trial: "1.2.0 0 1.1.0\n", without: "kiosk/main.ts" },
    "1.1.0",
    "1.2.0 returning 1.1.0 incomplete",
  ],
  ["announced and not switched", { link: "1.1.0", trial: "1.2.0 0 1.1.0\n" }, "1.1.0", "1.2.0 0 1.1.0"],
])("a start: %s", async (_, disk, link, trial) => {
  const { launch, read, places } = diskOf(disk);
  await launch("--starting");
  expect([read("current"), read("trial")]).toEqual([link, trial]);
  // Whoever writes and whoever reads mean the same.
  expect(await readCurrent(places)).toBe(link);
  const [version, starts, before, why] = (trial ?? "").split(" ");
  const rest = { version, before: before === "-" ? null : before };
  const read_ =
    starts === "returning" ? { is: "returning", ...rest, why } : { is: "counted", ...rest, starts: Number(starts) };
  expect(await readTrial(places)).toEqual(trial === null ? null : read_);
  // Once more is what a cut makes of it.
  if (starts === "returning") {
    await launch("--starting");
    expect([read("current"), read("trial")]).toEqual([link, trial]);
  }
});

test.each<readonly [string, Disk, string | null, string | null]>([
  ["it goes back at once", { link: "1.2.0", trial: "1.2.0 1 1.1.0\n" }, "1.1.0", "1.2.0 returning 1.1.0 failed"],
  [
    "a trial that a card lost leads to the package's own",
    { link: "1.2.0", trial: "" },
    null,
    "1.2.0 returning - failed",
  ],
  ["half of one too", { link: "1.2.0", trial: "1.2.0 1" }, null, "1.2.0 returning - failed"],
  ["without a trial nothing goes back", { link: "1.2.0" }, "1.2.0", null],
  ["nor for one of something else", { link: "1.1.0", trial: "1.2.0 0 1.1.0\n" }, "1.1.0", "1.2.0 0 1.1.0"],
])("a clock that failed for good: %s", async (_, disk, link, trial) => {
  const { launch, read } = diskOf(disk);
  // Whoever took a version back says so with 10, and nobody puts up a notice.
  const code = await launch("--failed").then(
    () => 0,
    (error: { readonly code: number }) => error.code,
  );
  expect([read("current"), read("trial"), code]).toEqual([link, trial, trial?.includes("returning") ? 10 : 0]);
});

test("a version is run with its own Node, from its own folder, with what it was given and nothing of ours", async () => {
  const { launch, places } = diskOf({ link: "1.2.0" });
  const tell =
    "console.log(JSON.stringify([process.cwd(), process.argv.slice(2), process.env.LINTEL_RELEASES ?? null]))";
  writeFileSync(join(places.releases, "1.2.0/kiosk/main.ts"), tell);
  const said: unknown = JSON.parse(await launch("kiosk/main.ts", "--config", "a b"));
  expect(said).toEqual([join(places.releases, "1.2.0"), ["--config", "a b"], null]);
});

test.each([
  ["1.2.0", null],
  ["1.3.0", null],
  ["1.1.9", "1.2.0"],
])("when dpkg brought %s, the update 1.2.0 is left as %s", async (brought, link) => {
  const { launch, read } = diskOf({ link: "1.2.0", trial: "1.2.0 1 -\n" });
  await launch("--installed", brought);
  expect(read("current")).toBe(link);
  expect(read("trial")).toBe(link === null ? null : "1.2.0 1 -");
});

test("no signal opens a debugger on what it starts", async () => {
  const { launch, places } = diskOf({});
  const ask = 'import { url } from "node:inspector";\nprocess.kill(process.pid, "SIGUSR1");\n';
  writeFileSync(
    join(places.factory, "kiosk/main.ts"),
    `${ask}setTimeout(() => console.log(url() ?? "nobody listens"), 300);\n`,
  );
  expect(await launch("kiosk/main.ts")).toBe("nobody listens");
});
