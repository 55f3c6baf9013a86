/**
 * Every code that `lintel doctor` may end a finding with, and what to do about it: docs/doctor.md is printed from this
 * list. In the order in which things have to be mended, because what stands further down often only follows.
 */

export const areas = [
  "power",
  "storage",
  "time",
  "camera",
  "reader",
  "models",
  "journal",
  "certificate",
  "broker",
  "screen",
  "services",
] as const;
export type Area = (typeof areas)[number];

export interface Entry {
  readonly area: Area | "everywhere";
  /** What is the matter, in one sentence. */
  readonly says: string;
  /** What to do, in one sentence or two. */
  readonly remedy: string;
}

const entries = {
  "rights-missing": {
    area: "everywhere",
    says: "This user may not read what was to be looked at.",
    remedy: "Run it again with sudo; as the user lintel most of it can be seen too.",
  },
  "power-low": {
    area: "power",
    says: "The voltage is too low at this moment.",
    remedy: "Use the board maker's own supply and a short, thick cable; take other USB devices off, then look again.",
  },
  "power-was-low": {
    area: "power",
    says: "The voltage was too low since the last start.",
    remedy: "Replace supply and cable by the board maker's before the card suffers; a restart clears this mark.",
  },
  "power-throttled": {
    area: "power",
    says: "The processor is slowed down at this moment, by heat or by its supply.",
    remedy: "Mend the supply if it is named above; else give the box air, a heat sink or a fan.",
  },
  "power-was-throttled": {
    area: "power",
    says: "The processor was slowed down since the last start.",
    remedy: "Watch temperature and supply on the technician's page over a shift; a restart clears this mark.",
  },
  "power-over-current": {
    area: "power",
    says: "A Jetson's current limit was reached.",
    remedy: "Use a stronger supply, or a lower power mode (nvpmodel -q shows which one is set).",
  },
  "power-hot": {
    area: "power",
    says: "A sensor is near the temperature at which boards slow down (75 °C and more).",
    remedy: "Keep sun and heaters off the box, free its vents, add a heat sink or a fan.",
  },
  "power-too-hot": {
    area: "power",
    says: "A sensor is at the temperature at which boards slow down (85 °C and more).",
    remedy: "Let it cool down now, then move it out of sun and heat, or add a fan.",
  },
  "storage-read-only": {
    area: "storage",
    says: "The file system of the state folder takes no writes.",
    remedy:
      "Look for its errors (dmesg), check it (fsck) from another system, and replace the card if it happens again.",
  },
  "storage-errors": {
    area: "storage",
    says: "The file system remembers errors.",
    remedy: "Save the journal first (`lintel verify` a copy), check the file system (fsck), then replace card or disk.",
  },
  "storage-kernel-errors": {
    area: "storage",
    says: "The kernel saw reads or writes of a disk fail.",
    remedy: "Replace the card or disk soon; reseat it and its cable before.",
  },
  "storage-full": {
    area: "storage",
    says: "There is too little room for punches (less than 200 MB, or 3 %).",
    remedy: "Delete what is not the clock's (old logs, packages: apt clean), or use a larger card.",
  },
  "storage-filling": {
    area: "storage",
    says: "There is not much room left (less than 1 GB, or 15 %).",
    remedy: "Find out what grows (du -xh / | sort -h | tail) before it fills the disk.",
  },
  "storage-no-inodes": {
    area: "storage",
    says: "The file system can hold hardly any more files, whatever room it has.",
    remedy: "Find the folder with too many small files and empty it; it is none of the clock's.",
  },
  "storage-slow": {
    area: "storage",
    says: "A durable write takes long (worst above 0.25 s): thanks come late.",
    remedy: "Use a card made for endurance (A2, industrial) or an SSD; look what else writes (iotop).",
  },
  "storage-stalls": {
    area: "storage",
    says: "A durable write takes very long (half above 0.5 s, or worst above 2 s): people wait.",
    remedy: "Replace the card or disk: this is how they fail. Punches are safe meanwhile, only slow.",
  },
  "storage-unwritable": {
    area: "storage",
    says: "A durable write in the state folder failed.",
    remedy: "Do what the error says: make room, mount it for writing, or replace the disk.",
  },
  "storage-worn": {
    area: "storage",
    says: "The storage has used most of its life (80 % and more).",
    remedy: "Order a replacement and plan its exchange (docs/field-guide.md).",
  },
  "storage-worn-out": {
    area: "storage",
    says: "The storage is at the end of its life, or says itself that it fails.",
    remedy: "Replace it now; take a backup of unsent punches first.",
  },
  "time-unvouched": {
    area: "time",
    says: "Nobody vouches for this machine's clock.",
    remedy:
      "Let the machine set its clock (systemd-timesyncd or chrony) and its network reach a time server; punches are taken meanwhile and marked.",
  },
  "time-off": {
    area: "time",
    says: "The time service is more than half a second off what it follows.",
    remedy: "Wait some minutes; if it stays, name a nearer time server or look at the network's delay.",
  },
  "time-no-service": {
    area: "time",
    says: "No time service is switched on.",
    remedy: "Switch one on: timedatectl set-ntp true, or install chrony.",
  },
  "time-no-battery": {
    area: "time",
    says: "There is no clock with a battery: after a power cut without a network nobody knows the time.",
    remedy: "Add an RTC with a battery where power and network can fail together.",
  },
  "time-battery-off": {
    area: "time",
    says: "The battery clock differs from the system's by more than a minute.",
    remedy:
      "Write the right time into it (hwclock --systohc); if it is wrong again after a power cut, replace its battery.",
  },
  "time-jumped": {
    area: "time",
    says: "The clock was set by more than a minute since this machine started.",
    remedy: "Normal once after a start without a battery clock; else find out who sets it.",
  },
  "camera-missing": {
    area: "camera",
    says: "There is no camera where the settings expect one.",
    remedy:
      "USB: plug it in, or name another with --camera. Ribbon: switch the power off and reseat both ends, contacts the right way round.",
  },
  "camera-lost": {
    area: "camera",
    says: "The program that reads the camera ended.",
    remedy: "Replug the camera, then try another cable and port; it is opened again by itself.",
  },
  "camera-silent": {
    area: "camera",
    says: "The camera is open and sends no pictures.",
    remedy: "Replug the camera, then try another cable and port.",
  },
  "camera-garbage": {
    area: "camera",
    says: "What the camera sends cannot be read as pictures.",
    remedy: "Replug the camera, then try another cable, without a hub.",
  },
  "tool-missing": {
    area: "camera",
    says: "A program that reads the camera is not installed.",
    remedy: "The finding names it: apt install ffmpeg, or rpicam-apps on a Pi.",
  },
  "camera-held": {
    area: "camera",
    says: "Another program holds the camera.",
    remedy: "End that program; only the clock may have the camera.",
  },
  "camera-slow": {
    area: "camera",
    says: "Fewer than eight pictures come in a second.",
    remedy: "More light (cameras expose longer in the dark), another USB port, no hub.",
  },
  "camera-frozen": {
    area: "camera",
    says: "The camera sends the same picture again and again.",
    remedy: "Replug the camera; if it happens again, replace it.",
  },
  "camera-dark": {
    area: "camera",
    says: "Faces before the camera are too dark.",
    remedy: "Put light on the face, not behind it; lower the mount or turn it away from windows.",
  },
  "camera-bright": {
    area: "camera",
    says: "Faces before the camera are too bright.",
    remedy: "Shade the lamp or sun that shines into faces or into the lens.",
  },
  "camera-blurred": {
    area: "camera",
    says: "Faces before the camera are out of focus.",
    remedy: "Clean the lens, peel off its film, turn its focus ring for 60 cm.",
  },
  "camera-unsteady": {
    area: "camera",
    says: "The running clock cannot use its camera.",
    remedy: "Do what the code says in docs/screens.md; most often: replug it, another cable, another port.",
  },
  "reader-none": {
    area: "reader",
    says: "No badge reader that a profile knows hangs on this machine.",
    remedy: "Plug one in; `lintel reader list` shows what hangs here, docs/readers.md how to write a profile.",
  },
  "reader-not-open": {
    area: "reader",
    says: "A badge reader is known and cannot be opened.",
    remedy: "Install the udev rules (`lintel reader rules`), reload udev and plug the reader in again.",
  },
  "reader-garbage": {
    area: "reader",
    says: "A reader often says what is no card.",
    remedy: "See what it says with `lintel reader test`; its profile or its own settings do not fit its cards.",
  },
  "asset-missing": {
    area: "models",
    says: "A file that the manifest names is not on this machine.",
    remedy: "Fetch it (`lintel assets`) or install the package lintel-models.",
  },
  "asset-changed": {
    area: "models",
    says: "A file is not the one that was pinned.",
    remedy: "Delete it and fetch it again; if it happens twice, look at the disk and at who writes there.",
  },
  "model-banned": {
    area: "models",
    says: "The manifest names a model that no time clock may load.",
    remedy: "Take it out of the manifest: docs/models.md says which kinds may be loaded.",
  },
  "model-licence": {
    area: "models",
    says: "A model's weights may not be used commercially.",
    remedy:
      "Choose another model, or start with --allow-non-commercial if this clock serves research or a private home.",
  },
  "models-missing": {
    area: "models",
    says: "A model file is not on this machine.",
    remedy: "Fetch it (`lintel assets`) or install the package lintel-models.",
  },
  "models-changed": {
    area: "models",
    says: "A model file is not the one that was pinned.",
    remedy: "Delete it and fetch it again; if it happens twice, look at the disk and at who writes there.",
  },
  "models-do-not-run": {
    area: "models",
    says: "The models are here and the runtime does not run them.",
    remedy: "Install this release again for this machine's processor (docs/models.md names the runtimes).",
  },
  "journal-notice": {
    area: "journal",
    says: "The journal found something wrong with itself.",
    remedy: "`lintel verify` says what and where; what is there is kept. Tell whoever runs the cloud side.",
  },
  "journal-unread": {
    area: "journal",
    says: "The journal cannot be read here.",
    remedy: "Do not start over: copy the state folder first, then `lintel verify` the copy.",
  },
  "journal-waiting-long": {
    area: "journal",
    says: "A punch has waited more than a day for its receipt.",
    remedy: "Mend what is named under certificate and broker; nothing is lost meanwhile.",
  },
  "journal-room-short": {
    area: "journal",
    says: "At its pace the journal fills the disk within 60 days.",
    remedy: "Lower keepDays if receipts come, or use a larger disk; without receipts nothing may be deleted.",
  },
  "journal-commit-slow": {
    area: "journal",
    says: "Punches take more than a quarter of a second to be durable.",
    remedy: "See storage: a card that stalls is one that fails.",
  },
  "certificate-soon": {
    area: "certificate",
    says: "A certificate ends within 30 days.",
    remedy: "Have it renewed now.",
  },
  "certificate-chain": {
    area: "certificate",
    says: "The certificates in the file do not follow from one another.",
    remedy: "Put this clock's own first, then the one that signed it, and so on; the root is not needed.",
  },
  "certificate-expired": {
    area: "certificate",
    says: "A certificate is past its date.",
    remedy:
      "Renew it and replace the file; punches are kept meanwhile. If it should be good, set this machine's clock.",
  },
  "clock-wrong": {
    area: "certificate",
    says: "A certificate is not valid yet: most likely this machine's clock is wrong.",
    remedy: "Set this machine's clock (NTP, or its battery).",
  },
  "config-invalid": {
    area: "broker",
    says: "A setting, or a file that it names, is not as it must be.",
    remedy: "The finding names the setting; `lintel config --schema` says what it takes.",
  },
  "config-unknown-key": {
    area: "broker",
    says: "A setting does not exist.",
    remedy: "The finding names the nearest that does.",
  },
  "broker-unreachable": {
    area: "broker",
    says: "The broker's name is unknown, or nobody answers at its port.",
    remedy: "The finding tells name, port and TLS apart: look at DNS, at cable and firewall, or at the broker.",
  },
  "broker-refused": {
    area: "broker",
    says: "The broker answers and does not let us do what a clock must do.",
    remedy: "The finding tells TLS, login and access list apart; docs/brokers has a snippet for each broker.",
  },
  "receiver-silent": {
    area: "broker",
    says: "The broker works and nobody answers who could receipt.",
    remedy:
      "Check that the receiver runs, knows this clock's public key (device.pub.jwk in the state folder), and signs with the key that the settings name.",
  },
  "receiver-clock-apart": {
    area: "broker",
    says: "Our clock and the receiver's are more than a minute apart.",
    remedy: "Set this machine's clock (NTP, or its battery), or the receiver's if that is the wrong one.",
  },
  "screen-none": {
    area: "screen",
    says: "No display is connected.",
    remedy: "Plug the display in before power; try another cable and, on a Pi, the port HDMI0.",
  },
  "screen-page-silent": {
    area: "screen",
    says: "The wall's page does not answer.",
    remedy: "Look at lintel.service first (systemctl status lintel); the page is served by the clock itself.",
  },
  "screen-nobody-looks": {
    area: "screen",
    says: "The page answers and no browser shows it.",
    remedy: "systemctl restart lintel-screen; its own log says why it ended (journalctl -u lintel-screen).",
  },
  "service-failed": {
    area: "services",
    says: "A unit of ours has failed.",
    remedy: "systemctl status UNIT says why; mend that, then systemctl reset-failed UNIT and systemctl start UNIT.",
  },
  "service-off": {
    area: "services",
    says: "A unit of ours is installed and does not run.",
    remedy: "systemctl enable --now UNIT, unless somebody stopped it on purpose.",
  },
  "service-restarts": {
    area: "services",
    says: "A unit of ours was started anew three times or more since it was last started by hand.",
    remedy: "journalctl --namespace=lintel -u UNIT -p warning says what ended it each time.",
  },
  "version-node": {
    area: "services",
    says: "The clock runs on another Node than the one it was tested on.",
    remedy: "Use the Node of the package (/usr/lib/lintel/bin/node), not the system's.",
  },
  "update-not-whole": {
    area: "services",
    says: "The version that should be current is not whole.",
    remedy: "The clock runs the version of its package meanwhile; let the updater fetch it again.",
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type DoctorCode = keyof typeof entries;

export const catalogue: Readonly<Record<DoctorCode, Entry>> = entries;

export const remedyOf = (code: DoctorCode): string => catalogue[code].remedy;
export const areaOf = (code: DoctorCode): string => catalogue[code].area;

/** The table of docs/doctor.md. */
export function cataloguePage(): string {
  const row = ([code, { area, says, remedy }]: readonly [string, Entry]): string =>
    `| \`${code}\` | ${area} | ${says} | ${remedy.replaceAll("|", "\\|")} |`;
  return [
    "| code | area | what is the matter | what to do |",
    "|---|---|---|---|",
    ...Object.entries(catalogue).map(row),
  ].join("\n");
}
