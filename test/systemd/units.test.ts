import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { placesBelow } from "../../provisioning/provision/context.ts";

/** The units as systemd's own tools read them: nothing unknown, nothing unsaid, and little that a bug could reach. */

const run = promisify(execFile);
const units = join(import.meta.dirname, "../../systemd");
const launcher = join(import.meta.dirname, "../../provisioning/package/lintel-launch");
const isUnit = /\.(service|timer|socket|path|target)$/;

/** As shipped, but for the launcher, which is not where a package puts it. */
function unitsHere(): string {
  const folder = mkdtempSync(join(tmpdir(), "lintel-units-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(units).filter((one) => isUnit.test(one))) {
    const text = readFileSync(join(units, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll("/usr/lib/lintel/bin/lintel-launch", launcher));
  }
  return folder;
}

test("systemd finds nothing to say about them", async () => {
  const folder = unitsHere();
  const files = readdirSync(folder).map((name) => join(folder, name));
  expect(files.length).toBeGreaterThan(8);
  // Keys that it does not know are told on stderr only.
  expect(await run("systemd-analyze", ["verify", "--man=no", ...files])).toMatchObject({ stderr: "" });
});

test("every unit of ours that runs our code runs the current version of it", () => {
  for (const name of readdirSync(units).filter((one) => isUnit.test(one))) {
    const text = readFileSync(join(units, name), "utf8");
    for (const [line] of text.matchAll(/^Exec\w+=.*\.ts\b.*$/gm))
      expect(line, name).toMatch(/^Exec\w+=\+?\/usr\/lib\/lintel\/bin\/lintel-launch /);
  }
});

/** Each unit, and how exposed it may be: of 100, as systemd-analyze takes its threshold. */
test.each([
  ["lintel.service", 22],
  // A browser needs a display, namespaces for its own sandbox and memory that it compiles into.
  ["lintel-screen.service", 25],
  ["lintel-notice@.service", 10],
  // It is root, may set the time, and reads sticks; a set-up has a camera, a network and an end.
  ["lintel-set-up.service", 35],
  // It mounts, for everybody to see; it runs for a moment, and no code of ours.
  ["lintel-stick@.service", 45],
  ["lintel-out-of-order.service", 20],
  ["lintel-selfcheck.service", 40],
  ["lintel-renew.service", 50],
  ["lintel-update.service", 50],
  ["lintel-decommission.service", 50],
] as const)("%s is exposed at most %i of 100", async (name, threshold) => {
  const file = join(unitsHere(), name);
  const words = ["security", "--offline=true", `--threshold=${threshold}`, "--no-pager", file];
  const { stdout } = await run("systemd-analyze", words);
  expect(stdout).toMatch(/Overall exposure level for lintel.*: \d\.\d/);
});

const textOf = (name: string): string => readFileSync(join(units, name), "utf8");

test.each(["lintel.service", "lintel-screen.service"])("no dump and no swap of %s can hold a face", (name) => {
  expect(textOf(name)).toMatch(/^LimitCORE=0$/m);
  expect(textOf(name)).toMatch(/^MemorySwapMax=0$/m);
});

test("a stick is wanted by a clock that is not set up yet, or whose people may take copies on one", async () => {
  const etc = mkdtempSync(join(tmpdir(), "lintel-stick-"));
  onTestFinished(() => rmSync(etc, { recursive: true }));
  const isWanted = (): Promise<boolean> =>
    run("sh", [join(units, "../provisioning/stick.sh"), "wanted"], { env: { ...process.env, LINTEL_ETC: etc } }).then(
      () => true,
      () => false,
    );
  expect(await isWanted(), "not set up").toBe(true);
  writeFileSync(join(etc, "kiosk.json"), JSON.stringify({ siteName: "Mill" }));
  expect(await isWanted()).toBe(false);
  writeFileSync(join(etc, "kiosk.json"), JSON.stringify({ exportDir: "/somewhere/else" }));
  expect(await isWanted()).toBe(false);
  for (const space of [0, 2]) {
    writeFileSync(join(etc, "kiosk.json"), JSON.stringify({ exportDir: "/media/lintel-stick" }, null, space));
    expect(await isWanted()).toBe(true);
  }
  writeFileSync(join(etc, "kiosk.json"), "{}");
  writeFileSync(join(etc, "set-up.unfinished"), "");
  expect(await isWanted(), "a set-up goes on").toBe(true);
});

test("wrong settings are not tried again and again, a crash is, and neither for ever in the dark", () => {
  const text = textOf("lintel.service");
  expect(text).toMatch(/^Restart=always$/m);
  expect(text).toMatch(/^RestartPreventExitStatus=78$/m);
  expect(text).toMatch(/^OnFailure=lintel-out-of-order\.service$/m);
  const [, intervalS, burst] = /^StartLimitIntervalSec=(\d+)\nStartLimitBurst=(\d+)$/m.exec(text) ?? [];
  const [, startS] = /^TimeoutStartSec=(\d+)$/m.exec(text) ?? [];
  // Starts that hang count as well: so many of them fit into the interval.
  expect(Number(burst) * (Number(startS) + 10)).toBeLessThan(Number(intervalS));
});

test("a clock without settings is set up at its screen, until the set-up has come to its end", async () => {
  const text = textOf("lintel-set-up.service");
  // Both triggering: the one or the other.
  expect(text.match(/^ConditionPathExists=.*$/gm)).toEqual([
    "ConditionPathExists=|!/etc/lintel/kiosk.json",
    `ConditionPathExists=|${placesBelow("/").unfinished}`,
  ]);
  expect(text).toMatch(/^ExecStart=.* provision --screen /m);
  expect(text).toMatch(/^Restart=on-failure$/m);
  expect(text).toMatch(/^WantedBy=multi-user\.target$/m);
  expect(join("/run", /^RuntimeDirectory=(.*)$/m.exec(text)?.[1] ?? "")).toBe(placesBelow("/").turn);
  // What a console's turn left there is not taken away under it.
  expect(text).toMatch(/^RuntimeDirectoryPreserve=yes$/m);
  for (const unit of text.matchAll(/screen\/(\S+\.sh)/g))
    expect(readdirSync(join(units, "../provisioning/screen"))).toContain(unit[1]);
});

test("the screen's port is the clock's, whatever the settings say", () => {
  expect(textOf("lintel.service")).toMatch(/^ExecStart=.* --port 8080 /m);
  expect(textOf("lintel-notice.socket")).toMatch(/^ListenStream=127\.0\.0\.1:8080$/m);
  const start = readFileSync(join(import.meta.dirname, "../../provisioning/screen/start.sh"), "utf8");
  expect(start).toContain("http://127.0.0.1:8080/\n");
  expect(start).toContain(`0100007F:${(8080).toString(16).toUpperCase()} `);
});

test("IC-28 the browser reaches this machine only, and nothing of what the clock keeps", () => {
  const text = textOf("lintel-screen.service");
  expect(text).toMatch(/^IPAddressDeny=any\nIPAddressAllow=localhost$/m);
  expect(text).toMatch(/^InaccessiblePaths=-\/var\/lib\/lintel -\/etc\/lintel /m);
  expect(text).toMatch(/^User=lintel-screen$/m);
});
