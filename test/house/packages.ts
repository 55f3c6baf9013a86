import { z } from "zod";
import { filesIn, importsOf, json, type Rule, text } from "./source.ts";

const versions = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().default(false),
      license: z.string().optional(),
      resolved: z.string().optional(),
    }),
  ),
});

const locked = (file = "package-lock.json") => lock.parse(json(file)).packages;

const permissive = new Set(
  "MIT ISC BSD-2-Clause BSD-3-Clause Apache-2.0 0BSD BlueOak-1.0.0 CC0-1.0 Unlicense".split(" "),
);

/** Licences beyond the permissive ones, each for a reason. */
const exceptions: readonly { readonly name: RegExp; readonly licence: string; readonly why: string }[] = [
  {
    name: /^@img\/sharp-(libvips|win32|wasm32)/,
    licence: "LGPL-3.0-or-later",
    why: "libvips is a library of its own beside ours, unchanged, and anybody may put another in its place",
  },
  { name: /^@fontsource-variable\//, licence: "OFL-1.1", why: "fonts, given away with the page and never sold alone" },
];

export const packageRules: readonly Rule[] = [
  {
    rule: "Tests run on the Node that the lockfile pins",
    why: "what was proved on another version was not proved",
    guards: ["package-lock.json"],
    broken: () => {
      const pinned = locked()[`node_modules/node-linux-${process.arch}`]?.version;
      const isOurs = /\/node_modules\/node-linux-[^/]+\/bin\/node$/.test(process.execPath);
      return isOurs && process.versions.node === pinned
        ? []
        : [`${process.execPath} ${process.version}, not ${pinned}`];
    },
  },
  {
    rule: "Every version is an exact one",
    why: "two machines that install the same release run the same code",
    guards: ["package.json"],
    broken: () =>
      filesIn([""], ["package.json"]).flatMap((file) => {
        const { dependencies, devDependencies, optionalDependencies } = manifest.parse(json(file));
        return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
          .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
          .map(([name, version]) => `${file}: ${name} ${version}`);
      }),
  },
  {
    rule: "A lockfile names no host but the public registry",
    why: "a private host is nobody's business, and nobody else could install from it",
    guards: ["package-lock.json"],
    broken: () =>
      filesIn([""], ["package-lock.json"]).flatMap((file) =>
        Object.entries(locked(file)).flatMap(([name, { resolved = "" }]) =>
          /^(https:\/\/registry\.npmjs\.org\/|$)/.test(resolved) ? [] : [`${file}: ${name}`],
        ),
      ),
  },
  {
    rule: "What is given away with the kiosk may be given away by anybody",
    why: "Lintel is Apache-2.0, and nobody who builds on it shall find a stricter licence inside",
    guards: ["package-lock.json", "kiosk/ui/web/"],
    broken: () => {
      const bundled = new Set(namesInPage());
      return Object.entries(locked())
        .map(([path, entry]) => ({ path, ...entry, name: path.split("node_modules/").at(-1) ?? "" }))
        .filter(({ path, dev, name }) => path !== "" && (!dev || bundled.has(name)))
        .filter(({ path, name, license }) => !isGivable(name, license ?? licenceOnDisk(path)))
        .map(({ name, license }) => `${name}: ${license ?? "no licence"}`);
    },
  },
];

/** Packages that vite builds into the page: of the development's, and yet given away. */
function namesInPage(): readonly string[] {
  const imported = filesIn(["kiosk/ui/web/"], [".ts", ".tsx"])
    .flatMap(importsOf)
    .map(({ outside }) => outside ?? "");
  const styles = filesIn(["kiosk/ui/web/"], [".css"]).map(text).join("\n");
  return [...imported, ...[...styles.matchAll(/@fontsource[\w-]*\/[\w-]+/g)].map(([name]) => name)];
}

const licenceOnDisk = (path: string): string =>
  z.object({ license: z.string().default("") }).parse(json(`${path}/package.json`)).license;

/** Of `A OR B` we take the one we like; of `A AND B` we must be able to live with both. */
function isGivable(name: string, expression: string): boolean {
  const isFine = (licence: string): boolean =>
    permissive.has(licence) || exceptions.some((one) => one.licence === licence && one.name.test(name));
  const choices = expression.replaceAll(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every(isFine));
}
