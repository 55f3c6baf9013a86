import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { privacyPage } from "./promises/page.ts";
import { proofsIn } from "./promises/proofs.ts";
import { checks } from "./selfcheck/all.ts";

/** Writes docs/privacy.md: `node provisioning/privacy-page.ts`; with `--check` it only says whether it is stale. */

const root = join(import.meta.dirname, "..");
const path = join(root, "docs/privacy.md");

/** What should stand there, by the tests and checks as they are now. */
export async function wantedPage(): Promise<string> {
  const checked = new Map(checks.flatMap(({ ids, how }) => ids.map((id) => [id, how] as const)));
  return privacyPage(await proofsIn(root), checked);
}

export const writtenPage = (): Promise<string> => readFile(path, "utf8").catch(() => "");

if (import.meta.main) {
  const wanted = await wantedPage();
  const isStale = (await writtenPage()) !== wanted;
  if (process.argv.includes("--check")) {
    process.stdout.write(`docs/privacy.md is ${isStale ? "stale" : "as it should be"}\n`);
    process.exitCode = isStale ? 1 : 0;
  } else if (isStale) await writeFile(path, wanted);
}
