import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openPortraits } from "./camera/portrait.ts";
import type { Config } from "./config.ts";
import { Fault } from "./core/fault.ts";
import { daysWith } from "./core/retention.ts";
import { createEvidence, type EvidenceOptions } from "./evidence.ts";
import type { Elsewhere } from "./privacy/erasure.ts";
import type { KeyBox } from "./store/seal.ts";
import { openSnapshots, type Snapshots } from "./store/snapshots.ts";
import { differing, sealingKeyIn, type TwoKeys } from "./store/two-keys.ts";

export interface PicturesOptions extends Pick<EvidenceOptions, "frame" | "clock" | "mayTake" | "note"> {
  readonly config: Pick<Config, "state" | "snapshot" | "snapshotKeyStaff" | "snapshotKeyEmployer" | "retention">;
  readonly keyBox: KeyBox;
}

/** Pictures of punches, where a site takes them or once did. */
export interface Pictures {
  /** Also what sweeps and erasures ask. */
  readonly snapshots: Snapshots;
  /** Null where none are taken any more. */
  readonly evidence: ReturnType<typeof createEvidence> | null;
  /** What an erasure has to know of them. */
  readonly forErasure: Elsewhere;
}

/**
 * @returns null where no picture was ever taken and none shall be: then there is no folder for them either.
 * @throws Fault `key-unusable` where one of the two keys cannot be used, `state-unwritable`, `disk-full`.
 */
export async function openPictures({ config, keyBox, ...options }: PicturesOptions): Promise<Pictures | null> {
  const directory = join(config.state, "snapshots");
  const { snapshot: of } = config;
  if (of === "off" && !existsSync(directory)) return null;
  const keys = of === "off" ? null : await keysOf(config);
  const snapshots = await openSnapshots({ directory, keyBox, keys });
  const forErasure: Elsewhere = {
    ...{ cls: "snapshot", what: "snapshot" },
    subjects: () => [...new Set(snapshots.list(null).map(({ person }) => person))],
    count: (sub) => snapshots.list(sub).length,
    forget: snapshots.forget,
  };
  if (of === "off") return { snapshots, evidence: null, forErasure };
  const days = daysWith(config.retention).snapshot;
  const evidence = createEvidence({ ...options, of, days, snapshots, shrink: await openPortraits() });
  return { snapshots, evidence, forErasure };
}

async function keysOf({
  snapshotKeyStaff,
  snapshotKeyEmployer,
}: Pick<Config, "snapshotKeyStaff" | "snapshotKeyEmployer">): Promise<TwoKeys> {
  const staff = sealingKeyIn(await textOf(snapshotKeyStaff, "snapshotKeyStaff"), "the staff (`snapshotKeyStaff`)");
  const employer = sealingKeyIn(
    await textOf(snapshotKeyEmployer, "snapshotKeyEmployer"),
    "the employer (`snapshotKeyEmployer`)",
  );
  return differing([staff, employer]);
}

async function textOf(path: string | undefined, setting: string): Promise<string> {
  try {
    return await readFile(path ?? "", "utf8");
  } catch (cause) {
    const remedy = "Name the file with the public half that `lintel snapshot key` printed.";
    throw new Fault("key-unusable", `${setting}: the file cannot be read`, remedy, cause);
  }
}
