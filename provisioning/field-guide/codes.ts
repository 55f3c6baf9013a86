import type { FaultCode } from "../../kiosk/core/fault.ts";
import { careCodes } from "./codes-care.ts";
import { clockCodes } from "./codes-clock.ts";
import { officeCodes } from "./codes-office.ts";
import type { Meaning } from "./meaning.ts";

export interface CodeGroup {
  readonly title: string;
  readonly codes: Readonly<Record<string, Meaning>>;
}

/** Every code that there is: one that nobody has explained here does not compile. */
export const meanings: Readonly<Record<FaultCode, Meaning>> = {
  ...clockCodes.start,
  ...clockCodes.camera,
  ...clockCodes.reader,
  ...clockCodes.store,
  ...clockCodes.network,
  ...careCodes.setUp,
  ...careCodes.updates,
  ...careCodes.care,
  ...careCodes.acceptance,
  ...officeCodes.desk,
  ...officeCodes.people,
  ...officeCodes.cloud,
};

/** In the order in which a technician meets them. */
export const codeGroups: readonly CodeGroup[] = [
  { title: "The clock does not start, or stopped", codes: { ...notice(), ...clockCodes.start } },
  { title: "Camera and recognition", codes: clockCodes.camera },
  { title: "Badge readers", codes: clockCodes.reader },
  { title: "Card, disk and journal", codes: clockCodes.store },
  { title: "Network, broker and receipts", codes: clockCodes.network },
  { title: "Setting up", codes: careCodes.setUp },
  { title: "Updates", codes: careCodes.updates },
  { title: "Backup, replacement, taking away", codes: careCodes.care },
  { title: "Acceptance", codes: careCodes.acceptance },
  { title: "Commands that are refused", codes: officeCodes.desk },
  { title: "People, consent and what is kept", codes: officeCodes.people },
  { title: "Orders and the cloud's side", codes: officeCodes.cloud },
];

/** What the screen says of a clock that does not run: made by shell and systemd, so no fault of the program. */
function notice(): Readonly<Record<string, Meaning>> {
  return {
    "not-set-up": {
      means: "The screen works, and nobody has set this clock up yet.",
      todo: "Run `sudo lintel provision` (chapter 3).",
    },
    bug: {
      means: "The program found a mistake of its own and stopped rather than guess. It is started again every minute.",
      todo: "Let it try for five minutes. If it stays: `lintel doctor`, then `sudo lintel support --out /media/stick/support.json`, and give that file to whoever maintains the software.",
    },
    hang: {
      means: "The program did not move any more and the watchdog ended it.",
      todo: "Look for a card or disk that stalls: `sudo lintel doctor` names storage first. If it happens again, replace the card (chapter 6).",
    },
    "exit-N, signal-N": {
      means:
        "The program ended in a way it should not; N is what the operating system saw. signal-9 is most often too little memory.",
      todo: "`sudo lintel doctor`; look what else runs on this machine and take it off.",
    },
    unknown: {
      means: "The screen was asked before anybody knew why the clock stopped.",
      todo: "Wait a minute; if it stays, `systemctl status lintel` says more.",
    },
  };
}
