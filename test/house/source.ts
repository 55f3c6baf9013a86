import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** A rule of the house over what the repository says. */
export interface Rule {
  /** A sentence that is true of every file. */
  readonly rule: string;
  readonly why: string;
  /** Beginnings of the paths it guards. A rule that guards nothing any more fails, so that it is moved and not forgotten. */
  readonly guards: readonly string[];
  /** Who breaks it, and where; none where all is well. */
  readonly broken: () => readonly string[];
}

const root = join(import.meta.dirname, "../..");

/** Everything that is, or is about to be, in the repository; never what git ignores. Paths from the root. */
export const files: readonly string[] = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root })
  .toString()
  .split("\n")
  .filter((file) => statSync(join(root, file), { throwIfNoEntry: false })?.isFile());

/** Files whose path begins with one of `beginnings` and ends with one of `endings`. */
export const filesIn = (beginnings: readonly string[], endings: readonly string[] = [""]): readonly string[] =>
  files.filter((file) => beginnings.some((one) => file.startsWith(one)) && endings.some((one) => file.endsWith(one)));

export const text = (file: string): string => readFileSync(join(root, file), "utf8");

export const json = (file: string): unknown => JSON.parse(text(file));

/** `file:line: what stands there`, for each line that matches. */
export const linesWith = (file: string, pattern: RegExp): readonly string[] =>
  text(file)
    .split("\n")
    .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim().slice(0, 120)}`] : []));

export interface Import {
  readonly file: string;
  /** Path of a file of ours from the root; null for a package or a part of Node. */
  readonly ours: string | null;
  /** Name of the package, or `node:...`; null for a file of ours. */
  readonly outside: string | null;
  /** Only types: nothing is left of it when the program runs. */
  readonly isType: boolean;
}

const importForms = [
  /(?:^|[\n;])\s*(?:import|export)\s+(type\s)?[\w\s{},*$]*?from\s+"([^"]+)"/g,
  /(?:^|[\n;])\s*import\s+()"([^"]+)"/g,
  /\bimport\(\s*()"([^"]+)"/g,
];

export const importsOf = (file: string): readonly Import[] =>
  importForms.flatMap((form) =>
    [...text(file).matchAll(form)].map(([, type, name = ""]): Import => {
      const isOurs = name.startsWith(".");
      // `@scope/name/part` is of the package `@scope/name`, `name/part` of `name`; parts of Node keep their whole name.
      const [first = "", second = ""] = name.split("/");
      const outside = name.startsWith("node:") ? name : name.startsWith("@") ? `${first}/${second}` : first;
      return {
        file,
        ours: isOurs ? join(dirname(file), name) : null,
        outside: isOurs ? null : outside,
        isType: type !== undefined && type !== "",
      };
    }),
  );
