import { hex } from "../../kiosk/reader/devices.ts";
import type { Profile } from "../../kiosk/reader/profiles.ts";

/**
 * What may be plugged into a clock, for USBGuard, made from the profiles as the udev rules are: hubs, the badge readers
 * that we read, cameras; all the rest is not even given to a driver. A device that says it is both a camera and something
 * else is something else.
 */
export function usbRules(profiles: readonly Profile[]): string {
  const ids = new Set(
    profiles.map(({ match: { vendor, product } }) => `${hex(vendor)}:${product === undefined ? "*" : hex(product)}`),
  );
  // A rule for all of a vendor covers its products.
  const wanted = [...ids].filter((id) => id.endsWith(":*") || !ids.has(`${id.split(":")[0]}:*`)).toSorted();
  return `${[...head, ...hubs, "", ...wanted.flatMap(reader), ...cameras, ...rest].join("\n")}\n`;
}

const head = [
  "# What may be plugged into a clock. Made by `lintel reader rules --usb`; USBGuard reads it from /etc/usbguard/rules.d/.",
  "# A touch panel is a device like any other: plug it in, find it with `usbguard list-devices`, and add its line here:",
  '#   allow id 222a:0001 with-interface match-all { 03:*:* } label "touch panel"',
];
const hubs = ["", 'allow with-interface match-all { 09:*:* } label "hub"'];
/** Nothing but HID: a reader that brings a disk or a network along is not that reader. */
const reader = (id: string): readonly string[] => [
  `allow id ${id} with-interface match-all { 03:*:* } label "badge reader"`,
];
/** 0e is video; 01 is the microphone that many cameras have, which nobody here opens. */
const cameras = [
  "",
  'allow with-interface match-all { 0e:*:* } label "camera"',
  'allow with-interface match-all { 0e:*:* 01:*:* } label "camera"',
];
const rest = ["", "block"];
