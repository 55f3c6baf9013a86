import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Machine, namesAt, textAt } from "./machine.ts";

/** Where a folder lies: which file system, and which disk under it. */
export interface Disk {
  readonly mountPoint: string;
  readonly kind: string;
  readonly isReadOnly: boolean;
  /** The kernel's name of the partition, such as mmcblk0p2; null where no block device is under it. */
  readonly partition: string | null;
  /** The whole disk, such as mmcblk0; null likewise. */
  readonly device: string | null;
}

/** Null where the kernel does not say. */
export async function diskOf(machine: Pick<Machine, "root">, folder: string): Promise<Disk | null> {
  const table = await textAt(machine, "/proc/self/mountinfo");
  const place = await stat(folder).catch(() => null);
  if (table === null || place === null) return null;
  // As the kernel writes it: 12 bits of major, and a minor in two parts.
  const major = (place.dev >>> 8) & 0xfff;
  const minor = (place.dev & 0xff) | ((place.dev >>> 12) & 0xfff00);
  const lines = table.split("\n").map(mountOf);
  const mine = lines.filter(({ device }) => device === `${major}:${minor}`);
  const under = mine.filter(({ point }) => folder === point || folder.startsWith(point === "/" ? "/" : `${point}/`));
  const mount = under.sort((a, b) => b.point.length - a.point.length)[0] ?? mine[0];
  if (mount === undefined) return null;
  const { partition, device } = await namesOf(machine, mount.device, mount.source);
  return { mountPoint: mount.point, kind: mount.kind, isReadOnly: mount.isReadOnly, partition, device };
}

interface Mount {
  readonly device: string;
  readonly point: string;
  readonly kind: string;
  readonly source: string;
  readonly isReadOnly: boolean;
}

/** proc(5): fields before " - " vary in number, those after do not. */
function mountOf(line: string): Mount {
  const [before = "", after = ""] = line.split(" - ");
  const [, , device = "", , point = "", options = ""] = before.split(" ");
  const [kind = "", source = "", more = ""] = after.split(" ");
  const isReadOnly = [...options.split(","), ...more.split(",")].includes("ro");
  const unescaped = point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return { device, point: unescaped, kind, source, isReadOnly };
}

/** By number where the kernel has one; Btrfs and others have a number of their own, and then by name. */
async function namesOf(
  machine: Pick<Machine, "root">,
  numbers: string,
  source: string,
): Promise<Pick<Disk, "partition" | "device">> {
  const uevent = await textAt(machine, `/sys/dev/block/${numbers}/uevent`);
  const [, named] = /^DEVNAME=(\S+)$/m.exec(uevent ?? "") ?? [];
  const partition = named ?? (source.startsWith("/dev/") ? basename(source) : null);
  if (partition === null) return { partition: null, device: null };
  const whole = (await namesAt(machine, "/sys/block")).filter((name) => partition.startsWith(name));
  return { partition, device: whole.sort((a, b) => b.length - a.length)[0] ?? partition };
}
