import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { buildClock } from "../../provisioning/package/build.ts";
import { complaints } from "../../provisioning/package/check.ts";

/** The Debian package as dpkg would get it, made from this checkout's own node_modules and not packed tightly. */

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const arch = process.arch === "arm64" ? "arm64" : "amd64";

let folder: string;
let deb: string;
/** Everything unpacked, as on a machine that has nothing else. */
let machine: string;
const clock = (): string => join(machine, "usr/lib/lintel");
const node = (): string => join(clock(), "bin/node");

/** Which commit it is, and what was changed since. */
const sourceNow = (): string => {
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  const files = git("ls-files", "-co", "--exclude-standard", "kiosk", "provisioning", "systemd").trim().split("\n");
  const times = files.map((file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return `${git("rev-parse", "HEAD")}${files}${times}`;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lintel-deb-"));
  deb = await buildClock({ out: folder, arch, modules: "here" });
  machine = join(folder, "machine");
  execFileSync("dpkg-deb", ["--raw-extract", deb, machine]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const control = (field: string): string => execFileSync("dpkg-deb", ["-f", deb, field], { encoding: "utf8" }).trim();
const below = (path: string): readonly string[] =>
  readdirSync(join(machine, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(machine.length + 1));

describe("what is in it", () => {
  test("is all that a clock needs from the operating system's point of view", () => {
    const wanted = ["usr/bin/lintel", "usr/lib/lintel/bin/node", "usr/lib/lintel/bin/lintel-launch"];
    const system = ["systemd/system/lintel.service", "sysusers.d/lintel.conf", "tmpfiles.d/lintel.conf"];
    const more = ["udev/rules.d/70-lintel-reader.rules", "systemd/journald@lintel.conf.d/10-lintel.conf"];
    const documents = [
      "man/man1/lintel.1.gz",
      "doc/lintel/copyright",
      "doc/lintel/sbom.cdx.json",
      "doc/lintel/models.cdx.json",
    ];
    for (const file of [...wanted, ...[...system, ...more].map((name) => `usr/lib/${name}`)])
      expect(below("usr")).toContain(file);
    for (const name of documents) expect(below("usr")).toContain(`usr/share/${name}`);
    for (const unit of readdirSync(join(root, "systemd")).filter((name) =>
      /\.(service|timer|socket|target)$/.test(name),
    ))
      expect(existsSync(join(machine, "usr/lib/systemd/system", unit)), unit).toBe(true);
  });

  test("is nothing that only developers or other systems need", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    const idle = Object.keys(devDependencies).filter((name) => lock[`node_modules/${name}`]?.dev === true);
    expect(idle.length).toBeGreaterThan(10);
    for (const name of idle) expect(existsSync(join(clock(), "node_modules", name)), name).toBe(false);
    const unwanted = /\.(map|d\.[cm]?ts)$|(^|\/)(darwin|win32|musl|linux-arm)(\/|-)|node_modules\/\.bin|\.test\.ts$/;
    expect(below("usr/lib/lintel").filter((file) => unwanted.test(file))).toEqual([]);
    const other = arch === "amd64" ? "arm64" : "x64";
    expect(below("usr/lib/lintel/node_modules").filter((file) => file.includes(`linux-${other}`))).toEqual([]);
    expect(readdirSync(clock()).sort()).toEqual([
      "LICENSE",
      "bin",
      "kiosk",
      "node_modules",
      "package.json",
      "provisioning",
    ]);
  });

  test("belongs to root, and nobody else may write it or becomes root by it", async () => {
    const { stdout } = await run("dpkg-deb", ["-c", deb], { maxBuffer: 64 * 1024 * 1024 });
    const rows = stdout.trimEnd().split("\n");
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.filter((row) => !/^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) root\/root /.test(row))).toEqual([]);
  });

  test("takes a setting file from nobody: what provisioning writes is not dpkg's", () => {
    const files = existsSync(join(machine, "DEBIAN/conffiles"))
      ? readFileSync(join(machine, "DEBIAN/conffiles"), "utf8")
      : "";
    expect(files).not.toContain("/etc/lintel");
    expect(below(".").filter((file) => file.startsWith("etc/lintel"))).toEqual([]);
  });
});

describe("what dpkg reads", () => {
  test("are a version, a processor and dependencies", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect([control("Package"), control("Version"), control("Architecture")]).toEqual(["lintel", version, arch]);
    expect(basename(deb)).toBe(`lintel_${version}_${arch}.deb`);
    for (const needed of ["libatomic1", "libusb-1.0-0", "libudev1", "ffmpeg", "v4l-utils", "udev", "systemd"])
      expect(control("Depends").split(/[ ,|]+/)).toContain(needed);
    expect(Number(control("Installed-Size"))).toBeGreaterThan(150_000);
  });

  test("a package that arrived by half is no package", async () => {
    const half = join(folder, "half.deb");
    cpSync(deb, half);
    truncateSync(half, 40 * 1024 * 1024);
    await expect(run("dpkg-deb", ["--extract", half, join(folder, "half")])).rejects.toThrow(/unexpected end of file/);
  });

  test("the same commit makes the same bytes, whoever makes it, wherever and whenever", async () => {
    // What npm installs is copied by the same hand; leaving it out makes the test a matter of seconds.
    const make = (name: string) => buildClock({ out: join(folder, name), arch, modules: "none" });
    const sum = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
    const build = `import { buildClock } from "./provisioning/package/build.ts";
      await buildClock({ out: process.argv[1], arch: "${arch}", modules: "none" });`;
    const env = { ...process.env, TZ: "Pacific/Auckland", LC_ALL: "C", TMPDIR: mkdtempSync(join(folder, "tmp-")) };
    for (let tries = 1; ; tries += 1) {
      const source = sourceNow();
      const slim = await make(`slim-${tries}`);
      const again = join(folder, `again-${tries}`);
      const elsewhere = `umask 077; exec "${process.execPath}" --input-type=module -e '${build}' "${again}"`;
      await run("/bin/sh", ["-c", elsewhere], { cwd: root, env });
      // Whoever edits a file meanwhile has another commit: then both are made anew.
      if (sourceNow() !== source && tries < 4) continue;
      expect(sum(join(again, basename(slim)))).toBe(sum(slim));
      return;
    }
  });
});

describe("unpacked, and without this checkout", () => {
  const alone = { cwd: "/", env: { PATH: "/usr/bin:/bin" } } as const;

  test("the clock and the command start, with all that they import", async () => {
    expect((await run(node(), [join(clock(), "kiosk/main.ts"), "--help"], alone)).stdout).toContain("--camera");
    expect((await run(node(), [join(clock(), "provisioning/cli.ts"), "--help"], alone)).stdout).toContain("selfcheck");
  });

  test("what is loaded later is there as well: models' runtimes, pictures, readers, codes", async () => {
    const script = join(clock(), "try.mts");
    const files = ["inference/codes.ts", "inference/runtime/tfjs.ts", "inference/decode/all.ts"].filter((file) =>
      existsSync(join(clock(), "kiosk", file)),
    );
    const late = ["onnxruntime-node", "sharp", "node-hid", "zxing-wasm/reader", "pg", "amqplib"];
    const tensors = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-converter", "@tensorflow/tfjs-backend-wasm"];
    const imports = [...late, ...tensors, ...files.map((file) => `./kiosk/${file}`)].map(
      (name) => `await import("${name}");`,
    );
    const wasm = 'import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")';
    writeFileSync(script, `${imports.join("\n")}\nprocess.stdout.write(${wasm});`);
    try {
      const { stdout } = await run(node(), [script], alone);
      expect(existsSync(new URL(stdout))).toBe(true);
    } finally {
      rmSync(script);
    }
  });

  test("the manual says every command, and man has nothing to say about it", async () => {
    const { stdout, stderr } = await run("man", ["--warnings", "-l", join(machine, "usr/share/man/man1/lintel.1.gz")], {
      env: { PATH: "/usr/bin:/bin", MANWIDTH: "100", LC_ALL: "C.UTF-8" },
    });
    expect(stderr).toBe("");
    for (const command of ["selfcheck", "doctor", "enrol", "models add"])
      expect(stdout).toContain(`lintel ${command}\n`);
  });
});

const component = z.looseObject({
  type: z.string(),
  name: z.string(),
  version: z.string(),
  hashes: z.array(z.object({ alg: z.enum(["SHA-256", "SHA-512"]), content: z.hex() })).default([]),
  licenses: z.array(z.unknown()).default([]),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
const bom = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.5"),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  metadata: z.looseObject({ timestamp: z.iso.datetime(), component }),
  components: z.array(component).min(1),
});
const billOf = (name: string) =>
  bom.parse(JSON.parse(readFileSync(join(machine, "usr/share/doc/lintel", name), "utf8")));

describe("the bills of materials", () => {
  test("name every package that is in it with its hash, the page's too, and none that is not", () => {
    const { components } = billOf("sbom.cdx.json");
    const named = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const inIt = below("usr/lib/lintel/node_modules")
      .filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
      .map((file) => JSON.parse(readFileSync(join(machine, file), "utf8")))
      .map(({ name, version }) => `${name}@${version}`);
    expect(inIt.length).toBeGreaterThan(100);
    expect(inIt.filter((one) => !named.has(one))).toEqual([]);
    for (const name of ["preact", "@fontsource-variable/inter", `node-linux-${process.arch}`])
      expect(components.map((one) => one.name)).toContain(name);
    expect(components.filter(({ hashes }) => hashes.length === 0)).toEqual([]);
    expect(components.map(({ name }) => name)).not.toContain("vitest");
  });

  test("name every model with its hash, whose it is, and what is doubtful", () => {
    const manifest = JSON.parse(readFileSync(join(root, "kiosk/inference/models.json"), "utf8"));
    const { components } = billOf("models.cdx.json");
    for (const model of manifest.models) {
      const file = manifest.files.find(({ name }: { readonly name: string }) => name === model.file);
      const said = components.find(({ name }) => name === model.file);
      expect(said?.hashes).toEqual([{ alg: "SHA-256", content: file.sha256 }]);
      expect(said?.properties).toContainEqual({ name: "lintel:certainty", value: model.certainty });
      expect(said?.properties).toContainEqual({ name: "lintel:doubt", value: manifest.doubt });
    }
  });
});

test("lintian finds nothing in what is ours; what others bring is looked at with `npm run package -- --check`", async () => {
  const slim = await buildClock({ out: join(folder, "ours"), arch, modules: "none" });
  expect(await complaints(slim)).toBe("");
});
