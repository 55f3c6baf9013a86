/** What may be the matter with the machine under the clock, and what to do about it: supply, disk, time. */

export const ofMachine = {
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
} as const;
