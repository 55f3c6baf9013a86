import { generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { newestMigration } from "../update/journal-schema.ts";
import { readReleaseKeys, readReleaseSigner } from "../update/keys.ts";
import { archs, type Manifest, openManifest, signManifest } from "../update/manifest.ts";
import { packTree } from "../update/pack.ts";
import { releaseName } from "../update/source.ts";
import { isVersion } from "../update/version.ts";
import { print, printJson } from "./print.ts";

const dayMs = 86_400_000;

export function addRelease(program: Command): void {
  const group = program.command("release").summary("make and sign the releases that a fleet installs");
  group
    .command("key")
    .description("Make a key that signs releases. The private half stays with whoever makes releases.")
    .requiredOption("--out <file>", "private key, as JWK; the public half is written beside it, .public.json")
    .action(makeKey);
  group
    .command("make")
    .description("Pack a payload tree as a bundle and sign what it is.")
    .requiredOption("--payload <folder>", "the tree, as the package has it in /usr/lib/lintel")
    .requiredOption("--key <file>", "private key of `lintel release key`")
    .requiredOption("--arch <arch>", archs.join(" or "))
    .requiredOption("--counter <number>", "higher than that of every release before", Number)
    .requiredOption("--out <folder>", "where bundle and manifest go")
    .option("--over <version>", "the oldest version that it may follow", "0.0.0")
    .option("--package <version>", "the oldest package whose units it can live with", "0.0.0")
    .option("--reads <number>", "the oldest journal schema that it understands", Number, 1)
    .option("--days <number>", "for so many days it may be installed", Number, 180)
    .option("--json", "print the manifest for a program")
    .action(makeRelease);
  group
    .command("show <manifest>")
    .description("Say what a manifest says, after its signature was proved.")
    .requiredOption("--keys <file>", "release keys, as a clock has them")
    .action(async (path: string, { keys }: { keys: string }) => {
      printJson(openManifest(await readFile(path, "utf8"), await readReleaseKeys(keys)));
    });
}

async function makeKey({ out }: { readonly out: string }): Promise<void> {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const { kty, crv, x } = jwk as PublicJwk;
  const named = { kty, crv, x, kid: kidOf({ kty, crv, x }) };
  const beside = `${out.replace(/\.json$/, "")}.public.json`;
  await writeFile(out, `${JSON.stringify({ ...named, d: jwk.d })}\n`, { mode: 0o600, flag: "wx" }).catch(
    (cause: unknown) => {
      throw new Fault("key-unusable", `${out} cannot be written, or is there already`, "Name a new file.", cause);
    },
  );
  await writeFile(beside, `${JSON.stringify({ keys: [named] }, null, 2)}\n`);
  print(`${named.kid}: ${out} is secret; ${beside} goes onto the clocks as /etc/lintel/release-keys.json.`);
}

interface Made {
  readonly payload: string;
  readonly key: string;
  readonly arch: string;
  readonly counter: number;
  readonly out: string;
  readonly over: string;
  readonly package: string;
  readonly reads: number;
  readonly days: number;
  readonly json?: boolean;
}

async function makeRelease(made: Made): Promise<void> {
  const arch = archs.find((one) => one === made.arch);
  const version = await versionIn(made.payload);
  const numbers = [made.counter, made.reads, made.days];
  const isRight = arch !== undefined && numbers.every((one) => Number.isInteger(one) && one > 0);
  if (!isRight || ![version, made.over, made.package].every(isVersion)) {
    throw new Fault(
      "config-invalid",
      "arch, counter, days or a version is not as it must be",
      `Take ${archs.join(" or ")}, whole numbers above 0, and versions such as 1.4.2, also in the payload's package.json.`,
    );
  }
  const signer = await readReleaseSigner(made.key);
  await mkdir(made.out, { recursive: true });
  const path = join(made.out, releaseName(version, arch));
  const issuedUtcMs = Date.now();
  const manifest: Manifest = {
    ...{ version, arch, counter: made.counter, over: made.over, package: made.package },
    journal: { writes: await newestMigration(made.payload), reads: made.reads },
    ...{ issuedUtcMs, untilUtcMs: issuedUtcMs + made.days * dayMs },
    ...(await packTree(made.payload, `${path}.tar.zst`)),
  };
  await writeFile(`${path}.jws`, `${signManifest(manifest, signer)}\n`);
  if (made.json) return printJson(manifest);
  const mb = (manifest.bundle.bytes / 1_000_000).toFixed(1);
  print(
    `${path}.tar.zst, ${mb} MB, ${manifest.tree.files} files; signed by ${signer.kid}, counter ${manifest.counter}.`,
  );
}

async function versionIn(payload: string): Promise<string> {
  const text = await readFile(join(payload, "package.json"), "utf8").catch((cause: unknown) => {
    throw new Fault("config-invalid", `${payload} is no payload: it has no package.json`, "Name the tree.", cause);
  });
  return String((JSON.parse(text) as { readonly version?: unknown }).version);
}
