import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../core/fault.ts";

/**
 * Pinned assets: models and footage that are fetched once, by the machine's own npm, and never trusted by name. What the
 * repository holds is a manifest of exact bytes; what the disk holds is checked against it before anybody may use it.
 */

const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a plain file name, no folder");

const pin = z.object({
  name: fileName,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z
    .int()
    .positive()
    .max(512 * 1024 * 1024),
});

const assetFile = pin.extend({
  /** Where the file stands in the package's tarball. */
  path: z.string().startsWith("package/"),
});

/** The part that every asset manifest shares. A room that owns a manifest parses its own members besides. */
const assetManifest = z.object({
  package: z.string().regex(/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "an exact version"),
  /** SRI of the whole tarball. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  licence: z.string().min(1),
  source: z.string().min(1),
  /** What is not certain about the rights, in plain words. */
  doubt: z.string().min(1),
  files: z.array(assetFile).min(1),
  /** Files the operator added from their own disk (`lintel models add`); nothing can fetch these. */
  added: z.array(pin).default([]),
});

export type AssetFile = z.infer<typeof assetFile>;
/** The exact bytes of one file. */
export type AssetPin = z.infer<typeof pin>;
export type AssetManifest = z.infer<typeof assetManifest>;

/** @throws Fault `config-invalid`; members of a room's own are ignored here. */
export function parseAssetManifest(value: unknown): AssetManifest {
  const parsed = assetManifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const remedy = "Restore the manifest from the release, or correct your own replacement.";
  throw new Fault("config-invalid", `Asset manifest: ${z.prettifyError(parsed.error)}`, remedy);
}

/** @param url of a manifest file, such as `kiosk/camera/footage.json`. */
export async function readAssetManifest(url: URL): Promise<AssetManifest> {
  return parseAssetManifest(JSON.parse(await readFile(url, "utf8")));
}

/** Where a manifest's files stand below the asset folder: a new version never overwrites an old one. */
export const assetFolder = (directory: string, manifest: AssetManifest): string =>
  join(directory, `${manifest.package.replace("/", "+")}-${manifest.version}`);

/** Where Debian's package lintel-models puts them: looked at where the asset folder has not got a file. */
const packaged = "/usr/lib/lintel/models";

export interface Assets {
  /** Path of a file that was right a moment ago, for programs that open files themselves (ffmpeg). */
  readonly path: (name: string) => Promise<string>;
  /** The very bytes that were checked: nothing can be swapped between the check and the use. */
  readonly bytes: (name: string) => Promise<Uint8Array<ArrayBuffer>>;
}

interface OpenAssets {
  readonly manifest: AssetManifest;
  readonly directory: string;
  readonly second?: string;
}

/**
 * Hands out a manifest's files, each only after its size and SHA-256 were compared.
 *
 * @param directory of all assets, by default `.cache/assets` beside the program.
 * @param second folder of the same shape, for what the first has not got.
 * Both functions throw Fault `asset-missing` or `asset-changed`.
 */
export function openAssets({ manifest, directory, second = packaged }: OpenAssets): Assets {
  const folders = [directory, second].map((one) => assetFolder(one, manifest));
  const checked = async (name: string) => {
    const file = [...manifest.files, ...manifest.added].find((candidate) => candidate.name === name);
    if (file === undefined) throw new RangeError(`${name} is not in the manifest of ${manifest.package}`);
    const found = await firstOf(folders.map((folder) => join(folder, name))).catch((cause: unknown) => {
      const isFetched = manifest.files.some((candidate) => candidate.name === name);
      const remedy = isFetched
        ? "In a checkout run ./provisioning/setup.sh, on an installed clock `lintel assets`: it is fetched and checked."
        : "It was added by hand: run `lintel models add` with it again.";
      throw new Fault("asset-missing", `${name} of ${manifest.package} is not here`, remedy, cause);
    });
    checkAsset(file, found.content);
    return found;
  };
  return {
    bytes: async (name) => (await checked(name)).content,
    path: async (name) => (await checked(name)).path,
  };
}

async function firstOf([path = "", ...others]: readonly string[]): Promise<{
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}> {
  try {
    return { path, content: await readFile(path) };
  } catch (error) {
    if (others.length === 0 || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return firstOf(others);
  }
}

/** @throws Fault `asset-changed` when as little as one bit is not as pinned. */
export function checkAsset(file: AssetPin, content: Uint8Array): void {
  const same = content.length === file.sizeBytes && createHash("sha256").update(content).digest("hex") === file.sha256;
  if (same) return;
  const remedy = "Delete the file and run ./provisioning/setup.sh; if it happens again, do not use this source.";
  throw new Fault("asset-changed", `${file.name} is not the file that was pinned`, remedy);
}
