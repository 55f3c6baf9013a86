import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { takeLock } from "../../kiosk/store/lock.ts";
import { type Arch, archs } from "./manifest.ts";
import type { Places } from "./places.ts";

/** This machine, as release bundles name it. @throws Fault `update-other-machine`. */
export function archHere(arch: string = process.arch): Arch {
  const debian = arch === "x64" ? "amd64" : arch;
  const known = archs.find((one) => one === debian);
  if (known !== undefined) return known;
  throw new Fault(
    "update-other-machine",
    `there are no releases for ${arch}`,
    `Releases are made for ${archs.join(" and ")}.`,
  );
}

/**
 * One updater at a time; the lock goes with the process.
 *
 * @throws Fault `update-busy`, `disk-read-only`.
 */
export function takeUpdateLock({ releases }: Places): Disposable {
  try {
    return takeLock(releases);
  } catch (error) {
    if (!isFault(error, "journal-busy")) throw ofDisk(error, releases);
    throw new Fault(
      "update-busy",
      "another update is under way",
      "Wait for it, or look at it with `systemctl status lintel-update`.",
      error,
    );
  }
}

/** What the disk said, as a sentence; anything else as it came. */
export function ofDisk(error: unknown, folder: string): unknown {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  const says = (text: RegExp): boolean => text.test(code) || text.test(message);
  if (error instanceof Fault) return error;
  if (says(/ENOSPC|EDQUOT|database or disk is full/)) {
    const remedy = "Free some space there; the version that runs goes on, and the update is tried again by itself.";
    return new Fault("disk-full", `the disk of ${folder} is full`, remedy, error);
  }
  if (says(/EROFS|readonly database/)) {
    const remedy = "See in the kernel's log why the disk was mounted read-only; the version that runs goes on.";
    return new Fault("disk-read-only", `the disk of ${folder} takes no writes`, remedy, error);
  }
  if (says(/EACCES|EPERM|unable to open database/)) {
    const remedy = "Run it as root; a folder that is missing comes with the package.";
    return new Fault("state-unwritable", `${folder} is not there or not yours to write to`, remedy, error);
  }
  return error;
}
