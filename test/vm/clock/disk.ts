import { execFileSync } from "node:child_process";
import { chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The disks of a clock's machine, as its technician has them in hand: mounted here while it is off. */

const quietly = (program: string, ...words: readonly string[]): void =>
  void execFileSync(program, [...words], { stdio: "pipe" });

/** Opens a disk's file system for as long as somebody looks. Its own journal is played back, as at a start. */
export function onDisk<Result>(disk: string, look: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(dirname(disk), "mount-"));
  quietly("mount", "-o", "loop", disk, folder);
  try {
    return look(folder);
  } finally {
    quietly("umount", folder);
    rmdirSync(folder);
  }
}

/** A USB stick as it is sold: FAT, with one file on it. */
export function makeStick(image: string, name: string, text: string): void {
  quietly("truncate", "-s", "64M", image);
  quietly("mkfs.vfat", "-F", "32", "-n", "STICK", image);
  execFileSync("mcopy", ["-i", image, "-", `::${name}`], { input: text, stdio: ["pipe", "pipe", "inherit"] });
}

/** What lies on it, once it is out. */
export const onStick = (image: string, name: string): string =>
  execFileSync("mtype", ["-i", image, `::${name}`], { encoding: "utf8" });

/** A copy that takes only the room that is written to. */
export const copyDisk = (from: string, to: string): void => quietly("cp", "--sparse=always", from, to);

/** Settings of this run on the root; it is written over by the next run's. */
export function settle(root: string, settings: string, kiosk: object): void {
  onDisk(root, (folder) => {
    const etc = join(folder, "etc/lintel");
    mkdirSync(etc, { recursive: true });
    for (const name of readdirSync(settings)) copyFileSync(join(settings, name), join(etc, name));
    copyFileSync(join(import.meta.dirname, "etc/readers.json"), join(etc, "readers.json"));
    execFileSync("tee", [join(etc, "kiosk.json")], {
      input: JSON.stringify(kiosk, null, 2),
      stdio: ["pipe", "ignore", "inherit"],
    });
    const { gid } = clockUser(folder);
    for (const name of readdirSync(etc)) {
      chownSync(join(etc, name), 0, gid);
      quietly("chmod", "640", join(etc, name));
    }
  });
}

/** A new disk for the clock's state, with what a technician's set-up left in it. */
export function makeState(disk: string, root: string, content: string): void {
  quietly("truncate", "-s", "256M", disk);
  quietly("mkfs.ext4", "-q", "-m", "0", "-L", "lintel-state", disk);
  const { uid, gid } = onDisk(root, clockUser);
  onDisk(disk, (folder) => {
    cpSync(content, folder, { recursive: true });
    quietly("chown", "-R", `${uid}:${gid}`, folder);
    quietly("chmod", "700", folder);
  });
}

/** Whom the package made in there. */
function clockUser(root: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync(join(root, "etc/passwd"), "utf8")
    .split("\n")
    .find((one) => one.startsWith("lintel:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("the package made no user");
  return { uid: Number(uid), gid: Number(gid) };
}
