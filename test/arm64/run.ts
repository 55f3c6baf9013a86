import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openAssets, readAssetManifest } from "../../kiosk/host/assets.ts";
import { manifestUrls } from "../../provisioning/assets.ts";
import { assemblePayload } from "../../provisioning/package/payload.ts";
import { sysrootIn } from "./sysroot.ts";

/**
 * `npm run test:arm64`: the payload that a Raspberry Pi gets, run here under qemu-user as a Cortex-A72: Node, SQLite, sharp,
 * node-hid and onnxruntime on the release's models and a real frame, held against the same on this processor. As root,
 * because it hides this machine's /sys from it; needs qemu-user-static, the registry and a Debian mirror. About two
 * minutes; not part of the suite. Exit code 1 where anything was otherwise than it should be.
 */

const root = join(import.meta.dirname, "../..");
const assets = join(root, ".cache/assets");
const kept = join(root, ".cache/arm64");
const guest = join(import.meta.dirname, "guest.ts");

interface Facts {
  readonly what: string;
  readonly [name: string]: unknown;
}
type Said = Readonly<Record<string, Facts>>;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
let failures = 0;
function check(what: string, holds: boolean): void {
  if (!holds) failures += 1;
  print(`${holds ? "ok  " : "NOT "} ${what}`);
}

async function frameIn(folder: string): Promise<string> {
  const [, footage] = await Promise.all(manifestUrls.map(readAssetManifest));
  if (footage === undefined) throw new Error("the footage has a manifest");
  const clip = await openAssets({ manifest: footage, directory: assets }).path("franck.mp4");
  const frame = join(folder, "frame.jpg");
  const picked = ["-ss", "4", "-i", clip, "-vf", "scale=640:-2", "-frames:v", "1", "-q:v", "3", frame];
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...picked]);
  return frame;
}

function listen(name: string, file: string, args: readonly string[]): Said {
  const began = performance.now();
  const text = execFileSync(file, [...args], {
    encoding: "utf8",
    timeout: 600_000,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const facts = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Facts);
  for (const { what, vector, ...rest } of facts) {
    const length = Array.isArray(vector) ? { vector: `${vector.length} numbers` } : {};
    print(`  ${name}  ${what}  ${JSON.stringify({ ...rest, ...length })}`);
  }
  print(`  ${name}  all of it in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return Object.fromEntries(facts.map((one) => [one.what, one]));
}

function cosine(a: unknown, b: unknown): number {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length || a.length === 0) return Number.NaN;
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const folder = mkdtempSync(join(tmpdir(), "lintel-arm64-"));
try {
  mkdirSync(kept, { recursive: true });
  print(
    `Here: ${process.arch}, ${cpus()[0]?.model ?? "?"}. There: arm64, Cortex-A72, by ${execFileSync("qemu-aarch64-static", ["--version"], { encoding: "utf8" }).split("\n")[0]}`,
  );
  const sysroot = sysrootIn(kept);
  const payload = join(folder, "payload");
  await assemblePayload({ into: payload, arch: "arm64" });
  const frame = await frameIn(folder);
  const here = listen("x64  ", process.execPath, [guest, root, assets, frame, folder]);
  const pi = ["-m", "/bin/sh", join(import.meta.dirname, "pi.sh"), sysroot, join(payload, "bin/node")];
  const there = listen("arm64", "unshare", [...pi, guest, payload, assets, frame, folder]);

  const help = execFileSync("unshare", [...pi, join(payload, "kiosk/main.ts"), "--help"], { encoding: "utf8" });
  check("the clock starts there, with all that it imports", help.includes("--camera"));
  check("the same Node, and it is arm64", there.node?.version === process.version && there.node?.processor === "arm64");
  check("Temporal is there", there.node?.zone === "object");
  check("SQLite adds up, durably written", there.sqlite?.sum === 4950 && there.sqlite.version === here.sqlite?.version);
  check("node-hid loads and lists", typeof there["node-hid"]?.devices === "number");
  check(
    "sharp decodes the frame",
    there.sharp?.width === here.sharp?.width && there.sharp?.height === here.sharp?.height,
  );
  check("the same number of faces", there.face?.faces === here.face?.faces);
  const near = cosine(there.face?.vector, here.face?.vector);
  check(`the same face: cosine of the two embeddings ${near.toFixed(5)}`, near > 0.999);
  const apart = Math.abs(Number(there.face?.live) - Number(here.face?.live));
  check(`the same liveness score, ${apart.toExponential(1)} apart`, apart < 0.01);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(failures === 0 ? "All of it holds." : `${failures} do not hold.`);
process.exitCode = failures === 0 ? 0 : 1;
