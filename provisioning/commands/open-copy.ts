import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { openCopy } from "../../kiosk/privacy/copies.ts";
import { print } from "./print.ts";

interface Flags {
  readonly code: string;
  readonly out: string;
}

export function addOpenCopy(program: Command): void {
  program
    .command("open-copy")
    .summary("open a copy of one's data that was taken at a clock")
    .description(
      "The file is a compact JWE (PBES2-HS512+A256KW, A256GCM); its password is the code in capitals without hyphens, so " +
        "that any library for JOSE opens it too. Writes what is in it: JSON, and the times as CSV.",
    )
    .argument("<file>", "the .jwe file")
    .requiredOption("--code <letters>", "the 24 letters that stood on the wall")
    .option("--out <folder>", "where to", "my-copy")
    .action(async (file: string, { code, out }: Flags) => {
      const sealed = await readFile(file, "utf8").catch((cause: unknown) => {
        throw new Fault("copy-failed", `cannot read ${file}`, "Name the file that was taken at the clock.", cause);
      });
      const files = await openCopy(sealed, code);
      await mkdir(out, { recursive: true, mode: 0o700 });
      for (const [name, text] of Object.entries(files)) {
        // What is in the file names a file of this folder, and never a way out of it.
        const path = join(out, basename(name));
        await writeFile(path, text, { mode: 0o600 });
        print(path);
      }
    });
}
