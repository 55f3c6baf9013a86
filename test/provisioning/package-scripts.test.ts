import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { maintainerScripts } from "../../provisioning/package/build.ts";

/**
 * What dpkg runs around the package's files, by the shell that Debian has. The operating system's programs are stand-ins on
 * PATH, and the machine's folders are below one of the test's own.
 */

let machine: string;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "lintel-scripts-"));
  for (const folder of ["bin", "etc/lintel", "run", "var/lib", "usr/lib/lintel/bin"])
    mkdirSync(join(machine, folder), { recursive: true });
  for (const [name, body] of Object.entries(standIns)) put(name, body);
  writeFileSync(
    join(machine, "usr/lib/lintel/bin/lintel-launch"),
    `#!/bin/sh\necho "lintel-launch $*" >>${machine}/calls\n`,
    {
      mode: 0o755,
    },
  );
  writeFileSync(join(machine, "calls"), "");
});
afterEach(() => rmSync(machine, { recursive: true, force: true }));

const standIns: Readonly<Record<string, string>> = {
  dpkg: '[ "$1" = --print-architecture ] && echo arm64 || exec /usr/bin/dpkg "$@"',
  getconf: "echo glibc 2.31",
  systemctl: '[ "$1" = --version ] && echo "systemd 245 (245.4-4ubuntu3.24)" || true',
  "systemd-sysusers": "",
  "systemd-tmpfiles": "",
  // A machine that never had the package: every unit is to be enabled.
  "deb-systemd-helper": "",
  "deb-systemd-invoke": "",
  udevadm: "",
};
const put = (name: string, body: string): void => {
  const script = `#!/bin/sh\necho "${name} $*" >>${machine}/calls\n${body}\n`;
  writeFileSync(join(machine, "bin", name), script, { mode: 0o755 });
};
const calls = (): string => readFileSync(join(machine, "calls"), "utf8");
const isBooted = (): void => void mkdirSync(join(machine, "run/systemd/system"), { recursive: true });
const isProvisioned = (): void => writeFileSync(join(machine, "etc/lintel/kiosk.json"), "{}");
const hasState = (): void => {
  mkdirSync(join(machine, "var/lib/lintel"));
  writeFileSync(join(machine, "var/lib/lintel/journal.sqlite"), "precious");
};

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function script(name: string, ...args: readonly string[]): Promise<Outcome> {
  const words = { VERSION: "0.2.0", ARCH: "arm64", UNITS: "lintel-update.timer lintel.service" };
  const scripts = await maintainerScripts({ ...words, USERS: "lintel.conf", FOLDERS: "lintel.conf" });
  const text = (scripts[name] ?? "").replaceAll(/(?<![\w.])\/(etc|run|var|usr\/lib\/lintel)\//g, `${machine}/$1/`);
  expect(text, "a word that nobody put in").not.toMatch(/@[A-Z]+@/);
  const file = join(machine, name);
  writeFileSync(file, text);
  const env = { PATH: `${machine}/bin:/usr/bin:/bin` };
  return new Promise((resolve) =>
    execFile("dash", ["-e", file, ...args], { env, timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}

describe("before anything is unpacked", () => {
  test("a machine that can run it is let pass, for the first time and for an upgrade", async () => {
    expect(await script("preinst", "install")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await script("preinst", "upgrade", "0.1.0")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test.for([
    [
      "another processor",
      "dpkg",
      "[ $1 = --print-architecture ] && echo amd64",
      /is for arm64.*is amd64[\s\S]*_amd64\.deb.*\(package-architecture\)/,
    ],
    [
      "32 bits under a kernel of 64",
      "dpkg",
      "[ $1 = --print-architecture ] && echo armhf",
      /is armhf[\s\S]*\(package-architecture\)/,
    ],
    ["an old C library", "getconf", "echo glibc 2.27", /2\.28 or newer.*has 2\.27[\s\S]*\(package-libc\)/],
    ["another C library", "getconf", "exit 1", /has another C library[\s\S]*\(package-libc\)/],
    ["an old systemd", "systemctl", 'echo "systemd 241 (241)"', /245 or newer.*has 241[\s\S]*\(package-systemd\)/],
  ] as const)("%s is refused in words, with what to do", async ([, name, body, words]) => {
    put(name, name === "dpkg" ? `${body} || exec /usr/bin/dpkg "$@"` : body);
    const { code, stderr } = await script("preinst", "install");
    expect(stderr).toMatch(words);
    expect(stderr).toContain("What to do: ");
    expect(code).toBe(1);
  });

  test("an image that is being built may have no systemd yet", async () => {
    put("systemctl", "exit 127");
    expect(await script("preinst", "install")).toMatchObject({ code: 0 });
  });
});

describe("after it is unpacked", () => {
  test("users and folders are made, and units wait until there are settings", async () => {
    isBooted();
    const { code, stdout } = await script("postinst", "configure", "");
    expect([code, stdout]).toEqual([
      0,
      "lintel: installed. Next: restart the machine, and its screen leads on; or sudo lintel provision\n",
    ]);
    expect(calls()).toMatch(/systemd-sysusers lintel.conf\nsystemd-tmpfiles --create lintel.conf/);
    expect(calls()).toContain("deb-systemd-helper enable lintel.service");
    expect(calls()).toContain("udevadm trigger");
    expect(calls()).not.toContain("deb-systemd-invoke");
  });

  test("in an image that is being built nobody talks to a systemd that is not there", async () => {
    isProvisioned();
    expect(await script("postinst", "configure", "")).toMatchObject({ code: 0 });
    expect(calls()).toContain("systemd-sysusers");
    expect(calls()).not.toMatch(/udevadm|systemctl|invoke/);
  });

  test("an upgrade starts the clock anew, and an update that is older is let go of", async () => {
    isBooted();
    isProvisioned();
    expect(await script("postinst", "configure", "0.1.0")).toMatchObject({ code: 0, stdout: "" });
    expect(calls()).toContain("deb-systemd-invoke restart lintel-update.timer lintel.service");
    expect(calls()).toContain("lintel-launch --installed 0.2.0");
  });

  test("what an administrator switched off stays off", async () => {
    put("deb-systemd-helper", '[ "$2" = was-enabled ] && exit 1 || exit 0');
    await script("postinst", "configure", "0.1.0");
    expect(calls()).not.toContain("deb-systemd-helper enable");
    expect(calls()).toContain("deb-systemd-helper update-state lintel.service");
  });

  test("a clock that does not start leaves dpkg whole and says where to look", async () => {
    isBooted();
    isProvisioned();
    put("deb-systemd-invoke", "exit 1");
    const { code, stdout } = await script("postinst", "configure", "0.1.0");
    expect([code, stdout]).toEqual([0, "lintel: not everything started: journalctl --namespace=lintel -e says why.\n"]);
  });

  test("it can be done twice, and after a removal that was cut short", async () => {
    for (const args of [["configure", ""], ["configure", "0.2.0"], ["abort-remove"]])
      expect(await script("postinst", ...args)).toMatchObject({ code: 0 });
  });

  test("without a user there is no clock: that is an error, and the next try can mend it", async () => {
    put("systemd-sysusers", 'echo "Failed to write /etc/passwd: Read-only file system" >&2; exit 1');
    expect(await script("postinst", "configure", "")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Read-only/),
    });
    put("systemd-sysusers", "");
    expect(await script("postinst", "configure", "")).toMatchObject({ code: 0 });
  });
});

describe("when it goes", () => {
  test("the clock is stopped first, and for an upgrade it is not", async () => {
    isBooted();
    expect(await script("prerm", "upgrade", "0.3.0")).toMatchObject({ code: 0 });
    expect(calls()).toBe("");
    expect(await script("prerm", "remove")).toMatchObject({ code: 0 });
    expect(calls()).toContain("deb-systemd-invoke stop lintel-update.timer lintel.service");
  });

  test("journal and settings stay when it is removed, and it says where and how to erase them", async () => {
    hasState();
    isProvisioned();
    const { code, stdout } = await script("postrm", "remove");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /stay in .*\/var\/lib\/lintel, the settings in .*\/etc\/lintel\.[\s\S]*touch .*purge-everything/,
    );
    expect(existsSync(join(machine, "var/lib/lintel/journal.sqlite"))).toBe(true);
  });

  test("they stay through a purge as well where nobody ordered otherwise; unpacked programs go", async () => {
    hasState();
    isProvisioned();
    mkdirSync(join(machine, "var/lib/lintel-releases/0.3.0"), { recursive: true });
    const { code, stdout } = await script("postrm", "purge");
    expect(code).toBe(0);
    expect(stdout).toMatch(/the journal and the keys stay/);
    expect(readFileSync(join(machine, "var/lib/lintel/journal.sqlite"), "utf8")).toBe("precious");
    expect(existsSync(join(machine, "etc/lintel/kiosk.json"))).toBe(true);
    expect(existsSync(join(machine, "var/lib/lintel-releases"))).toBe(false);
    expect(calls()).toContain("deb-systemd-helper purge");
  });

  test("a purge that was ordered too late destroys nothing and says how to have it signed", async () => {
    hasState();
    writeFileSync(join(machine, "etc/lintel/purge-everything"), "");
    expect(await script("postrm", "purge")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\(purge-unsigned\)/),
    });
    expect(existsSync(join(machine, "var/lib/lintel/journal.sqlite"))).toBe(true);
  });

  test("AR-11 a purge that was announced wipes, leaves a certificate, and nothing of what made it", async () => {
    hasState();
    isProvisioned();
    writeFileSync(join(machine, "etc/lintel/purge-everything"), "");
    const root = join(import.meta.dirname, "../..");
    const payload = join(machine, "usr/lib/lintel");
    for (const part of ["kiosk", "provisioning", "package.json"]) symlinkSync(join(root, part), join(payload, part));
    writeFileSync(join(payload, "bin/node"), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 });
    mkdirSync(join(machine, "var/log/journal/0123.lintel"), { recursive: true });

    expect(await script("prerm", "remove")).toMatchObject({ code: 0 });
    expect(existsSync(join(machine, "var/lib/lintel/journal.sqlite")), "a removal alone erases nothing").toBe(true);
    rmSync(payload, { recursive: true });
    expect(await script("postrm", "remove")).toMatchObject({ code: 0, stdout: "" });
    const { code, stdout, stderr } = await script("postrm", "purge");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^lintel: wiped\. The certificate, unsigned, is /);
    expect(readdirSync(join(machine, "var/lib"))).toEqual(["lintel-certificates"]);
    expect(readdirSync(join(machine, "var/lib/lintel-certificates"))).toHaveLength(1);
    expect([...readdirSync(join(machine, "etc")), ...readdirSync(join(machine, "var/log/journal"))]).toEqual([]);
  });
});
