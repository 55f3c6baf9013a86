import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/**
 * `node guest.ts PAYLOAD ASSETS FRAME FOLDER`: the parts of a payload that are not the same on every processor, each used
 * once, on the release's models and a real frame. Prints one line of JSON for each. Everything of the clock comes from the
 * payload, and nothing from beside this file.
 */

const [payload = "", assets = "", frame = "", folder = ""] = process.argv.slice(2);

type Inference = typeof import("../../kiosk/inference/models.ts") &
  typeof import("../../kiosk/inference/networks.ts") &
  typeof import("../../kiosk/inference/picture.ts") &
  typeof import("../../kiosk/inference/examine.ts") &
  typeof import("../../kiosk/host/assets.ts");

const part = (path: string): Promise<unknown> => import(pathToFileURL(join(payload, path)).href);
const say = (what: string, facts: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify({ what, ...facts })}\n`);
};
async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, Math.round(performance.now() - began)];
}

say("node", { version: process.version, processor: process.arch, zone: typeof Temporal });

{
  using db = new DatabaseSync(join(folder, `try-${process.arch}.sqlite`));
  db.exec("pragma journal_mode = wal; pragma synchronous = full; create table t (n integer) strict");
  const insert = db.prepare("insert into t values (?)");
  for (let n = 0; n < 100; n += 1) insert.run(n);
  say("sqlite", { version: process.versions.sqlite, sum: db.prepare("select sum(n) as sum from t").get()?.sum });
}

{
  const { devices } = (await part("node_modules/node-hid/nodehid.js").then(
    (hid) => (hid as { default: unknown }).default,
  )) as {
    readonly devices: () => readonly unknown[];
  };
  say("node-hid", { devices: devices().length });
}

{
  const files = [
    "inference/models.ts",
    "inference/networks.ts",
    "inference/picture.ts",
    "inference/examine.ts",
    "host/assets.ts",
  ];
  const parts = await Promise.all(files.map((file) => part(`kiosk/${file}`)));
  const { readModels, modelManifestUrl, openNetworks, decodePicture, examine, ...host } = Object.assign(
    {},
    ...parts,
  ) as Inference;
  const manifest = await host.readAssetManifest(modelManifestUrl);
  const checked = host.openAssets({ manifest, directory: assets });
  const bytes = new Map<string, Uint8Array>();
  for (const { name } of manifest.files) bytes.set(name, await checked.bytes(name));
  const [networks, openMs] = await timed(async () => openNetworks(await readModels(modelManifestUrl), bytes));
  say("onnxruntime", { models: bytes.size - 1, openMs });
  const [picture, decodeMs] = await timed(async () => decodePicture(await readFile(frame)));
  say("sharp", { width: picture.width, height: picture.height, decodeMs });
  const [faces, detectMs] = await timed(() => networks.detector.faces(picture));
  const [face] = faces;
  if (face === undefined) throw new Error("the detector finds nobody in the frame");
  const [{ aligned, yaw }, landmarksMs] = await timed(() => examine(networks, picture, face.box));
  const [vector, embedMs] = await timed(() => networks.embedder.embedFlipped(aligned));
  const [live, livenessMs] = await timed(() => networks.liveness.score(picture, face.box));
  say("face", {
    ...{ faces: faces.length, score: face.score, yaw, live, vector: [...vector] },
    ...{ detectMs, landmarksMs, embedMs, livenessMs },
  });
  await networks[Symbol.asyncDispose]();
}
