import { bonaFide } from "../../kiosk/core/acceptance.ts";
import { type Block, type Chapter, care, heading, points, steps, table, text, ticks, typed } from "./blocks.ts";
import { codeGroups } from "./codes.ts";

export const codes: Chapter = {
  title: "Every code, and what to do",
  blocks: [
    text(
      "A code stands small on the wall where something is wrong, in the log, and behind every sentence of a command. **Badges go on whenever the wall offers them**, whatever is wrong with camera or network. Look here what it means; then ask the clock itself:",
    ),
    typed("sudo lintel doctor"),
    text(
      "The doctor changes nothing. It goes through power, storage, time, camera, reader, models, journal, certificate, broker, screen and services, and names **first what has to be mended first**: low voltage looks like a broken camera, a wrong time like a broken certificate. Its own codes are in docs/doctor.md and behind `lintel doctor --codes`. Who helps from afar needs one file, without names in it: `sudo lintel support --out /media/stick/support.json`. With a technician's key (chapter 5), `sudo lintel technician --wall --state /var/lib/lintel` shows the same live on the wall.",
    ),
    ...codeGroups.flatMap(({ title, codes: all }): readonly Block[] => [
      heading(title),
      table(
        ["Code", "It means", "Do this"],
        Object.entries(all).map(([code, { means, todo }]) => [`\`${code}\``, means, todo]),
      ),
    ]),
  ],
};

export const acceptance: Chapter = {
  title: "Acceptance",
  blocks: [
    text(
      "A test of ten minutes that shows that this clock works **on this wall**. It ends with a report that the clock itself signs. You need a technician's key, people of the site who agree to help, and a test person with a badge (and a PIN) of their own. All of it is typed at the clock, or over ssh.",
    ),
    steps(
      "Once for each technician: `sudo lintel operator add --role technician --state /var/lib/lintel` prints a secret; `sudo lintel operator enrol --key my.key --state /var/lib/lintel` asks for it, and makes your key. From the second operator on it may need the privacy officer (docs/operators.md).",
      "Begin your session: `sudo lintel session begin --key my.key --reason installation --state /var/lib/lintel`. It lasts a quarter of an hour; begin another when it is over.",
      "Begin the test: `sudo lintel acceptance run --person p_… --state /var/lib/lintel`. `p_…` is the person who punches for the test; a supervisor sees it with `lintel people list`.",
      "Do what it says, part by part. Nothing is lost when you stop: run the same line again and it goes on with what is open.",
      "Come again at two other times of the day, two hours apart or more: `sudo lintel acceptance run light --state /var/lib/lintel`.",
      "Have it signed: `sudo lintel acceptance report --state /var/lib/lintel --out gate-2.html`. Print it, leave it at the site.",
    ),
    table(
      ["Part", "What you do", "If it fails"],
      [
        ["light", "somebody looks at the clock", "move lamp, blind or clock; clean the lens"],
        ["heights", "somebody looks at it seated, then standing", "hang it higher or lower; badges for the others"],
        ["reach", "measure with the tape", "move the reader, the clock, or what stands before it"],
        ["ways", "the test person punches by badge, PIN, code and face, as the site offers", "`lintel doctor`"],
        [
          "network",
          "pull the cable, punch twice, plug it in",
          "find the second way into the network, or ask the office",
        ],
        [
          "spoof",
          "living people, then a print and a phone, ten times each",
          "ask everybody for a movement (`challengeShare` 1), or badge with face",
        ],
      ],
    ),
    heading("The attacks"),
    points(
      "Ask everybody first who is shown or stands there. Without their word this part is left out.",
      "Print a portrait about as large as a head, on plain paper. Show the same kind of portrait on a phone, bright.",
      "Hold it where a face would be: 50 to 80 cm away, nobody else in the picture. Tilt it, bring it nearer, do what is asked.",
      `Enter after each; \`s\` ends a kind early. Living people are called \`${bonaFide}\`.`,
      "Afterwards destroy prints and pictures. The clock keeps no picture of any of it.",
    ),
    care(
      "Ten presentations are weak evidence: ten of ten refused prove, 95 % sure, only that fewer than 3 in 10 would pass. The report says so. It is no certificate of anybody.",
    ),
    text(
      "Presentations are nobody's working time: faces rest meanwhile, badges go on. The punches of the test are real ones, of a test person; the journal names each of them as a test, and the office leaves them out.",
    ),
    text("Whoever gets the report checks it: `lintel acceptance verify gate-2.html --clock device.pub.jwk`."),
  ],
};

export const card: Chapter = {
  title: "Swap a memory card",
  blocks: [
    text(
      "Cards die by writing. The doctor says so beforehand (`storage-worn`, `storage-errors`), or the wall says `disk-read-only`. **First the punches, then the card.**",
    ),
    steps(
      "Is the network there? Then wait until the strip on the wall says that nothing waits. What is receipted is safe.",
      "If something waits and cannot be sent: put a stick in and take it along, sealed for the office: `sudo lintel backup --to /media/stick --for office.jwk --state /var/lib/lintel`. It is read back before it is believed. Nobody's name is on it.",
      "Stop the clock: `sudo systemctl stop lintel`. Switch off.",
      "Put the new card in (operating system and package on it), and keep the old one: it is needed in the next step.",
      "Go by chapter 7 with the old card in a card reader. Do not copy `/var/lib/lintel` by hand: the clock would notice, and say `journal-rolled-back`.",
      "When the office has everything: destroy the old card, or wipe it by chapter 9.",
    ),
    care("Never format the old card before the office says that it has all punches."),
  ],
};

export const replace: Chapter = {
  title: "Replace a kiosk",
  blocks: [
    text(
      "A new board, or a new card, takes the old one's place: its name, its unsent punches, and the number behind its last one.",
    ),
    steps(
      "Switch the old board off. It must never run again with its old card.",
      "Install the package on the new machine, and **show it no ticket before the next step**, neither at its screen nor at a console: the folder must be new.",
      "Old card readable, in a card reader: `sudo -u lintel lintel replace board --old-disk /media/old/var/lib/lintel --state /var/lib/lintel`. The old key signs the change and is destroyed.",
      "Only a backup: `… replace board --backup FILE --key office.key --state /var/lib/lintel`. Nothing left at all: the office writes `lintel replace place`, and you use `--place`.",
      "It prints a new key's name. Give `/var/lib/lintel/replacement.json` to the office; they accept it: `lintel replace accept replacement.json --devices clocks.ndjson --sink …`. Where the old card could not sign, they compare the key's name with you and say `--by-hand`.",
      "**When the office has accepted**, set the board up with a new ticket (chapter 3): it gets its certificate under the old name, and the set-up ends with its own first punch. Shown the ticket too early, it says `authority-refused`; the same ticket is good afterwards.",
      "Faces, names and PINs are sealed to the old board and do not move. People come back from the office's list; who wants to use a face is enrolled again.",
      "Accept the site again (chapter 5): another camera sees differently.",
    ),
    text("docs/fleet-care.md says what each case proves, and what is lost when nothing of the old board is left."),
  ],
};

export const update: Chapter = {
  title: "Update",
  blocks: [
    text(
      "The office usually does it from afar. A new version is fetched, its signature is proved, it checks itself, and it is switched to when nobody stands at the wall. **If it is not well, the one before comes back by itself.** You need do nothing.",
    ),
    heading("By hand, from a stick"),
    typed(
      "sudo lintel update status",
      "sudo lintel update check --from /media/stick",
      "sudo lintel update apply --from /media/stick",
    ),
    points(
      "Something is wrong with the new version: `sudo lintel update return`.",
      "`update-returned` on a terminal means: it was tried, it was not well, the old one runs. Report it, do not force it.",
      "Pulling the plug in the middle is not nice and does no harm.",
    ),
    text("docs/updates.md says who signs, and what is checked."),
  ],
};

export const away: Chapter = {
  title: "Take away",
  blocks: [
    text(
      "A clock that leaves a site takes nothing with it. The command sends what is owed, destroys the keys first and then everything else, looks for what is left, and writes a signed certificate.",
    ),
    steps(
      "Ask the office whether it has everything, and whether something must be kept (a legal hold).",
      "Put a stick in for the certificate.",
      "Stop the clock: `sudo systemctl disable --now lintel`.",
      "`sudo lintel decommission --out /media/stick --config /etc/lintel/kiosk.json --state /var/lib/lintel`",
      "If it refuses because punches have no receipt: mend the network, or take them along: `--take-along /media/stick --for office.jwk`.",
      "Cut off in the middle? Run the same line again.",
      "Give the certificate to the office. They end the clock's access at the broker.",
      "Cards cannot be wiped for certain. If the site wants to be sure, destroy the card.",
    ),
  ],
};

export const hardware: Chapter = {
  title: "Recommended hardware",
  blocks: [
    text(
      "**Nothing in this table was tried by us on a wall.** The software was run on PCs (x64), its arm64 parts in an emulator. What stands here follows from what the software needs and from the makers' papers. No prices, no shops.",
    ),
    table(
      ["Part", "Take", "Tried by us?"],
      [
        [
          "board",
          "Raspberry Pi 5 or 4, 4 GB or more; NVIDIA Jetson Orin Nano; any small PC with 64 bits",
          "Pi and Jetson: never. PC: yes",
        ],
        ["supply", "the board maker's own", "never"],
        [
          "storage",
          "a card made for endurance (industrial, A2), better a small SSD; 32 GB or more",
          "a disk of a virtual machine",
        ],
        ["network", "cable; power over Ethernet with the maker's hat", "cable: yes; the rest never"],
        [
          "screen",
          "with touch, 10 inches or more, 800 by 480 points at least; standing upright if it hangs on a wall",
          "only in a browser of that size",
        ],
        [
          "camera",
          "a USB camera (UVC) that gives MJPEG, 640 by 480 or more, 15 pictures a second; a lens of about 60 to 70 degrees across",
          "pretended by footage and by a kernel's test camera",
        ],
        ["ribbon cameras", "Pi Camera Module 3; IMX219 on a Jetson", "never"],
        [
          "badge reader",
          "USB, one that types (keyboard) or a HID of docs/readers.md",
          "emulated ones on a real kernel",
        ],
        ["clock battery", "where the network may be away when power comes back", "never"],
        ["key chip", "a TPM 2.0, if the site wants keys that no card holds", "an emulated one"],
        ["lamp", "a dull white lamp beside the clock where faces are dark", "never"],
      ],
    ),
    text(
      "Rather not: wide-angle lenses above 90 degrees (faces become too small at arm's length), cameras without MJPEG, screens without touch where PINs are used, cards of unknown origin, long thin USB cables.",
    ),
    heading("When you leave"),
    ticks(
      "the wall says that it is ready, and nothing waits for a receipt",
      "badge, and every other way of this site, was tried and receipted",
      "the report is signed, printed and left at the site",
      "the keyboard is off, the stick is with you, the ticket's paper is destroyed",
      "somebody at the site knows whom to call, and that badges work also when faces do not",
    ),
  ],
};
