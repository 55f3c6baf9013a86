import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archHere } from "../../provisioning/update/machine.ts";

/** Real payloads under new versions, signed as their owner would, and broken in the ways that a release can be. */

export interface Releases {
  /** With the bundles and their manifests. */
  readonly published: string;
  /** To be `/etc/lintel/release-keys.json`. */
  readonly keys: string;
}

export type Broken = "whole" | "crashes" | "refuses" | "hangs";

/** What takes the place of the clock's first file. The rest is as it was, so that the self-check finds nothing. */
const mains: Readonly<Record<Exclude<Broken, "whole">, string>> = {
  crashes: "process.exit(70);\n",
  refuses: "process.exit(78);\n",
  // Whoever hangs in its own loop does not hear that it is asked to end either.
  hangs:
    'process.on("SIGTERM", () => {});\nfor (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e6);\n',
};

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
const lintel = (...words: readonly string[]): void => void execFileSync(process.execPath, [cli, ...words]);

/** @param deb whose payload it is. @param versions in the order of their counters. */
export function makeReleases(deb: string, folder: string, versions: ReadonlyMap<string, Broken>): Releases {
  const at = (name: string): string => join(folder, name);
  const tree = at("tree/usr/lib/lintel");
  mkdirSync(at("published"), { recursive: true });
  execFileSync("dpkg-deb", ["-x", deb, at("tree")]);
  lintel("release", "key", "--out", at("release.json"));
  const about = JSON.parse(readFileSync(join(tree, "package.json"), "utf8")) as object;
  const main = join(tree, "kiosk/main.ts");
  const whole = readFileSync(main, "utf8");
  let counter = 0;
  for (const [version, how] of versions) {
    counter += 1;
    writeFileSync(join(tree, "package.json"), JSON.stringify({ ...about, version }));
    writeFileSync(main, how === "whole" ? whole : mains[how]);
    const made = ["--payload", tree, "--key", at("release.json"), "--arch", archHere(), "--counter", String(counter)];
    lintel("release", "make", ...made, "--out", at("published"));
  }
  rmSync(at("tree"), { recursive: true });
  return { published: at("published"), keys: at("release.public.json") };
}
