import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { type KeyOf, LuError, type Signer, signJws, verifyJws } from "../../kiosk/core/jws.ts";
import { isNewer, versionPattern } from "./version.ts";

/** What the owner of the fleet signs about a release: which bytes it is, for whom, and after what. */

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const version = z.string().regex(versionPattern);

export const archs = ["amd64", "arm64"] as const;
export type Arch = (typeof archs)[number];

const manifestSchema = z.looseObject({
  version,
  arch: z.enum(archs),
  /** Rises with every release; no clock goes below the highest that it ever kept. */
  counter: z.int().min(1),
  /** The oldest version that this one may follow, as an update and as the package that brought units and rules. */
  over: version,
  package: version,
  /** Number of the journal's newest migration here, and of the oldest journal that is understood. */
  journal: z.looseObject({ writes: z.int().min(1), reads: z.int().min(1) }),
  issuedUtcMs: z.int().min(0),
  untilUtcMs: z.int().min(0),
  /** The file as it is fetched. */
  bundle: z.looseObject({ sha256: digest, bytes: z.int().min(1) }),
  /** What it unpacks to: SHA-256 of the list of its files, how many, how much. */
  tree: z.looseObject({ sha256: digest, files: z.int().min(1).max(200_000), bytes: z.int().min(1) }),
});
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

export const signManifest = (manifest: Manifest, signer: Signer): string =>
  signJws("lintel-rel+jws", JSON.stringify(manifestSchema.parse(manifest)), signer).jws;

/** @throws Fault `update-unsigned`, `update-untrusted`. */
export function openManifest(jws: string, keyOf: KeyOf): Manifest {
  try {
    const { payload } = verifyJws(jws.trim(), "lintel-rel+jws", keyOf);
    const parsed = manifestSchema.safeParse(payload);
    if (parsed.success) return parsed.data;
    const member = String(parsed.error.issues[0]?.path.join(".") || "the manifest");
    throw unsigned(`its manifest does not say ${member}`);
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    if (error.message !== "kid is not registered") throw unsigned(error.message);
    throw new Fault(
      "update-untrusted",
      "the release is signed with a key that this clock does not know",
      "Take the bundle of your own fleet, or put its public key into the release keys of this clock (docs/updates.md).",
      error,
    );
  }
}

const unsigned = (why: string): Fault =>
  new Fault(
    "update-unsigned",
    `the release is not signed as it must be: ${why}`,
    "Fetch bundle and manifest again from where they were published; nothing of them was used.",
  );

export interface Here {
  readonly arch: Arch;
  readonly nowUtcMs: number;
  /** The release with the highest counter that was ever kept here. */
  readonly highest: { readonly counter: number; readonly version: string };
  /** What runs, and the package's own. */
  readonly version: string;
  readonly package: string;
  /** Number of the newest migration that the journal here went through; null where there is none. */
  readonly journal: number | null;
}

/** @throws Fault saying why this release is not for this clock, or not any more. */
export function mustFit(release: Manifest, here: Here): void {
  const { version: offered, arch, counter, over, untilUtcMs, journal } = release;
  if (arch !== here.arch) {
    throw new Fault(
      "update-other-machine",
      `the release is made for ${arch}, and this machine is ${here.arch}`,
      `Offer the bundle lintel-${offered}-${here.arch}.`,
    );
  }
  // The highest itself may come again: somebody went back from it by hand.
  const isBelow = counter < here.highest.counter;
  const isTwin = counter === here.highest.counter && offered !== here.highest.version;
  if (isBelow || isTwin || !isNewer(offered, here.version)) {
    throw new Fault(
      "update-older",
      `release ${offered} is no newer than what this clock already ran`,
      "Make a new release of it with a higher version and counter; going back is `lintel update return`.",
    );
  }
  // A clock that lost the time is before the day of the release, and lets this one question be.
  if (here.nowUtcMs > untilUtcMs) {
    throw new Fault(
      "update-expired",
      `release ${offered} was to be installed until ${new Date(untilUtcMs).toISOString().slice(0, 10)}`,
      "Sign it anew with `lintel release make`, or offer a newer one.",
    );
  }
  if (isNewer(over, here.version) || isNewer(release.package, here.package)) {
    const needs = isNewer(over, here.version) ? `version ${over}` : `the package ${release.package}`;
    throw new Fault(
      "update-unfit",
      `release ${offered} needs ${needs} first, and here is ${here.version} of the package ${here.package}`,
      "Install what it needs, then this one.",
    );
  }
  if (here.journal !== null && here.journal < journal.reads) {
    throw new Fault(
      "update-unfit",
      `release ${offered} cannot read a journal as old as the one here`,
      `Install a version between ${here.version} and ${offered} first.`,
    );
  }
}
