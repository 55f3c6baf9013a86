import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildClock } from "../../provisioning/package/build.ts";
import { has, makeRoot, openTelling, refuse, runInside } from "../boot/run-parts.ts";
import { openChance } from "../torture/chance.ts";
import { showClock } from "./clock/show.ts";
import { showHousing } from "./housing.ts";
import { showReaders } from "./readers.ts";

/**
 * `npm run test:vm`: an emulated machine with Debian's kernel, for what a container has not. First badge readers alone, and
 * what a compositor hears of them; then a switch in the housing, at a GPIO line; then a whole clock: Debian with systemd as
 * its first process, our package, a camera, a reader, a watchdog, and power that goes. Prints what it sees with times; ends
 * with 1 where anything was otherwise than it should be. `-- --only readers`, `housing` or `clock` is one part; `-- --seed 7`
 * the same chance again; `-- FILE.deb` takes that package. The clock's part needs root, and runs in a network of its own.
 */
const { values, positionals } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, inside: { type: "boolean" } },
  allowPositionals: true,
});
const repository = join(import.meta.dirname, "../..");
const folder = process.env.LINTEL_VM ?? join(tmpdir(), "lintel-vm");
const root = join(repository, ".cache/boot-root");
const assets = join(repository, ".cache/assets");
const command = "test:vm";
const wants = (part: string): boolean => values.only === undefined || values.only === part;

if (!["readers", "housing", "clock"].some(wants))
  refuse(command, `there is no part ${values.only}`, "Name readers, housing or clock.");
if (wants("clock")) {
  if (process.getuid?.() !== 0)
    refuse(command, "a clock's disk is made by root", "Run it as root, or `npm run test:vm -- --only readers`.");
  for (const program of ["debootstrap", "unshare", "ip", "mosquitto", "mkfs.ext4"])
    if (!has(program)) refuse(command, `there is no ${program} here`, "Run ./provisioning/setup.sh --dev --boot --vm.");
  if (!existsSync(assets)) refuse(command, "the models are not here", "Run ./provisioning/setup.sh.");
}
if (wants("housing") && !has("gpioget"))
  refuse(command, "there is no gpioget here", "Run ./provisioning/setup.sh --vm.");
if (!has("qemu-system-x86_64")) refuse(command, "there is no QEMU here", "Run ./provisioning/setup.sh --vm.");

if (values.inside !== true) {
  process.stdout.write("Making the machine\n");
  mkdirSync(folder, { recursive: true });
  execFileSync(join(import.meta.dirname, "make-machine.sh"), [folder], { stdio: "inherit" });
  if (wants("clock")) {
    makeRoot(root);
    if (!existsSync(join(root, "usr/bin/gpioget")))
      refuse(command, "the Debian in .cache/boot-root is an old one", "Remove that folder; it is made anew.");
  }
  await runInside(wants("clock") ? "own" : "ours");
}

const { scene, counts, broke } = openTelling();

async function clock(): Promise<void> {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  scene.note(`seed ${seed}`);
  const place = mkdtempSync(join(tmpdir(), "lintel-vm-deb-"));
  try {
    const deb = positionals[0] ?? (await buildClock({ out: place, arch: "amd64", modules: "here" }));
    scene.note(`the package: ${Math.round(statSync(deb).size / 1e6)} MB`);
    const disk = join(place, "root.img");
    const words = [disk, root, deb, assets, join(folder, "modules")];
    execFileSync(join(import.meta.dirname, "clock/make-disk.sh"), words, { stdio: ["ignore", "ignore", "inherit"] });
    scene.note("a disk with Debian, our package and the models");
    await showClock({ scene, folder, root: disk, repository, chance: openChance(seed) });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const busy = loadavg()[0] ?? 0;
scene.note(`${cpus().length} processors, load ${busy.toFixed(1)}`);
for (const [part, show] of [
  ["readers", () => showReaders(scene, folder)],
  ["housing", () => showHousing(scene, folder)],
  ["clock", clock],
] as const) {
  if (!wants(part)) continue;
  await show().catch(broke);
}
scene.note(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
