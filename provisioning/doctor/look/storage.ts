import { constants } from "node:fs";
import { open, statfs } from "node:fs/promises";
import { type Disk, diskOf } from "../disk.ts";
import { bad, type Finding, good, unknown, unseen, weak } from "../finding.ts";
import { type Machine, numberAt } from "../machine.ts";
import { lookAtWear } from "./wear.ts";

/** The disk under the state folder: whether it takes writes, how fast they are safe, how much room and life is left. */
export async function* lookAtStorage(machine: Machine): AsyncGenerator<Finding> {
  const { state } = machine.config;
  const disk = await diskOf(machine, state);
  if (disk === null)
    yield unknown(
      "disk",
      `${state} is not there yet, or the kernel does not say where it lies`,
      "Start the clock once.",
    );
  else yield mounted(disk);
  yield* await room(state);
  if (disk !== null) yield* await errorsOf(machine, disk);
  if (disk !== null) yield await syncs(state);
  if (disk?.device != null) yield await lookAtWear(machine, disk.device);
  else if (disk !== null) yield unknown("wear", `${disk.kind} has no disk of its own that could tell`);
}

const mounted = ({ mountPoint, kind, isReadOnly, partition }: Disk): Finding =>
  isReadOnly
    ? bad(
        "storage-read-only",
        `${mountPoint} (${kind} on ${partition ?? "no disk"}) is mounted for reading only`,
        "disk",
      )
    : good("disk", `${mountPoint} (${kind} on ${partition ?? "no disk"}) takes writes`);

const inMb = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;

async function room(state: string): Promise<readonly Finding[]> {
  const figures = await statfs(state).catch(() => null);
  if (figures === null) return [];
  const { bavail, bsize, blocks, files, ffree } = figures;
  const freeBytes = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  const said = `${inMb(freeBytes)} free, ${Math.round(share * 100)} %`;
  const findings: Finding[] = [];
  if (freeBytes < 200e6 || share < 0.03) findings.push(bad("storage-full", said, "room"));
  else if (freeBytes < 1e9 || share < 0.15) findings.push(weak("storage-filling", said, "room"));
  else findings.push(good("room", said));
  // File systems that make them as they need tell none.
  if (files > 0 && ffree / files < 0.05)
    findings.push(weak("storage-no-inodes", `${ffree} of ${files} inodes are free`, "room"));
  return findings;
}

/** What ext4 remembers across restarts, and what the kernel said since the start. */
async function errorsOf(machine: Machine, { partition, kind }: Disk): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const counted = partition === null ? null : await numberAt(machine, `/sys/fs/ext4/${partition}/errors_count`);
  if (counted !== null && counted > 0) {
    const since = await numberAt(machine, `/sys/fs/ext4/${partition}/first_error_time`);
    const day =
      since === null || since === 0 ? "" : `, the first on ${new Date(since * 1_000).toISOString().slice(0, 10)}`;
    findings.push(bad("storage-errors", `${counted} errors of ${kind} on ${partition}${day}`, "errors"));
  } else if (counted !== null) findings.push(good("errors", `${kind} on ${partition} remembers none`));
  const ran = await machine.ask(
    "journalctl",
    "--dmesg",
    "--boot",
    "--priority=err",
    "--output=cat",
    "--no-pager",
    "--quiet",
  );
  if (ran.is !== "ran") return findings;
  if (/not seeing messages|permission denied|insufficient permissions/i.test(ran.stderr))
    return [...findings, unseen("errors", "the kernel's log")];
  const lines = ran.stdout
    .split("\n")
    .filter((line) =>
      /I\/O error|EXT4-fs error|mmc\d+: (error|Card stuck|cache flush error)|critical medium error/i.test(line),
    );
  if (lines.length > 0)
    findings.push(
      bad(
        "storage-kernel-errors",
        `${lines.length} since the start, the last: ${lines.at(-1)?.slice(0, 120)}`,
        "errors",
      ),
    );
  return findings;
}

const writes = 8;
const pageBytes = 4_096;
/** Of Linux, for every processor: a file without a name, of which nothing is left however this ends. */
const unnamed = 0o20000000 | constants.O_DIRECTORY;

async function syncs(state: string): Promise<Finding> {
  const tookMs: number[] = [];
  try {
    await using file = await open(state, constants.O_WRONLY | unnamed, 0o600);
    const page = Buffer.alloc(pageBytes, 1);
    for (let n = 0; n < writes; n += 1) {
      const beganMs = performance.now();
      await file.write(page);
      await file.datasync();
      tookMs.push(performance.now() - beganMs);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return unseen("sync", state);
    if (code === "EOPNOTSUPP" || code === "EISDIR" || code === "EINVAL")
      return unknown("sync", "this file system has no files without a name, so nothing was written to it");
    return bad("storage-unwritable", `a durable write in ${state} failed with ${code}`, "sync");
  }
  return syncFinding(tookMs);
}

/** @param tookMs of each durable write of one page; not empty. */
export function syncFinding(tookMs: readonly number[]): Finding {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  const said = `${tookMs.length} durable writes of 4 KB: half within ${median.toFixed(1)} ms, the worst ${worst.toFixed(1)} ms`;
  if (median > 500 || worst > 2_000) return bad("storage-stalls", said, "sync");
  return worst > 250 ? weak("storage-slow", said, "sync") : good("sync", said);
}
