import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Device } from "node-hid";
import { namedProfile, type Profile } from "./profiles.ts";

/** What hangs on this machine, and which of it is whose reader. */

/** A HID device as the library lists it, once for each of its usages, and where it is plugged in. */
export interface Listed extends Device {
  readonly path: string;
  /** The kernel's name of the place, such as usb-0000:00:14.0-1/input0; null where it has none. */
  readonly place: string | null;
}

/** A place without its interface: what one reader has, however many interfaces it shows. */
export const portOf = ({ place }: Listed): string | null => place?.replace(/\/input\d+$/, "") ?? null;

/** What becomes of a listed device. */
export interface Verdict {
  readonly device: Listed;
  readonly profile: Profile | null;
  /** take: ours, and read; same: another face of a reader that is taken already; leave: none of our business. */
  readonly is: "take" | "same" | "leave";
  /** Why it is left: what of the profile that came nearest did not fit. */
  readonly why: string;
}

export async function placed(devices: readonly Device[]): Promise<readonly Listed[]> {
  const found = devices.flatMap((device) => (device.path === undefined ? [] : [{ ...device, path: device.path }]));
  return Promise.all(found.map(async (device) => ({ ...device, place: await placeOf(device.path) })));
}

/**
 * Takes every reader once: one that shows itself as mouse and keyboard, or on several interfaces, by the first profile
 * that fits any of them.
 * @param only a path that was named: that one alone, by its profile or else as a keyboard's.
 */
export function verdicts(devices: readonly Listed[], profiles: readonly Profile[], only?: string): readonly Verdict[] {
  const judged = devices.map((device): Verdict => {
    if (only !== undefined && device.path !== only) {
      return { device, profile: null, is: "leave", why: `${only} was named, and this is another` };
    }
    const verdict = judge(device, profiles);
    const isNamed = only !== undefined && verdict.profile === null;
    return isNamed ? { device, profile: namedProfile, is: "take", why: "" } : verdict;
  });
  const rank = ({ profile }: Verdict): number => (profile === null ? -1 : profiles.indexOf(profile));
  const taken = new Map<string, Verdict>();
  for (const verdict of judged.filter(({ is }) => is === "take").sort((a, b) => rank(a) - rank(b))) {
    const key = readerOf(verdict.device);
    if (!taken.has(key)) taken.set(key, verdict);
  }
  return judged.map((verdict) => {
    const winner = taken.get(readerOf(verdict.device));
    if (winner === undefined || winner === verdict) return verdict;
    return { ...verdict, is: "same", why: `the same reader as ${winner.device.path}` };
  });
}

/** One reader: its port, or where that is unknown its serial, or else its path. */
function readerOf(device: Listed): string {
  const port = portOf(device);
  if (port !== null) return `port ${port}`;
  const { vendorId, productId, serialNumber, path } = device;
  return serialNumber ? `serial ${vendorId}:${productId}:${serialNumber}` : `path ${path}`;
}

function judge(device: Listed, profiles: readonly Profile[]): Verdict {
  let nearest = { fits: 0, why: "no profile knows its vendor" };
  for (const profile of profiles) {
    const asked = questions(device, profile);
    const failed = asked.findIndex(({ holds }) => !holds);
    if (failed < 0) return { device, profile, is: "take", why: "" };
    if (failed > nearest.fits) nearest = { fits: failed, why: `${profile.name} wants ${asked[failed]?.wants}` };
  }
  return { device, profile: null, is: "leave", why: nearest.why };
}

/** In the order in which a technician would ask. */
function questions(device: Listed, { match }: Profile): readonly { readonly holds: boolean; readonly wants: string }[] {
  const { vendor, product, usagePage, usage, serial, port } = match;
  const ask = (wanted: unknown, holds: boolean, wants: string) => ({ holds: wanted === undefined || holds, wants });
  return [
    ask(vendor, device.vendorId === vendor, `vendor ${hex(vendor)}`),
    ask(product, device.productId === product, `product ${hex(product ?? 0)}`),
    ask(usagePage, device.usagePage === usagePage, `usage page ${hex(usagePage ?? 0)}`),
    ask(usage, device.usage === usage, `usage ${hex(usage ?? 0)}`),
    ask(serial, device.serialNumber === serial, "another serial number"),
    ask(port, portOf(device)?.endsWith(port ?? "") === true, `port ${port}`),
  ];
}

export const hex = (id: number): string => id.toString(16).padStart(4, "0");

/** HID_PHYS of the kernel's own description. */
async function placeOf(path: string): Promise<string | null> {
  const text = await readFile(`/sys/class/hidraw/${basename(path)}/device/uevent`, "utf8").catch(() => "");
  const [, place = ""] = /^HID_PHYS=(.*)$/m.exec(text) ?? [];
  return place === "" ? null : place;
}
