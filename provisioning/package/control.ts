import type { Arch } from "./prune.ts";

/**
 * What dpkg is told. Every name here is one of Debian 12, Raspberry Pi OS 12 and Ubuntu 20.04 and 22.04 alike; apt
 * passes over a recommendation that a system has not got (`cage` and `chromium` on Ubuntu 20.04).
 */

const maintainer = "Lintel maintainers <maintainers@lintel.invalid>";

/** Package, and what of the clock cannot do without it. */
export const needs: readonly (readonly [name: string, why: string])[] = [
  ["libc6 (>= 2.28)", "the pinned Node and the models' runtime are built against it"],
  ["libstdc++6 (>= 8)", "the same"],
  ["libgcc-s1 | libgcc1", "the same"],
  ["libatomic1", "the pinned Node"],
  ["libusb-1.0-0", "badge readers"],
  ["libudev1", "badge readers"],
  ["systemd (>= 245)", "units, users, folders, log namespaces, systemd-notify"],
  ["udev", "gives the clock its readers, and hides them from the screen"],
  ["init-system-helpers (>= 1.52)", "deb-systemd-helper"],
  ["ffmpeg", "USB cameras"],
  ["v4l-utils", "finds cameras and what they can do"],
];
/** The screen; a clock without one of its own does not need them. */
const recommends = [
  "cage",
  "xwayland",
  "libpam-systemd",
  "chromium",
  "systemd-timesyncd | chrony | ntp",
  "lintel-models",
];
const suggests = ["gpiod", "tpm2-tools", "usbguard", "smartmontools"];

export interface ControlFacts {
  readonly version: string;
  readonly arch: Arch;
  readonly installedKb: number;
}

export const clockControl = ({ version, arch, installedKb }: ControlFacts): string =>
  fields({
    Package: "lintel",
    Version: version,
    Architecture: arch,
    Maintainer: maintainer,
    "Installed-Size": String(installedKb),
    Depends: needs.map(([name]) => name).join(", "),
    Recommends: recommends.join(", "),
    Suggests: suggests.join(", "),
    Section: "misc",
    Priority: "optional",
    Description: [
      "time clock for the wall: faces, badges, signed punches",
      " Recognises faces and checks liveness on the machine itself, reads RFID badges,",
      " writes every punch into a signed, hash-chained journal before it says thanks,",
      " and sends punches over MQTT to any backend that answers with a receipt.",
      " .",
      " Brings its own Node.js. The models are not in it: lintel provision fetches",
      " them, or the package lintel-models brings them.",
    ].join("\n"),
  });

export const modelsControl = ({ version, installedKb }: Omit<ControlFacts, "arch">): string =>
  fields({
    Package: "lintel-models",
    Version: version,
    Architecture: "all",
    Maintainer: maintainer,
    "Installed-Size": String(installedKb),
    Enhances: "lintel",
    Section: "misc",
    Priority: "optional",
    Description: [
      "models of the Lintel time clock, for one's own clocks only",
      " The networks that the clock's manifest pins, as its release fetches them. Their",
      " rights are not clear: this package is made on the machine of whoever uses it,",
      " and is not to be given to others. /usr/share/doc/lintel-models says the doubts.",
    ].join("\n"),
  });

const fields = (all: Readonly<Record<string, string>>): string =>
  `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n")}\n`;
