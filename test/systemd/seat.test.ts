import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { knownProfiles } from "../../kiosk/reader/profiles.ts";
import { usbRules } from "../../provisioning/udev/usb-rules.ts";

/** What keeps a clock a clock: the browser's policies, what may be plugged in, and a seat that is nobody's. */

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const shell = join(root, "provisioning/screen/shell.sh");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "lintel-seat-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe("the browser's policies", () => {
  const policies = JSON.parse(readFileSync(join(root, "systemd/chromium/lintel.json"), "utf8")) as Record<
    string,
    unknown
  >;

  test("are words that this browser knows", async ({ skip }) => {
    const program = "/usr/lib/chromium/chromium";
    if (!existsSync(program)) skip("Chromium is not Debian's; install chromium to have it");
    const known = new Set((await grep(program, Object.keys(policies))).split("\n"));
    expect(Object.keys(policies).filter((key) => !known.has(key))).toEqual([]);
    // A word that nobody knows would be found missing.
    expect(await grep(program, ["RemoteDebuggingAlowed"]).catch(() => "")).toBe("");
  });

  test("let it open one page, and nothing that leads away from it", () => {
    expect(policies).toMatchObject({
      URLBlocklist: ["*"],
      URLAllowlist: ["http://127.0.0.1:8080"],
      RemoteDebuggingAllowed: false,
      DeveloperToolsAvailability: 2,
      DownloadRestrictions: 3,
      ExtensionInstallBlocklist: ["*"],
      PasswordManagerEnabled: false,
      PrintingEnabled: false,
      BrowserSignin: 0,
      IncognitoModeAvailability: 1,
      VideoCaptureAllowed: false,
      AudioCaptureAllowed: false,
    });
  });
});

/** Which of the words stand in a program, each by itself. */
async function grep(program: string, words: readonly string[]): Promise<string> {
  const file = join(folder(), "words");
  writeFileSync(file, words.join("\n"));
  return (await run("grep", ["-aowFf", file, program], { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

describe("what may be plugged in", () => {
  const file = join(root, "systemd/usbguard/lintel.rules");
  const rules = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

  test("is what the profiles make: `lintel reader rules --usb` writes it anew", () => {
    expect(readFileSync(file, "utf8")).toBe(usbRules(knownProfiles));
  });

  test("is understood by USBGuard", async () => {
    // Where setup.sh unpacks it.
    const { stdout } = await run(join(root, ".cache/usbguard/usr/bin/usbguard-rule-parser"), ["-f", file]);
    expect(stdout.match(/^OUTPUT: (allow|block)/gm)).toHaveLength(rules.length);
  });

  test("is hubs, cameras and readers we know; keyboards, disks and network cards are not", () => {
    expect(rules.at(-1)).toBe("block");
    for (const rule of rules.slice(0, -1)) {
      const [, classes = ""] = /with-interface match-all \{ (.*) \}/.exec(rule) ?? [];
      const isKnown = / id [0-9a-f]{4}:/.test(rule);
      expect(
        classes.split(" ").map((one) => one.slice(0, 2)),
        rule,
      ).toSatisfy((found: string[]) =>
        found.every((one) => (isKnown ? one === "03" : ["09", "0e", "01"].includes(one))),
      );
      // A microphone alone is no camera.
      if (classes.includes("01:")) expect(classes).toContain("0e:");
    }
  });
});

test("udev rules of the screen name what udev knows, and nothing that a person types on", () => {
  const text = readFileSync(join(root, "provisioning/udev/71-lintel-screen.rules"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines.length).toBeGreaterThan(0);
  const term = /^(ACTION|SUBSYSTEM|KERNEL|ATTRS\{[\w/]+\}|ENV\{\w+\}|TAG)(==|!=|=|\+=|-=)"[^"]*"$/;
  for (const line of lines) {
    for (const part of line.split(", ")) expect(part).toMatch(term);
    expect(line).toMatch(/ATTRS\{(name|id\/bustype)\}=="/);
    expect(line).toContain('ENV{LIBINPUT_IGNORE_DEVICE}="1"');
  }
});

describe("a seat that is nobody's", () => {
  const act = (etc: string, ...words: readonly string[]) =>
    run("sh", [shell, ...words], { env: { PATH: process.env.PATH, LINTEL_ETC: etc } }).then(
      ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ status: code as number, stdout: String(stdout), stderr: String(stderr) }),
    );
  const everythingIn = (path: string): readonly string[] =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();

  test("is made, seen, made again, and taken back without a trace", async () => {
    const etc = folder();
    expect((await act(etc, "show")).status).toBe(1);
    expect(await act(etc, "apply")).toMatchObject({ status: 0 });
    const made = everythingIn(etc);
    expect(made).toEqual(
      expect.arrayContaining([
        "systemd/logind.conf.d/lintel.conf",
        "systemd/system.conf.d/lintel.conf",
        "sysctl.d/80-lintel.conf",
      ]),
    );
    for (const unit of ["ctrl-alt-del.target", "getty@tty1.service", "autovt@.service"])
      expect(readlinkSync(join(etc, "systemd/system", unit))).toBe("/dev/null");
    expect((await act(etc, "show")).status).toBe(0);
    expect(await act(etc, "apply")).toMatchObject({ status: 0 });
    expect(everythingIn(etc)).toEqual(made);
    expect(await act(etc, "undo")).toMatchObject({ status: 0 });
    expect(everythingIn(etc)).toEqual([]);
  });

  test("does not take what somebody made by hand", async () => {
    const etc = folder();
    mkdirSync(join(etc, "systemd/system"), { recursive: true });
    writeFileSync(join(etc, "systemd/system/getty@tty1.service"), "[Unit]\n");
    expect(await act(etc, "apply")).toMatchObject({ status: 2, stderr: expect.stringContaining("(shell-taken)") });
    expect(readFileSync(join(etc, "systemd/system/getty@tty1.service"), "utf8")).toBe("[Unit]\n");
    await act(etc, "undo");
    expect(everythingIn(etc)).toEqual(["systemd/system/getty@tty1.service"]);
  });
});
