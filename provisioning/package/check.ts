import { stat } from "node:fs/promises";
import { run } from "./run.ts";

/** What a package that is given to others has to be, besides right: small enough, and without a complaint of lintian. */

/** A mobile uplink and a small card have to take it. */
const bytesMax = 150_000_000;

/** @throws Error with what is wrong; Fault `tool-missing` without lintian. */
export async function checkPackage(deb: string): Promise<void> {
  const { size } = await stat(deb);
  if (size > bytesMax)
    throw new Error(`${deb} has ${size} bytes, and ${bytesMax} are the most: look what came in besides`);
  const said = await complaints(deb);
  if (said !== "") throw new Error(`lintian has something to say; mend it, or explain it in the overrides:\n${said}`);
}

/** What lintian says and no override explains. An override that finds nothing is none: the two processors differ in some. */
export async function complaints(deb: string): Promise<string> {
  const said = await run("lintian", ["--allow-root", "--fail-on=none", deb]);
  return said
    .split("\n")
    .filter((line) => !/^(N:|$)|mismatched-override/.test(line))
    .join("\n");
}
