import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyOf } from "../../kiosk/core/jws.ts";
import { type Book, readBook } from "./book.ts";
import { isWhole, readCurrent, readTrial } from "./disk.ts";
import { type Manifest, openManifest } from "./manifest.ts";
import { type Places, treeOf } from "./places.ts";
import type { Seen } from "./steps.ts";
import { manifestName } from "./tree.ts";
import { isVersion } from "./version.ts";

/** What the disk says about updates now. */
export interface Found extends Omit<Seen, "wanted"> {
  readonly book: Book;
  /** Version of the package that dpkg installed. */
  readonly package: string;
}

/** Changes nothing, so that anybody may ask. */
export async function look(places: Places, keyOf: KeyOf): Promise<Found> {
  const current = await readCurrent(places);
  const factory = await factoryVersion(places);
  const book = await readBook(places, async () => {
    const release = current === null ? null : await manifestOf(places, current, keyOf);
    return { counter: release?.counter ?? 0, version: release?.version ?? factory };
  });
  const staged = book.staged !== null && (await isWhole(places, book.staged)) ? book.staged : null;
  return { current, trial: await readTrial(places), staged, version: current ?? factory, book, package: factory };
}

/** The manifest that lies in an unpacked tree; null where it is not one that these keys signed. */
export async function manifestOf(places: Places, version: string, keyOf: KeyOf): Promise<Manifest | null> {
  try {
    return openManifest(await readFile(join(treeOf(places, version), manifestName), "utf8"), keyOf);
  } catch {
    return null;
  }
}

async function factoryVersion({ factory }: Places): Promise<string> {
  const text = await readFile(join(factory, "package.json"), "utf8").catch(() => "{}");
  const { version } = JSON.parse(text) as { readonly version?: unknown };
  return typeof version === "string" && isVersion(version) ? version : "0.0.0";
}
