import type { Meaning } from "./meaning.ts";

/** Codes of setting up, updating, replacing and ending a clock. */
export const careCodes = {
  setUp: {
    "machine-unsuited": {
      means: "This machine or its system lacks something that a clock needs.",
      todo: "The sentence names it: the processor, memory, systemd, room. Use a machine of chapter 10.",
    },
    "ticket-missing": {
      means: "No ticket was found.",
      todo: "Put the stick in, hold the code before the camera, or type it with `--ticket`.",
    },
    "ticket-invalid": {
      means: "That is no ticket, or it was changed, or only half of it was read.",
      todo: "Ask for a new one; hold the code flat and still before the camera.",
    },
    "ticket-expired": {
      means: "The ticket is too old, or this machine's time is wrong.",
      todo: "Look at the date on the screen first, then ask for a new ticket.",
    },
    "ticket-used": {
      means: "The ticket was used already, by another clock or another key.",
      todo: "Ask for a new one. If nobody knows who used it, tell the office at once.",
    },
    "ticket-foreign": {
      means: "The ticket is of another organisation or another site.",
      todo: "Take the right one; the sentence says whose this is.",
    },
    "authority-unreachable": {
      means: "Nobody answers who could give this clock its certificate.",
      todo: "Check the network; without one, carry request and answer by stick (chapter 3).",
    },
    "authority-refused": {
      means: "The authority said no.",
      todo: "The sentence says why. Ask the office; a new ticket is needed most often.",
    },
    "answer-awaited": {
      means: "The clock has written its request and waits for the answer file.",
      todo: "Carry the request to the office, bring the answer back on the stick, run `sudo lintel provision` again.",
    },
    "words-differ": {
      means:
        "The six words on the clock are not those of the office, or nobody compared them. If they differ, **somebody may sit in between.**",
      todo: "Not compared yet: run it again with somebody on the telephone. They differ: stop, do not go on with this ticket, tell the office, and use another network.",
    },
    "service-failed": {
      means: "A service of the clock does not start.",
      todo: "`systemctl status` of the one that is named says why; mend that and run `sudo lintel provision` again.",
    },
    "punch-missing": {
      means: "Nobody punched within the time that the last step waits, or the receipt did not come.",
      todo: "Run `sudo lintel provision` again and hold a badge to the reader when it asks.",
    },
    "set-up-busy": {
      means: "Somebody sets this clock up already, at another console.",
      todo: "Go on there, or end it there with Ctrl-C and run `sudo lintel provision` again: it goes on where that one was.",
    },
  },
  updates: {
    "update-unreachable": {
      means: "The new version could not be fetched.",
      todo: "Check the network; the old version runs on.",
    },
    "update-unsigned": {
      means: "The bundle has no signature.",
      todo: "Do not install it. Ask where it comes from.",
    },
    "update-untrusted": {
      means: "Somebody signed it whom this clock does not believe.",
      todo: "Do not install it. Is it this maker's bundle? Tell whoever is responsible for security.",
    },
    "update-damaged": { means: "The bundle is not whole.", todo: "Fetch it again; try another stick." },
    "update-older": {
      means: "The bundle is older than what ran here before. Old holes stay closed.",
      todo: "Take a newer one.",
    },
    "update-expired": {
      means: "The bundle was good for a while, and that is over.",
      todo: "Take a newer one; check the machine's date.",
    },
    "update-other-machine": {
      means: "The bundle is for another processor.",
      todo: "Take the one for this machine: arm64 or amd64.",
    },
    "update-unfit": {
      means: "The new version does not work on this machine, or cannot read its journal. The old one runs on.",
      todo: "Send the sentence to whoever maintains the software.",
    },
    "update-busy": { means: "An update is under way.", todo: "Wait until it is over: `lintel update status`." },
    "update-nothing": { means: "There is nothing newer, or nothing to go back to.", todo: "Nothing is to be done." },
    "update-returned": {
      means: "The new version was not well, and the one before it runs again.",
      todo: "Nothing at the wall. Send the output of `lintel update status` to whoever maintains the software.",
    },
  },
  care: {
    "backup-unusable": {
      means: "The backup file is damaged, is none, or this key does not open it.",
      todo: "Take the right key, or another copy of the file.",
    },
    "backup-foreign": {
      means: "The backup is of another clock.",
      todo: "Take the file whose outside names this clock: `lintel backup show`.",
    },
    "replace-refused": {
      means: "This board cannot take the other one's place as asked.",
      todo: "The sentence says what does not fit; nothing was changed. Go by chapter 7 from its beginning.",
    },
    "decommission-refused": {
      means: "There are punches that nobody has receipted, and nowhere to take them.",
      todo: "Mend the network, or put a stick in and use `--take-along`.",
    },
    "decommission-unproven": {
      means: "Something that should be gone was still found.",
      todo: "Run it once more; if it stays, destroy the card.",
    },
    decommissioned: {
      means: "The office ended this clock for good. It takes no punch any more, and erased itself or is about to.",
      todo: "Take it off the wall, and show people another clock. Nobody ordered that? Tell the office at once.",
    },
  },
  acceptance: {
    "acceptance-unusable": {
      means:
        "The file of the acceptance cannot be read or written, is of another clock, or nobody answered the questions.",
      todo: "What was measured is kept. Run the same command again, or name another file with `--draft`.",
    },
    "acceptance-report-invalid": {
      means: "The report is not the one that the clock signed.",
      todo: "Ask for the file as it was written; otherwise accept the site anew.",
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Meaning>>>>;
