import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LockedModule } from "./locked.ts";
import type { NpmPin } from "./npm.ts";
import { run } from "./run.ts";

/** What the package is made of, as CycloneDX 1.5: npm's own list of the lockfile, without what is for other systems. */

const root = join(import.meta.dirname, "../..");

const component = z.looseObject({ "bom-ref": z.string(), name: z.string(), version: z.string() });
const bom = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  metadata: z.looseObject({ timestamp: z.string(), component: component }),
  components: z.array(component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});

/** The same bytes for the same release: npm puts the moment and chance into its own. */
interface Stable {
  readonly version: string;
  readonly epochS: number;
}

/** @param npm where the package brings one: no row of the lockfile, but pinned like one. */
export async function softwareBill(
  modules: readonly LockedModule[],
  npm: NpmPin | null,
  stable: Stable,
): Promise<string> {
  const printed = await run("npm", ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"], { cwd: root });
  const all = bom.parse(JSON.parse(printed));
  const ours = new Set(modules.map(({ name, version }) => `${name}@${version}`));
  const components = all.components.filter(({ name, version }) => ours.has(`${name}@${version}`));
  const lost = [...ours].filter((one) => !components.some(({ name, version }) => one === `${name}@${version}`));
  if (lost.length > 0) throw new Error(`the bill of materials misses ${lost.join(", ")}`);
  const main = all.metadata.component;
  const here = new Set([main["bom-ref"], ...components.map((one) => one["bom-ref"])]);
  return sealed(
    {
      ...all,
      metadata: {
        ...all.metadata,
        component: { ...main, name: "lintel", type: "application", version: stable.version },
      },
      components: npm === null ? components : [...components, npmComponent(npm)],
      dependencies: all.dependencies
        .filter(({ ref }) => here.has(ref))
        .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => here.has(ref)) })),
    },
    stable,
  );
}

const npmComponent = ({ version, integrity }: NpmPin) => ({
  "bom-ref": `npm@${version}`,
  type: "application",
  name: "npm",
  version,
  purl: `pkg:npm/npm@${version}`,
  description: "Fetches the models. It contains works of others, which its own package lists.",
  hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex") }],
  licenses: [{ license: { id: "Artistic-2.0" } }],
});

const models = z.object({
  package: z.string(),
  version: z.string(),
  integrity: z.string(),
  licence: z.string(),
  source: z.string(),
  doubt: z.string(),
  files: z.array(z.object({ name: z.string(), sha256: z.string(), sizeBytes: z.int() })),
  models: z.array(
    z.object({
      kind: z.string(),
      file: z.string(),
      whatItIs: z.string(),
      certainty: z.string(),
      licence: z.string(),
      source: z.string(),
      commercialUse: z.string(),
    }),
  ),
});

/** The models that a clock of this release loads, each with its hash, and with what is not certain about it. */
export async function modelBill(stable: Stable): Promise<string> {
  const manifest = models.parse(JSON.parse(await readFile(join(root, "kiosk/inference/models.json"), "utf8")));
  const brought = `pkg:npm/${manifest.package}@${manifest.version}`;
  const note = (name: string, value: string) => ({ name: `lintel:${name}`, value });
  const components = manifest.models.map((model) => {
    const file = manifest.files.find(({ name }) => name === model.file);
    if (file === undefined) throw new Error(`${model.file} is not among the files of the models' manifest`);
    return {
      "bom-ref": model.file,
      type: "machine-learning-model",
      name: model.file,
      version: manifest.version,
      description: model.whatItIs,
      hashes: [{ alg: "SHA-256", content: file.sha256 }],
      licenses: [{ license: { name: model.licence } }],
      purl: brought,
      properties: [
        note("kind", model.kind),
        note("sizeBytes", String(file.sizeBytes)),
        note("certainty", model.certainty),
        note("commercialUse", model.commercialUse),
        note("source", model.source),
        note("doubt", manifest.doubt),
        note("packageIntegrity", manifest.integrity),
      ],
    };
  });
  return sealed(
    {
      $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      version: 1,
      metadata: {
        component: {
          "bom-ref": "lintel-models",
          type: "application",
          name: "lintel-models",
          version: stable.version,
          description: manifest.source,
          licenses: [{ license: { name: manifest.licence } }],
        },
      },
      components,
      dependencies: [{ ref: "lintel-models", dependsOn: components.map((one) => one["bom-ref"]) }],
    },
    stable,
  );
}

/** The number of a bill is made from what it says; its moment is the release's. */
function sealed(bill: Readonly<Record<string, unknown>> & { readonly metadata: object }, { epochS }: Stable): string {
  const metadata = { ...bill.metadata, timestamp: new Date(epochS * 1000).toISOString() };
  const digest = createHash("sha256").update(JSON.stringify({ ...bill, metadata, serialNumber: "" }));
  const hex = digest.digest("hex");
  // RFC 9562, version 8: bits of one's own.
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `${JSON.stringify({ ...bill, serialNumber: `urn:uuid:${uuid.join("-")}`, metadata }, null, 2)}\n`;
}
