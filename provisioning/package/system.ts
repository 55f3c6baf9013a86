import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** What the package puts beside the payload, so that the operating system knows of the clock. */

const root = join(import.meta.dirname, "../..");

/** Which folder of the repository becomes which of the machine. A file that is added to one needs no change here. */
const folders: readonly { readonly from: string; readonly files: RegExp; readonly to: string }[] = [
  { from: "systemd", files: /\.(service|timer|target|socket|path|mount|slice)$/, to: "usr/lib/systemd/system" },
  { from: "systemd/sysusers", files: /\.conf$/, to: "usr/lib/sysusers.d" },
  { from: "systemd/tmpfiles", files: /\.conf$/, to: "usr/lib/tmpfiles.d" },
  { from: "systemd/chromium", files: /\.json$/, to: "etc/chromium/policies/managed" },
  { from: "systemd/usbguard", files: /./, to: "usr/share/lintel/usbguard" },
  { from: "provisioning/udev", files: /\.rules$/, to: "usr/lib/udev/rules.d" },
];
/** Folders of the repository's `systemd` that add to a unit, such as `getty@tty1.service.d`. */
const dropIn = /\.d$/;
/** journald reads a namespace's settings from here too, and an administrator's own file in /etc comes before it. */
const journald = /^journald@.*\.conf$/;

export async function placeSystemFiles(into: string): Promise<void> {
  for (const { from, files, to } of folders)
    for (const name of await namesIn(from)) if (files.test(name)) await place(join(from, name), join(into, to, name));
  for (const name of await namesIn("systemd")) {
    if (journald.test(name))
      await place(join("systemd", name), join(into, "usr/lib/systemd", `${name}.d`, "10-lintel.conf"));
  }
  for (const folder of await foldersIn("systemd")) {
    if (!dropIn.test(folder)) continue;
    for (const name of await namesIn(join("systemd", folder)))
      await place(join("systemd", folder, name), join(into, "usr/lib/systemd/system", folder, name));
  }
  await place("provisioning/package/lintel-launch", join(into, "usr/lib/lintel/bin/lintel-launch"), 0o755);
  await place("provisioning/package/debian/lintel", join(into, "usr/bin/lintel"), 0o755);
}

const notProvisioned = `# Its timer runs from the installation on; without settings there is nothing to do.
[Unit]
ConditionPathExists=/etc/lintel/kiosk.json
`;

/** What the maintainer's scripts have to name. */
export interface SystemNames {
  /** Units that are enabled when the package is installed: those with an `[Install]` section. */
  readonly units: readonly string[];
  readonly users: readonly string[];
  readonly folders: readonly string[];
}

/** Lets what a timer starts wait for the settings, where its unit says nothing about them. */
export async function gateTimers(into: string): Promise<SystemNames> {
  const place = join(into, "usr/lib/systemd/system");
  const units: string[] = [];
  const names = (await readdir(place)).filter((name) => !dropIn.test(name)).sort();
  for (const unit of names) {
    const text = await readFile(join(place, unit), "utf8");
    if (/^\[Install\]/m.test(text)) units.push(unit);
    const isTimed = names.includes(unit.replace(/\.service$/, ".timer")) && unit.endsWith(".service");
    if (!isTimed || /^ConditionPathExists=/m.test(text)) continue;
    await mkdir(join(place, `${unit}.d`), { recursive: true });
    await writeFile(join(place, `${unit}.d`, "10-provisioned.conf"), notProvisioned);
  }
  const users = await readdir(join(into, "usr/lib/sysusers.d"));
  const folders = await readdir(join(into, "usr/lib/tmpfiles.d"));
  return { units, users: users.sort(), folders: folders.sort() };
}

/** Debian wants the manual and the changelog packed, and without a date inside. */
export async function placePacked(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, gzipSync(text, { level: 9 }));
}

const entriesIn = (folder: string) =>
  readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await entriesIn(folder)).filter((entry) => entry.isFile()).map(({ name }) => name);
const foldersIn = async (folder: string): Promise<readonly string[]> =>
  (await entriesIn(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);

async function place(from: string, to: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(join(root, from), to);
  await chmod(to, mode);
}
