import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `node provisioning/package-receiver/build.ts FOLDER` makes the package that backends install: the receiver as plain
 * JavaScript with types, because Node strips no types inside node_modules. Nothing in it is native, and nothing of the
 * clock's side is in it. Publish it with `npm publish FOLDER`.
 */
const root = join(import.meta.dirname, "../..");
const entry = "kiosk/uplink/receiver";

/** Name in the package, and the file that is behind it. */
const doors = {
  "./receiver": "public",
  "./receiver/postgres": "postgres-sink",
  "./receiver/sqlite": "sqlite-sink",
  "./receiver/ndjson": "ndjson-sink",
} as const;

export function buildReceiverPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify(compilerConfig(folder)));
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config], { stdio: "inherit" });
  rmSync(config);
  for (const file of typeFiles(folder)) {
    // The compiler rewrites the imports of the JavaScript and leaves those of the types.
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  copyFileSync(join(root, "docs/receiver.md"), join(folder, "README.md"));
}

const compilerConfig = (folder: string) => ({
  extends: join(root, "tsconfig.json"),
  compilerOptions: {
    // Node 20 runs this. Newer syntax is written out; newer functions are not used.
    target: "es2022",
    noEmit: false,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    rootDir: root,
    outDir: folder,
    typeRoots: [join(root, "node_modules/@types")],
  },
  files: Object.values(doors).map((name) => join(root, entry, `${name}.ts`)),
  include: [],
});

const typeFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(folder, name));

function manifest(): object {
  const ours = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const exports = Object.entries(doors).map(([name, file]) => {
    const path = `./${entry}/${file}`;
    return [name, { types: `${path}.d.ts`, default: `${path}.js` }] as const;
  });
  return {
    name: ours.name,
    version: ours.version,
    description: "Receive, verify, keep and receipt what Lintel time clocks send.",
    license: ours.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: Object.fromEntries(exports),
    dependencies: { zod: ours.dependencies.zod },
    peerDependencies: { pg: `^${ours.dependencies.pg}` },
    peerDependenciesMeta: { pg: { optional: true } },
  };
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write("usage: node provisioning/package-receiver/build.ts FOLDER\n");
    process.exitCode = 2;
  } else buildReceiverPackage(folder);
}
