import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";

/**
 * Paths of the USB cameras at this machine, the same order every time.
 * @param root of the file system; a test builds one.
 * Source: the kernel's V4L2 sysfs interface (`index`); systemd's 60-persistent-v4l.rules (`by-id`).
 */
export async function usbCameras(root = "/"): Promise<readonly string[]> {
  const named = join(root, "dev/v4l/by-id");
  // Names that stay the same across reboots. A camera has several nodes and its first is the one with pictures.
  const stable = (await namesIn(named)).filter((name) => name.endsWith("-index0"));
  if (stable.length > 0) return stable.map((name) => join(named, name));
  const nodes = (await namesIn(join(root, "dev"))).filter((name) => /^video\d+$/.test(name));
  const cameras = await Promise.all(nodes.map((name) => isUsbCamera(join(root, "sys/class/video4linux", name))));
  return nodes.filter((_, at) => cameras[at]).map((name) => join(root, "dev", name));
}

/** The codecs of a Raspberry Pi are video nodes too, and no camera: only what hangs on USB counts, first node alone. */
async function isUsbCamera(entry: string): Promise<boolean> {
  const device = await realpath(entry).catch(() => "");
  const index = await readFile(join(entry, "index"), "utf8").catch(() => "");
  return /\/usb\d+\//.test(device) && index.trim() === "0";
}

const namesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory).catch(() => [])).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
