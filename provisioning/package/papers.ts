import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LockedModule } from "./locked.ts";

/** What Debian wants to read in /usr/share/doc. */

const root = join(import.meta.dirname, "../..");
const maintainer = "Lintel maintainers <maintainers@lintel.invalid>";

/** Whose work is in it: each package by name, with the licence that its author declares; the text stands beside its code. */
export function copyright(modules: readonly LockedModule[]): string {
  const rows = modules.map(({ folder, version, licence }) => `  ${folder} ${version}: ${licence}`);
  return `Lintel, an open-source time clock.

Copyright 2026 the contributors to Lintel.

Licensed under the Apache License, Version 2.0. On Debian systems the full text is in
/usr/share/common-licenses/Apache-2.0.

bin/node is Node.js, copyright its contributors, under the MIT licence and those of the works that
it contains: /usr/lib/lintel/bin/LICENSE.node. It is the unchanged program of the npm package
node-linux, which the community builds from Node's own releases.

npm, where it is in the package, is copyright npm, Inc. and contributors, under the Artistic Licence
2.0 (/usr/lib/lintel/npm/LICENSE), unchanged. The works that it contains carry their own licences.

The page brings the fonts Fraunces, Inter and Noto Sans, copyright their authors, under the SIL
Open Font License 1.1; its program contains Preact, copyright Jason Miller, under the MIT licence.

The libraries below /usr/lib/lintel, each copyright its authors, whose notice and licence stand in
the library's own folder where the author publishes them. libvips is used under the LGPL, version 3
or later (/usr/share/common-licenses/LGPL-3), unchanged and as a library of its own: another build
of it may be put in its place.

${rows.join("\n")}

The models are not in this package. What is known and what is doubtful about their rights:
/usr/share/doc/lintel/models.cdx.json.
`;
}

/** The manifest's own words about the models: there is nothing more certain to say. */
export async function modelsCopyright(): Promise<string> {
  const { licence, source, doubt } = JSON.parse(
    await readFile(join(root, "kiosk/inference/models.json"), "utf8"),
  ) as Readonly<Record<"licence" | "source" | "doubt", string>>;
  return `The models of the Lintel time clock, copyright their makers, who are not the makers of Lintel. The
copyright notice that stands beside them names 2021 gitguanqi, who is not known to be one of them.

Where they come from: ${source}

Licence, as their package declares it: ${licence}

What is doubtful: ${doubt}

This package was made on the machine of whoever uses it, for clocks of their own. Do not give it to
others. The text of the licence stands beside the models.
`;
}

/** Debian's own form; what changed for people stands in CHANGELOG.md. */
export function changelog(name: string, version: string, epochS: number): string {
  const date = new Date(epochS * 1000).toUTCString().replace("GMT", "+0000");
  return `${name} (${version}) unstable; urgency=medium

  * What changed for those who use it is told in CHANGELOG.md of the release.

 -- ${maintainer}  ${date}
`;
}
