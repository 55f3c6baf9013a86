import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { asyncApiFile } from "../conform/asyncapi.ts";
import { schemaFiles } from "../conform/schemas.ts";
import { print } from "./print.ts";

const root = join(import.meta.dirname, "../..");
const schemas = "docs/uplink/schemas";

export function addContract(program: Command): void {
  program
    .command("contract")
    .summary("compare the published schemas with the source")
    .description(
      "Makes the JSON Schemas and the AsyncAPI file of docs/uplink from the source and names those that differ.",
    )
    .option("--write", "write them")
    .action(async (options: { write?: boolean }) => {
      const stale = await staleFiles();
      for (const [path, text] of stale) {
        if (options.write) await put(join(root, path), text);
        print(`${options.write ? "wrote" : "stale"} ${path}`);
      }
      if (stale.size > 0 && !options.write) process.exitCode = 1;
    });
}

/** Path and what should stand there; null where nothing should. */
export async function staleFiles(): Promise<ReadonlyMap<string, string | null>> {
  const wanted = new Map<string, string | null>([...schemaFiles(), asyncApiFile()]);
  const there = await readdir(join(root, schemas)).catch(() => []);
  for (const name of there) if (!wanted.has(`${schemas}/${name}`)) wanted.set(`${schemas}/${name}`, null);
  const stale = new Map<string, string | null>();
  for (const [path, text] of wanted) {
    const found = await readFile(join(root, path), "utf8").catch(() => null);
    if (found !== text) stale.set(path, text);
  }
  return stale;
}

async function put(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
