import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { buildClock } from "../../provisioning/package/build.ts";
import { showEnded } from "./ended.ts";
import { has, makeRoot, openTelling, refuse, runInside } from "./run-parts.ts";
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
const command = "test:boot";
const root = join(import.meta.dirname, "../..");
const cache = join(root, ".cache/boot-root");
const assets = join(root, ".cache/assets");

if (process.getuid?.() !== 0) refuse(command, "booting a machine needs root", "Run it as root: sudo npm run test:boot");
for (const program of ["systemd-nspawn", "debootstrap", "nsenter", "unshare", "ip", "mosquitto", "mkfs.ext4"]) {
  if (!has(program)) refuse(command, `there is no ${program} here`, "Run ./provisioning/setup.sh --dev --boot.");
}
if (!existsSync(assets)) refuse(command, "the models are not here", "Run ./provisioning/setup.sh.");

const wantsScreen = process.argv.includes("--screen");
if (!process.argv.includes("--inside")) {
  makeRoot(cache, ...(wantsScreen ? ["--screen"] : []));
  await runInside("own");
}

const folder = mkdtempSync(join(tmpdir(), "lintel-boot-run-"));
const { scene, counts, broke } = openTelling();
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
  broke(error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { failed } = counts;
scene.note(failed === 0 ? "Everything was as it should be." : `${failed} things were not as they should be.`);
process.exit(failed === 0 ? 0 : 1);
