import type { Meaning } from "./meaning.ts";

/** Codes of the running clock: what the wall's screen, the technician's page and the log say. */
export const clockCodes = {
  start: {
    "config-invalid": {
      means: "A setting has a value that it cannot have, or a file that it names is not there.",
      todo: "The sentence names the setting. Correct it in `/etc/lintel/kiosk.json`; the clock starts by itself when the file changed.",
    },
    "config-unknown-key": {
      means: "A setting is spelled wrongly.",
      todo: "The sentence names the nearest right one. Correct it in `/etc/lintel/kiosk.json`.",
    },
    "state-unwritable": {
      means: "The clock may not write into its own folder, `/var/lib/lintel`.",
      todo: "Was a folder copied by hand? It belongs to the user lintel: `sudo chown -R lintel: /var/lib/lintel`. Else see disk-read-only.",
    },
    "port-taken": {
      means: "Another program uses the port of the screen's page.",
      todo: "End it, or set another `port`. Was a second clock started by hand?",
    },
    "asset-missing": {
      means: "A file of the recognition models is not there.",
      todo: "Install the package lintel-models, or run `sudo lintel provision` again: it fetches what is missing.",
    },
    "asset-changed": {
      means: "A model file is not the one that was pinned: half fetched, decayed, or exchanged.",
      todo: "Fetch it again (`sudo lintel provision`). If it comes back, replace the card and tell whoever is responsible for security.",
    },
    "asset-unreachable": {
      means: "Models could not be fetched from the network.",
      todo: "Check the cable and the way out to the internet, or bring lintel-models on a stick.",
    },
    "tool-missing": {
      means: "A program of the operating system that the clock needs is not installed.",
      todo: "The sentence names it. Install the package again: `sudo apt install --reinstall ./lintel_*.deb`.",
    },
    "runtime-missing": {
      means: "The program that runs the models does not work on this processor.",
      todo: "Is it the package for this machine (arm64 or amd64)? Install the right one.",
    },
    "clock-wrong": {
      means: "The machine does not know what time it is, so badges still count and certificates cannot be checked.",
      todo: "Connect it to a time server (NTP), or set the time by hand; change the battery of the real-time clock if it has one.",
    },
  },
  camera: {
    "camera-missing": {
      means: "No camera is found. Badges and PINs go on.",
      todo: "Push in the plug or the ribbon cable (power off for a ribbon), then look at `lintel doctor`.",
    },
    "camera-lost": {
      means: "The camera was there and is gone. Badges and PINs go on; it is tried again by itself.",
      todo: "Check plug and cable, use a shorter one, and look whether the supply is strong enough.",
    },
    "camera-silent": {
      means: "The camera answers and sends no pictures.",
      todo: "Unplug it and plug it in again; then another port; then another camera.",
    },
    "camera-garbage": {
      means: "What the camera sends cannot be read as pictures.",
      todo: "Replug it, then try another cable: long or thin USB cables do this.",
    },
    "frame-torn": {
      means: "Single pictures arrive damaged. A few do no harm.",
      todo: "If the doctor counts many: another cable or port.",
    },
    "engine-lost": {
      means: "Recognition stopped and is started again. Badges and PINs go on.",
      todo: "Wait a minute. If it stays, look for heat and too little memory with `lintel doctor`.",
    },
    "model-mismatch": {
      means: "A model does not fit the program, or people were enrolled with another one.",
      todo: "Install model files and program of one release; `lintel people re-enrol-list` names who has to be enrolled again.",
    },
    "model-banned": {
      means: "Somebody named a model that guesses age, gender, feelings or origin. No such model runs here.",
      todo: "Take it out of the model list.",
    },
    "model-licence": {
      means: "A model may not be used in a business.",
      todo: "Use another one, or ask whoever decided on it (docs/models.md).",
    },
    "enrol-unusable": {
      means: "The pictures were not good enough to enrol somebody.",
      todo: "One person, at arm's length, good light from the front, nobody behind. The sentence says what was wrong most often.",
    },
    "enrol-duplicate": {
      means: "This face is enrolled already, most likely as the same person.",
      todo: "The supervisor compares the two; twins are enrolled with `--also-like`.",
    },
    "enrol-ended": {
      means: "The enrolment was cancelled, took too long, or the movement was not a living head's. Nothing was kept.",
      todo: "Begin again, with one person before the clock.",
    },
  },
  reader: {
    "reader-missing": {
      means: "No badge reader is found. Faces and PINs go on.",
      todo: "Plug it in; `lintel reader list` shows what hangs on the machine and why it is not used.",
    },
    "reader-closed": {
      means: "The reader is there and the clock may not open it.",
      todo: "Its udev rule is missing: `lintel reader rules` prints it; then plug the reader in anew.",
    },
    "reader-lost": {
      means: "The reader was there and is gone. It is tried again by itself.",
      todo: "Check plug, cable and supply.",
    },
  },
  store: {
    "disk-full": {
      means: "There is no room left. **The clock takes no punches** and says so.",
      todo: "Make room: `sudo apt clean`, old logs. If punches are waiting for receipts, mend the network first: what is receipted may go.",
    },
    "disk-read-only": {
      means: "The card takes no writes any more. **The clock takes no punches** and says so.",
      todo: "A card does this when it dies. Do not format it. Swap it (chapter 6).",
    },
    "journal-write-failed": {
      means: "A punch could not be written, and nobody was thanked for it.",
      todo: "`sudo lintel doctor`, storage first. Swap the card if it names errors (chapter 6).",
    },
    "journal-busy": {
      means: "Two clocks want to work in one folder.",
      todo: "Stop the one that was started by hand; only `lintel.service` belongs there.",
    },
    "journal-corrupt": {
      means:
        "A record of the journal does not hold any more. The clock goes on with a new part and keeps the old one aside.",
      todo: "Write down the sentence, tell the office, take a backup (chapter 6), swap the card: this is what dying cards do.",
    },
    "journal-rolled-back": {
      means: "The journal is older than what the clock knows it has written: somebody put an old copy there.",
      todo: "Never copy `/var/lib/lintel` back by hand. Tell the office; what is missing is named in the new part.",
    },
    "record-too-large": {
      means: "Something was too long to be written as one record.",
      todo: "Shorten what was typed (a reason, a name) and try again.",
    },
    "settings-corrupt": {
      means: "A small file of the clock's own decayed. It goes on with what it knows otherwise.",
      todo: "Look at the card with `sudo lintel doctor`; swap it if it names errors.",
    },
    "seal-broken": {
      means:
        "What is sealed for this machine (faces, names, PINs) does not open here: another board, another key, or damage.",
      todo: "Is this the board and the card that belong together? If a board was changed, go by chapter 7; people are then enrolled again.",
    },
    "order-book-failed": {
      means: "The list of the cloud's orders could not be written, so none is carried out.",
      todo: "As for journal-write-failed.",
    },
    "roster-write-failed": {
      means: "The list of people from the cloud could not be kept; the one before still counts.",
      todo: "As for journal-write-failed.",
    },
  },
  network: {
    "broker-unreachable": {
      means: "The cloud's broker does not answer. **Punches are kept and count**; they are sent later.",
      todo: "Cable, switch, way out: `sudo lintel doctor` says whether name, port or TLS is what fails.",
    },
    "broker-refused": {
      means: "The broker answers and does not let this clock in, or not where it has to write.",
      todo: "The doctor tells certificate, login and access list apart. Tell whoever runs the broker the device's name.",
    },
    "broker-taken-over": {
      means: "Another machine uses this clock's name at the broker.",
      todo: "Was a card copied, or an old board left running? Switch the other one off.",
    },
    "certificate-expired": {
      means: "The clock's certificate, or the broker's, is over.",
      todo: "`sudo lintel provision --renew` for the clock's; the broker's is its keeper's.",
    },
    "receipt-invalid": {
      means: "Somebody sends receipts that nobody whom this clock believes has signed. Punches are kept.",
      todo: "Tell the office: the receiver's key was changed, or somebody else answers.",
    },
    "receiver-silent": {
      means: "The broker works and nobody receipts. **Punches are kept and count.**",
      todo: "Tell the office that its receiver does not run, or does not know this clock's key.",
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Meaning>>>>;
