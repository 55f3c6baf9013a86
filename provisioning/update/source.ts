import { createReadStream, createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Arch, Manifest } from "./manifest.ts";
import { hashOf } from "./tree.ts";
import { isNewer, isVersion } from "./version.ts";

/** Where bundles are published: `lintel-VERSION-ARCH.jws` and `lintel-VERSION-ARCH.tar.zst` in a folder or below a URL. */

const manifestMaxBytes = 16 * 1024;
/** Nothing came for this long: whoever hangs is left, and the next run asks again. */
const silenceMs = 30_000;

export const releaseName = (version: string, arch: Arch): string => `lintel-${version}-${arch}`;

/** @returns the signed manifest as it was published. @throws Fault `update-unreachable`. */
export async function fetchManifest(from: string, version: string, arch: Arch): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of await openStream(from, `${releaseName(version, arch)}.jws`)) {
    bytes += (piece as Buffer).length;
    if (bytes > manifestMaxBytes) throw unreachable(from, "its manifest is larger than one can be");
    parts.push(piece as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

/**
 * Copies a bundle to `into` and proves its bytes. From a folder too: a stick is pulled, or changed, at any moment.
 *
 * @throws Fault `update-unreachable`, `update-damaged`; what the disk says is passed on.
 */
export async function fetchBundle(from: string, { version, arch, bundle }: Manifest, into: string): Promise<void> {
  let bytes = 0;
  const bounded = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      bytes += piece.length;
      done(bytes > bundle.bytes ? damaged() : null, piece);
    },
  });
  const source = await openStream(from, `${releaseName(version, arch)}.tar.zst`);
  let isOfSource = false;
  source.once("error", () => {
    isOfSource = true;
  });
  const file = createWriteStream(into, { mode: 0o600 });
  const closed = new Promise((resolve) => file.once("close", resolve));
  try {
    await pipeline(source, bounded, file);
  } catch (error) {
    if (error instanceof Fault || !isOfSource) throw error;
    throw unreachable(from, "it broke off", error);
  } finally {
    await closed;
  }
  if (bytes !== bundle.bytes || (await hashOf(into)) !== bundle.sha256) throw damaged();
}

/** The newest version that a folder has for this machine; null where it has none. */
export async function newestIn(folder: string, arch: Arch): Promise<string | null> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreachable(folder, "there is no such folder", cause);
  });
  const versions = names.flatMap((name) => {
    const [, version = "", of] = /^lintel-([\d.]+)-([a-z0-9]+)\.jws$/.exec(name) ?? [];
    return of === arch && isVersion(version) ? [version] : [];
  });
  return versions.reduce<string | null>((best, one) => (best === null || isNewer(one, best) ? one : best), null);
}

async function openStream(from: string, name: string): Promise<Readable> {
  if (from.startsWith("/")) return openFile(from, join(from, name));
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  const response = await fetch(new URL(name, from.endsWith("/") ? from : `${from}/`), { signal: silence.signal }).catch(
    (cause: unknown) => {
      clearTimeout(timer);
      throw unreachable(from, "it does not answer", cause);
    },
  );
  const isMoved = response.url.startsWith("http:") && !from.startsWith("http:");
  if (!response.ok || response.body === null || isMoved) {
    clearTimeout(timer);
    await response.body?.cancel();
    throw unreachable(from, isMoved ? "it leads away from https" : `it answers ${response.status} for ${name}`);
  }
  const source = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  source.on("data", () => timer.refresh());
  source.once("close", () => clearTimeout(timer));
  // Paused again until somebody reads: listening must not start the flow.
  source.pause();
  return source;
}

const openFile = (from: string, path: string): Promise<Readable> =>
  new Promise((resolve, reject) => {
    const file = createReadStream(path);
    file.once("open", () => resolve(file));
    file.once("error", (cause) => reject(unreachable(from, "the release is not there", cause)));
  });

const unreachable = (from: string, why: string, cause?: unknown): Fault =>
  new Fault(
    "update-unreachable",
    `the release cannot be fetched from ${from}: ${why}`,
    "Put bundle and manifest there, or correct `updateFrom`; it is tried again by itself.",
    cause,
  );

const damaged = (): Fault =>
  new Fault(
    "update-damaged",
    "the release bundle is not the one that was signed: it is cut short or changed",
    "Publish or copy it again; nothing of it is used, and the version that runs goes on.",
  );
