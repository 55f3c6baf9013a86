import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { Header } from "tar";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import { archHere, ofDisk, takeUpdateLock } from "../../provisioning/update/machine.ts";
import type { Manifest } from "../../provisioning/update/manifest.ts";
import { releaseName } from "../../provisioning/update/source.ts";
import { unpackBundle } from "../../provisioning/update/unpack.ts";
import { openWorld, type World } from "./world.ts";

/** What is not as it must be: a sentence, a code, nothing of it used, and a second try that succeeds. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());
beforeEach(async () => world.reset());

const bundle = (): string => join(world.published, `${releaseName("2.0.0", archHere())}.tar.zst`);
const manifest = (): string => join(world.published, `${releaseName("2.0.0", archHere())}.jws`);
const other = archHere() === "amd64" ? "arm64" : "amd64";
const day = 86_400_000;

const spoilt: readonly (readonly [string, string, Partial<Manifest>, (() => void)?])[] = [
  ["is not there", "update-unreachable", {}, () => rmSync(manifest())],
  ["has lost its bundle", "update-unreachable", {}, () => rmSync(bundle())],
  ["is not signed", "update-unsigned", {}, () => writeFileSync(manifest(), "{}")],
  [
    "has a signature of something else",
    "update-unsigned",
    {},
    () => writeFileSync(manifest(), readFileSync(manifest(), "utf8").replace(/.{20}$/, "A".repeat(20))),
  ],
  ["has a manifest without an end", "update-unreachable", {}, () => writeFileSync(manifest(), "a".repeat(100_000))],
  ["is for another machine", "update-other-machine", { arch: other }],
  ["has a counter below the highest", "update-older", { counter: 1 }],
  ["is over", "update-expired", { issuedUtcMs: 0, untilUtcMs: Date.now() - day }],
  ["needs a version in between", "update-unfit", { over: "1.5.0" }],
  ["needs a newer package", "update-unfit", { package: "1.0.1" }],
  ["reads no journal as old as ours", "update-unfit", { journal: { writes: 9, reads: 4 } }],
  ["was cut short", "update-damaged", {}, () => truncateSync(bundle(), 100)],
  ["had a byte changed", "update-damaged", {}, () => flip(bundle())],
  ["is longer than it says", "update-damaged", {}, () => writeFileSync(bundle(), "more", { flag: "a" })],
  ["holds other files than were signed", "update-damaged", { tree: { sha256: "0".repeat(64), files: 9, bytes: 4e5 } }],
  ["holds more than it says", "update-damaged", { tree: { sha256: "0".repeat(64), files: 3, bytes: 4e5 } }],
  ["needs more room than there is", "disk-full", { tree: { sha256: "0".repeat(64), files: 3, bytes: 2 ** 52 } }],
];

test.each(spoilt.map(([what, code, change, spoil = () => undefined]) => ({ what, code, change, spoil })))(
  "a release that $what: $code",
  async ({ code, change, spoil }) => {
    if (code === "update-older") {
      await world.publish("1.9.0", "well", { counter: 5 });
      expect(await world.update({ version: "1.9.0" })).toMatchObject({ is: "kept" });
    }
    await world.publish("2.0.0", "well", change);
    spoil();
    const journal = 3;
    const failed = await world.update({}, { journal }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Fault);
    expect(failed).toMatchObject({
      code,
      message: expect.stringMatching(/^.{20,}$/),
      remedy: expect.stringMatching(/\.$/),
    });
    const before = code === "update-older" ? "1.9.0" : "1.0.0";
    expect(await world.chosen()).toBe(before);
    expect(existsSync(join(world.places.releases, "2.0.0"))).toBe(false);
    await world.publish("2.0.0", "well", { counter: 6 });
    expect(await world.update({}, { journal })).toMatchObject({ is: "kept", version: "2.0.0" });
    expect(readdirSync(world.places.releases).filter((name) => name.startsWith("."))).toEqual([]);
  },
);

test("S5 a release that is signed with a foreign key is refused, and taken once that key is known", async () => {
  await world.publish("2.0.0", "well", {}, "foreign.json");
  await expect(world.update({})).rejects.toMatchObject({ code: "update-untrusted" });
  const own = readFileSync(world.places.keys, "utf8");
  onTestFinished(() => writeFileSync(world.places.keys, own));
  copyFileSync(join(world.folder, "foreign.public.json"), world.places.keys);
  expect(await world.update({})).toMatchObject({ is: "kept" });
});

test("a manifest is not taken for another version by its name", async () => {
  await world.publish("2.0.0", "well");
  copyFileSync(manifest(), manifest().replace("2.0.0", "2.1.0"));
  await expect(world.update({ version: "2.1.0" })).rejects.toMatchObject({ code: "update-unsigned" });
});

test("a clock that lost the time does not take a release for one that is over", async () => {
  await world.publish("2.0.0", "well");
  expect(await world.update({}, { nowUtcMs: () => 0 })).toMatchObject({ is: "kept" });
});

test("files that decayed after they were proved are not switched to, and fetched anew", async () => {
  await world.publish("2.0.0", "well");
  expect(await world.update({ mayInstall: false })).toMatchObject({ is: "waiting", for: "window" });
  flip(join(world.places.releases, "2.0.0/node_modules/deep/down/here.js"));
  await expect(world.update({})).rejects.toMatchObject({ code: "update-damaged" });
  expect(await world.chosen()).toBe("1.0.0");
  expect(await world.update({})).toMatchObject({ is: "kept" });
});

test("two updaters at once: the second says so, and the lock goes with the first", () => {
  {
    using _lock = takeUpdateLock(world.places);
    expect(() => takeUpdateLock(world.places)).toThrow(expect.objectContaining({ code: "update-busy" }));
  }
  takeUpdateLock(world.places)[Symbol.dispose]();
});

test("a disk that is full, read-only or not ours is said as that", () => {
  const codeOf = (error: unknown): unknown => (ofDisk(error, "/releases") as Fault).code;
  const system = (code: string): Error => Object.assign(new Error(code), { code });
  expect(["ENOSPC", "EDQUOT", "EROFS", "EACCES"].map((code) => codeOf(system(code)))).toEqual([
    ...["disk-full", "disk-full", "disk-read-only", "state-unwritable"],
  ]);
  expect(codeOf(new Error("attempt to write a readonly database"))).toBe("disk-read-only");
});

test("on a disk that really fills up, or takes no writes, the version that runs goes on, and a second try succeeds", async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip("only root may mount a small disk of its own; run as root to have it");
  const { releases } = world.places;
  const mount = (...words: readonly string[]) => execFileSync("mount", [...words, releases]);
  mount("-t", "tmpfs", "-o", "size=90m", "lintel-test");
  onTestFinished(async () => {
    // What runs there holds it.
    await world.supervisor.cut();
    execFileSync("umount", [releases]);
  });
  await world.publish("2.0.0", "well");
  // It fits by what it says, and somebody else takes the room meanwhile.
  const fill = (stage: string): void => {
    if (stage === "unpack") writeFileSync(join(releases, "filler"), randomBytes(95_000_000).subarray(0, room()));
  };
  const room = (): number => Number(execFileSync("df", ["--output=avail", "-B1", releases]).toString().split("\n")[1]);
  const full = await world.update({}, { mark: fill }).catch((error: unknown) => ofDisk(error, releases));
  expect(full).toMatchObject({ code: "disk-full" });
  expect(await world.chosen()).toBe("1.0.0");
  rmSync(join(releases, "filler"));
  mount("-o", "remount,ro");
  const readOnly = await world.update({}).catch((error: unknown) => ofDisk(error, releases));
  expect(readOnly).toMatchObject({ code: "disk-read-only" });
  mount("-o", "remount,rw");
  expect(await world.update({})).toMatchObject({ is: "kept" });
});

interface Entry {
  readonly path: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "CharacterDevice";
  readonly link?: string;
  readonly bytes?: number;
}

test.each<readonly [string, readonly Entry[]]>([
  ["a way up", [{ path: "../outside" }]],
  ["a way up in its middle", [{ path: "kiosk/../../outside" }]],
  ["an absolute name", [{ path: "/tmp/outside" }]],
  ["a symbolic link", [{ path: "kiosk", type: "SymbolicLink", link: "/tmp" }]],
  ["a hard link", [{ path: "kiosk", type: "Link", link: "/etc/passwd" }]],
  ["a device", [{ path: "null", type: "CharacterDevice" }]],
  ["a file twice", [{ path: "a" }, { path: "a" }]],
  ["a file where a folder was", [{ path: "a/b" }, { path: "a" }]],
  ["its own manifest", [{ path: "release.jws" }]],
  ["a name with a line end", [{ path: "a\nb" }]],
  ["a bomb", [{ path: "a", bytes: 300_000_000 }]],
])("a bundle with %s is damaged, and nothing is written beside its folder", async (_, entries) => {
  const folder = mkdtempSync(join(tmpdir(), "lintel-unpack-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const into = join(folder, "deep/into");
  mkdirSync(into, { recursive: true });
  writeFileSync(join(folder, "bundle"), zstdCompressSync(archiveOf(entries)));
  const tree = { sha256: createHash("sha256").digest("hex"), files: 100, bytes: 1_000_000 };
  await expect(unpackBundle(join(folder, "bundle"), into, { tree })).rejects.toMatchObject({ code: "update-damaged" });
  expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("outside"))).toEqual([]);
  expect(existsSync("/tmp/outside")).toBe(false);
});

function archiveOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", link, bytes = 3 }) => {
    const size = type === "File" ? bytes : 0;
    const header = new Header({ path, type, size, mode: 0o644, mtime: new Date(0), ...(link && { linkpath: link }) });
    header.encode();
    return [header.block ?? Buffer.alloc(512), Buffer.alloc(Math.ceil(size / 512) * 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
