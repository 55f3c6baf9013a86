import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../kiosk/core/fault.ts";
import { chapters, lead, title } from "./field-guide/guide.ts";
import { printableOf } from "./field-guide/html.ts";
import { markdownOf } from "./field-guide/markdown.ts";

/** Writes docs/field-guide.md: `node provisioning/field-guide.ts`; with `--check` it only says whether it is stale. */

const root = join(import.meta.dirname, "..");
const path = join(root, "docs/field-guide.md");

export const wantedGuide = (): string => markdownOf(title, lead, chapters);

export const writtenGuide = (): Promise<string> => readFile(path, "utf8").catch(() => "");

/** The guide as one page. @throws Fault `asset-missing` where the drawings are not there. */
export const printableGuide = (): string =>
  printableOf(title, lead, chapters, (file) => {
    try {
      return readFileSync(join(root, "docs/pictures", file), "utf8");
    } catch (cause) {
      const remedy = "Use the repository: the installed package does not carry docs/pictures.";
      throw new Fault("asset-missing", `the drawing ${file} is not here`, remedy, cause);
    }
  });

if (import.meta.main) {
  const isStale = (await writtenGuide()) !== wantedGuide();
  if (process.argv.includes("--check")) {
    process.stdout.write(`docs/field-guide.md is ${isStale ? "stale" : "as it should be"}\n`);
    process.exitCode = isStale ? 1 : 0;
  } else if (isStale) await writeFile(path, wantedGuide());
}
