/**
 * Which files of node_modules a clock needs. The packages bring tests, sources, maps, types and the programs of other
 * systems besides: three quarters of what npm installs.
 */

/** As Debian calls them. */
export type Arch = "amd64" | "arm64";

/** The same as Node and npm call them. */
export const cpuOf: Readonly<Record<Arch, "x64" | "arm64">> = { amd64: "x64", arm64: "arm64" };

/** No Node reads these at run time: it strips no types inside node_modules. */
const neverRead = /\.(map|md|markdown|d\.ts|[cm]?ts|tsx|tsbuildinfo|flow|html|[ch]|cc|cpp|hpp|gypi?|ya?ml|snap|lock)$/i;
const idleFolders =
  /^(tests?|__tests__|integration|scripts|tools|docs?|examples?|benchmarks?|coverage|man|\.github|\.vscode|hidapi|include|share|help)$/;
const hidden = /^\.(?!\.)|^(Makefile|Dockerfile|tsconfig\.[\w.]*json|binding\.gyp)$/;
/** A licence goes wherever the work goes, whatever its file is called. */
const rights = /^(licen[cs]es?|copying|notice|copyright|third[-_]?party\w*)([-_.].*)?$/i;

/** Packages of which most is for browsers or other systems: what alone is needed, below the package's folder. */
const only: readonly { readonly of: RegExp; readonly keep: (cpu: string) => RegExp }[] = [
  { of: /^onnxruntime-node$/, keep: (cpu) => new RegExp(`^(?!bin/)|^bin/napi-v6/linux/${cpu}/`) },
  { of: /^node-hid$/, keep: (cpu) => new RegExp(`^(?!prebuilds/)|^prebuilds/HID(_hidraw)?-linux-${cpu}/`) },
  // Node takes "main", which is one file; the WebAssembly stands beside it.
  { of: /^@tensorflow\/tfjs-/, keep: () => /^package\.json$|^dist\/[\w-]+\.node\.js$|^dist\/[\w-]+\.wasm$/ },
  { of: /^zxing-wasm$/, keep: () => /^package\.json$|^dist\/es\/(reader|bindings|share)|^dist\/reader\// },
  { of: /^mqtt$/, keep: () => /^package\.json$|^build\/(?!bin\/)/ },
  { of: /^zod$/, keep: () => /^(?!src\/)/ },
];

/** Nothing of these runs: types only, or the pinned Node, which stands elsewhere. */
const idlePackages = /^(@types\/|node-linux-)/;

/**
 * @param path of a file below node_modules, such as `zod/v4/core/api.js`, or of a package inside a package.
 * @returns whether a clock of that processor needs it.
 */
export function isNeeded(path: string, arch: Arch): boolean {
  const inner = path.split("/node_modules/").at(-1) ?? path;
  const parts = inner.split("/");
  const depth = inner.startsWith("@") ? 2 : 1;
  const name = parts.slice(0, depth).join("/");
  const below = parts.slice(depth);
  const file = below.at(-1);
  if (file === undefined || name.startsWith(".") || idlePackages.test(name)) return false;
  // Only a licence that stands at the top speaks for the package; in the folders of other systems it speaks for nobody.
  if (below.length === 1 && rights.test(file)) return true;
  if (neverRead.test(file) || below.some((part) => hidden.test(part))) return false;
  // A folder called "test" deeper down may be part of the program.
  if (below.length > 1 && idleFolders.test(below[0] ?? "")) return false;
  const rule = only.find(({ of }) => of.test(name));
  return rule === undefined || rule.keep(cpuOf[arch]).test(below.join("/"));
}
