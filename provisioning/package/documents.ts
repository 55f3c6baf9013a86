import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pageModules } from "./locked.ts";
import { manualPage } from "./manual.ts";
import { changelog, copyright, modelsCopyright } from "./papers.ts";
import type { Payload } from "./payload.ts";
import { modelBill, softwareBill } from "./sbom.ts";
import { placePacked } from "./system.ts";

/** Puts the manual, the rights and the bills of materials where Debian looks for them. */

const root = join(import.meta.dirname, "../..");

interface Documents {
  /** The package's files, from the machine's root. */
  readonly tree: string;
  readonly version: string;
  readonly epochS: number;
}

export async function placeClockDocuments(
  { tree, version, epochS }: Documents,
  { modules, npm }: Payload,
): Promise<void> {
  const page = await pageModules(root);
  const all = [...modules, ...page];
  const folder = await documentFolder(tree, "lintel");
  await placePacked(join(folder, "changelog.gz"), changelog("lintel", version, epochS));
  await placePacked(join(tree, "usr/share/man/man1/lintel.1.gz"), await manualPage({ version, epochS }));
  await writeFile(join(folder, "copyright"), copyright(all));
  await writeFile(join(folder, "sbom.cdx.json"), await softwareBill(all, npm, { version, epochS }));
  await writeFile(join(folder, "models.cdx.json"), await modelBill({ version, epochS }));
  // The page's parts are melted into one file: their licences go along here.
  await mkdir(join(folder, "page"), { recursive: true });
  for (const { folder: from, name } of page) {
    const licence = (await readdir(join(root, from))).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} has no licence that could go along with the page`);
    await copyFile(join(root, from, licence), join(folder, "page", `${name.replace("/", "+")}.txt`));
  }
  await placeOverrides(tree, "lintel");
}

export async function placeModelDocuments({ tree, version, epochS }: Documents): Promise<void> {
  const folder = await documentFolder(tree, "lintel-models");
  await placePacked(join(folder, "changelog.gz"), changelog("lintel-models", version, epochS));
  await writeFile(join(folder, "copyright"), await modelsCopyright());
  await writeFile(join(folder, "models.cdx.json"), await modelBill({ version, epochS }));
}

async function documentFolder(tree: string, name: string): Promise<string> {
  const folder = join(tree, "usr/share/doc", name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** What lintian complains about and stays, each with its reason. */
async function placeOverrides(tree: string, name: string): Promise<void> {
  const folder = join(tree, "usr/share/lintian/overrides");
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, "debian", `${name}.lintian-overrides`), join(folder, name));
}
