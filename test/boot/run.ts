import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { buildClock } from "../../provisioning/package/build.ts";
import { showEnded } from "./ended.ts";
import type { Scene } from "./parts.ts";
import { showEverything } from "./scenes.ts";
import { showSetUp } from "./set-up.ts";
import { showUpdates } from "./updates.ts";

/**
 * `npm run test:boot`: a Debian 12 with systemd as its first process, our package installed by apt as a technician would,
 * and then everything that happens to a clock in its years. Prints what it sees with times; ends with 1 where anything was
 * otherwise than it should be. `-- --screen` shows the page too, by cage and Chromium; `-- --set-up` is another story: a clock
 * out of its box, set up at its own screen.
 *
 * It runs in a network of its own, so that the clock's port, and its broker's, are nobody else's on this computer.
 */
const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/boot-root");
const assets = join(root, ".cache/assets");

function refuse(what: string, remedy: string): never {
  process.stderr.write(`test:boot: ${what}\nWhat to do: ${remedy}\n`);
  process.exit(2);
}

const has = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

if (process.getuid?.() !== 0) refuse("booting a machine needs root", "Run it as root: sudo npm run test:boot");
for (const program of ["systemd-nspawn", "debootstrap", "nsenter", "unshare", "ip", "mosquitto", "mkfs.ext4"]) {
  if (!has(program)) refuse(`there is no ${program} here`, "Run ./provisioning/setup.sh --dev --boot.");
}
if (!existsSync(assets)) refuse("the models are not here", "Run ./provisioning/setup.sh.");

const wantsScreen = process.argv.includes("--screen");
if (!process.argv.includes("--inside")) {
  if (!existsSync(cache)) {
    process.stdout.write("Making the Debian root (once, some minutes; it needs the network)\n");
    const words = [cache, ...(wantsScreen ? ["--screen"] : [])];
    execFileSync(join(import.meta.dirname, "make-root.sh"), words, { stdio: ["ignore", "inherit", "inherit"] });
  }
  const again = ['ip link set lo up && exec "$0" "$@"', process.execPath, ...process.argv.slice(1), "--inside"];
  const child = spawn("unshare", ["--net", "sh", "-c", ...again], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  process.exit(code ?? 1);
}

const folder = mkdtempSync(join(tmpdir(), "lintel-boot-run-"));
const beganMs = performance.now();
let failures = 0;
const line = (mark: string, text: string): void => {
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${mark.padEnd(4)} ${text}\n`);
};
const scene: Scene = {
  note: (text) => line("", text),
  check: (text, holds) => {
    if (!holds) failures += 1;
    line(holds ? "ok" : "NOT", text);
  },
  within: (text, tookMs, limitMs) => {
    const holds = tookMs <= limitMs;
    if (!holds) failures += 1;
    line(holds ? "ok" : "NOT", `${text}: ${(tookMs / 1000).toFixed(2)} s (at most ${(limitMs / 1000).toFixed(0)} s)`);
  },
};
const busy = loadavg()[0] ?? 0;
scene.note(
  `${cpus().length} processors, load ${busy.toFixed(1)}${busy > 1 ? ": busy otherwise, so times say little" : ""}`,
);
try {
  const given = process.argv.find((word) => word.endsWith(".deb"));
  if (given === undefined) scene.note("Building the package");
  const deb =
    given ?? (await buildClock({ out: folder, arch: process.arch === "arm64" ? "arm64" : "amd64", modules: "here" }));
  if (process.argv.includes("--ended")) await showEnded({ scene, root: cache, deb, assets });
  else if (process.argv.includes("--set-up")) await showSetUp({ scene, root: cache, deb, assets });
  else if (process.argv.includes("--updates")) await showUpdates({ scene, root: cache, deb, assets, folder });
  else await showEverything({ scene, root: cache, deb, assets, folder, wantsScreen });
} catch (error) {
  failures += 1;
  line("NOT", error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
line("", failures === 0 ? "Everything was as it should be." : `${failures} things were not as they should be.`);
process.exit(failures === 0 ? 0 : 1);
