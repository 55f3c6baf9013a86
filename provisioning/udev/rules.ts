import { hex } from "../../kiosk/reader/devices.ts";
import type { Profile } from "../../kiosk/reader/profiles.ts";

interface Ids {
  readonly vendor: number;
  readonly product: number | undefined;
}

/**
 * The udev rules that give badge readers to the clock and hide them from the compositor, made from the profiles, so that a
 * reader that we read is never one that types into the page as well.
 */
export function udevRules(profiles: readonly Profile[]): string {
  const readers = new Map(
    profiles.map(({ match: { vendor, product } }) => [`${vendor}:${product ?? ""}`, { vendor, product }]),
  );
  // A rule for all of a vendor covers its products.
  const wanted = [...readers.values()]
    .filter(({ vendor, product }) => product === undefined || !readers.has(`${vendor}:`))
    .toSorted((a, b) => a.vendor - b.vendor || (a.product ?? 0) - (b.product ?? 0));
  return `${[...head, ...wanted.flatMap(rulesOf)].join("\n")}\n`;
}

const head = [
  "# Badge readers belong to the clock. Made by `lintel reader rules`; copy it to /etc/udev/rules.d/ and plug readers in anew.",
  "# The name matters: after 60-input-id.rules, which finds out what a device is, and before 70-power-switch.rules, which",
  "# lets the login manager listen to every keyboard.",
];

/** Whatever bus a HID device hangs on, USB or Bluetooth, its kernel name is BUS:VENDOR:PRODUCT.NUMBER. */
function rulesOf({ vendor, product }: Ids): readonly string[] {
  const name = `*:${upper(vendor)}:${product === undefined ? "*" : upper(product)}.*`;
  const who = `ACTION!="remove", KERNELS=="${name}"`;
  const hidden = 'ENV{LIBINPUT_IGNORE_DEVICE}="1", ENV{ID_INPUT_KEY}="", ENV{ID_INPUT_KEYBOARD}=""';
  return [
    "",
    `${who}, SUBSYSTEM=="input", KERNEL=="event*", ${hidden}`,
    `${who}, SUBSYSTEM=="hidraw", MODE="0660", GROUP="lintel"`,
  ];
}

const upper = (id: number): string => hex(id).toUpperCase();
