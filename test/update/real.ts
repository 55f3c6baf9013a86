import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemblePayload } from "../../provisioning/package/payload.ts";
import { journalVersion } from "../../provisioning/update/journal-schema.ts";
import { readReleaseKeys } from "../../provisioning/update/keys.ts";
import { archHere } from "../../provisioning/update/machine.ts";
import { usualPace } from "../../provisioning/update/pace.ts";
import type { Places } from "../../provisioning/update/places.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { update } from "../../provisioning/update/update.ts";
import { lookAt } from "../../provisioning/update/wall.ts";
import { openSupervisor } from "./supervisor.ts";

/**
 * `node test/update/real.ts`: the real payload, packed, signed, fetched, proved, checked and switched to, with the demo's
 * footage before the camera; prints what each part took and for how long nobody could punch.
 */
const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "lintel-real-"));
const at = (name: string): string => join(folder, name);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const cli = (...words: readonly string[]): string =>
  execFileSync(process.execPath, [join(root, "provisioning/cli.ts"), ...words], { encoding: "utf8" });

const places: Places = {
  ...{ releases: at("releases"), factory: at("factory"), state: at("state"), config: at("kiosk.json") },
  keys: at("key.public.json"),
};
for (const name of [places.releases, places.state, at("published")]) mkdirSync(name);
const settings = { assets: join(root, ".cache/assets"), port: 0, timeZone: "Europe/Berlin", log: "json" };
writeFileSync(places.config, JSON.stringify({ ...settings, camera: "demo", updateFrom: at("published") }));

await assemblePayload({ into: places.factory, arch: archHere(), modules: "here" });
cpSync(join(root, "provisioning/package/lintel-launch"), join(places.factory, "bin/lintel-launch"));
cpSync(places.factory, at("next"), { recursive: true });
const version = "0.1.1";
const about = JSON.parse(execFileSync("cat", [at("next/package.json")], { encoding: "utf8" })) as object;
writeFileSync(at("next/package.json"), JSON.stringify({ ...about, version }));
cli("release", "key", "--out", at("key.json"));
const made = ["--payload", at("next"), "--key", at("key.json"), "--arch", archHere(), "--counter", "1"];
say(cli("release", "make", ...made, "--out", at("published")).trim());

const words = ["--config", places.config, "--state", places.state];
const usualPath = process.env.PATH;
const supervisor = openSupervisor({ folder: at("systemd"), ...places, words, isReal: true });
process.env.PATH = supervisor.path;
try {
  const startMs = performance.now();
  await supervisor.start();
  say(`READY ${Math.round(performance.now() - startMs)} ms after the start of the version before`);
  let lastMs = performance.now();
  const outcome = await update(
    {
      ...{ places, keyOf: await readReleaseKeys(places.keys), arch: archHere(), nowUtcMs: Date.now, service: systemd },
      journal: await journalVersion(places.state),
      // The demo's people come and go: here nobody is waited for.
      sight: async () => {
        const seen = await lookAt(places.state, systemd);
        return seen.wall === null ? seen : { ...seen, wall: { ...seen.wall, idleMs: 0 } };
      },
      pace: { ...usualPace, idleMs: 0 },
      mark: (stage) => {
        say(`${String(Math.round(performance.now() - lastMs)).padStart(8)} ms until ${stage}`);
        lastMs = performance.now();
      },
      say,
    },
    { version, from: at("published"), mayInstall: true, isByHand: true },
  );
  say(JSON.stringify(outcome));
  say(`${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most in the updater`);
  process.exitCode = outcome.is === "kept" ? 0 : 1;
} finally {
  process.env.PATH = usualPath;
  await supervisor[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}
