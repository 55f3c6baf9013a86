import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readReleaseKeys, readReleaseSigner } from "../../provisioning/update/keys.ts";
import { archHere } from "../../provisioning/update/machine.ts";
import { type Manifest, signManifest } from "../../provisioning/update/manifest.ts";
import { packTree } from "../../provisioning/update/pack.ts";
import type { Places } from "../../provisioning/update/places.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { releaseName } from "../../provisioning/update/source.ts";
import { type Updating, update, type Wish } from "../../provisioning/update/update.ts";
import { lookAt } from "../../provisioning/update/wall.ts";
import { type Manner, writePayload } from "./payloads.ts";
import { openSupervisor, type Supervisor } from "./supervisor.ts";

/** An installed clock in a folder: made-up versions, real processes, the real launcher, a small stand-in for systemd. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly places: Places;
  readonly published: string;
  readonly supervisor: Supervisor;
  /** Packs, signs and publishes a version. */
  readonly publish: (version: string, manner: Manner, change?: Partial<Manifest>, key?: string) => Promise<Manifest>;
  /** An updater in this process. */
  readonly updating: (change?: Partial<Updating>) => Promise<Updating>;
  readonly update: (wish: Partial<Wish>, change?: Partial<Updating>) => ReturnType<typeof update>;
  /** What would run now, by its version. */
  readonly chosen: () => Promise<string>;
  /** As dpkg left it: nothing but the package's own version, and that runs. */
  readonly reset: () => Promise<void>;
}

const run = promisify(execFile);
const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
export const briskPace = { idleMs: 0, readyMs: 3_000, healthMs: 4_000, steadyMs: 30, lookMs: 15 };

export const wish: Wish = { version: "2.0.0", from: null, mayInstall: true, isByHand: false };

export interface WorldOptions {
  /** Who is not ready after so long is ended: TimeoutStartSec. */
  readonly startMs?: number;
  /** Folder of the releases, where it is to be on a disk of its own. */
  readonly releases?: string;
}

export async function openWorld({ startMs, releases }: WorldOptions = {}): Promise<World> {
  const usualPath = process.env.PATH;
  const folder = mkdtempSync(join(tmpdir(), "lintel-update-"));
  const at = (name: string): string => join(folder, name);
  const places: Places = {
    ...{ releases: releases ?? at("releases"), factory: at("factory"), state: at("state") },
    ...{ config: at("kiosk.json"), keys: at("key.public.json") },
  };
  const published = at("published");
  for (const path of [places.releases, places.state, published]) mkdirSync(path);
  writeFileSync(places.config, JSON.stringify({ camera: "none", updateFrom: published }));
  await run(process.execPath, [cli, "release", "key", "--out", at("key.json")]);
  await run(process.execPath, [cli, "release", "key", "--out", at("foreign.json")]);
  writePayload(places.factory, "1.0.0", "well");
  const supervisor = openSupervisor({ folder: at("systemd"), ...places, ...(startMs !== undefined && { startMs }) });
  // Whoever calls systemctl finds the stand-in; and what is started a hundred times is compiled once.
  process.env.PATH = supervisor.path;
  process.env.NODE_COMPILE_CACHE = at("compiled");

  const updating: World["updating"] = async (change = {}) => ({
    places,
    keyOf: await readReleaseKeys(places.keys),
    arch: archHere(),
    journal: null,
    nowUtcMs: Date.now,
    service: systemd,
    sight: () => lookAt(places.state, systemd),
    pace: briskPace,
    mark: () => undefined,
    say: () => undefined,
    ...change,
  });
  return {
    folder,
    places,
    published,
    supervisor,
    updating,
    update: async (wanted, change) => update(await updating(change), { ...wish, from: published, ...wanted }),
    publish: async (version, manner, change = {}, key = "key.json") => {
      const tree = at(`payload-${version}`);
      rmSync(tree, { recursive: true, force: true });
      writePayload(tree, version, manner);
      const path = join(published, releaseName(version, archHere()));
      const [counter = 0] = version.split(".").map(Number);
      const manifest: Manifest = {
        ...{ version, arch: archHere(), counter, over: "1.0.0", package: "1.0.0", journal: { writes: 1, reads: 1 } },
        ...{ issuedUtcMs: Date.now(), untilUtcMs: Date.now() + 30 * 86_400_000 },
        ...(await packTree(tree, `${path}.tar.zst`)),
        ...change,
      };
      writeFileSync(`${path}.jws`, signManifest(manifest, await readReleaseSigner(at(key))));
      return manifest;
    },
    chosen: async () => {
      const env = { ...process.env, LINTEL_RELEASES: places.releases, LINTEL_FACTORY: places.factory };
      const { stdout } = await run(join(places.factory, "bin/lintel-launch"), ["--which"], { env });
      const name = stdout.trim().split("/").at(-1) ?? "";
      return name === "factory" ? "1.0.0" : name;
    },
    reset: async () => {
      await supervisor.cut();
      rmSync(places.releases, { recursive: true, force: true });
      mkdirSync(places.releases);
      await supervisor.start();
    },
    [Symbol.asyncDispose]: async () => {
      delete process.env.NODE_COMPILE_CACHE;
      process.env.PATH = usualPath;
      await supervisor[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
