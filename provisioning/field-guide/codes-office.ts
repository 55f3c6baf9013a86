import type { Meaning } from "./meaning.ts";

/** Codes that a technician meets on a terminal, and those that are the office's or the cloud's to mend. */
export const officeCodes = {
  desk: {
    "desk-unreachable": {
      means: "No clock answers on the folder that was named.",
      todo: "Is the clock running (`systemctl status lintel`)? Name its folder with `--state`, and use `sudo -u lintel`.",
    },
    "desk-refused": {
      means: "The clock understood and does not do it now.",
      todo: "The sentence says why: somebody is being enrolled, too many ask at once, or it needs another version of the command.",
    },
    "session-needed": {
      means: "You have to say who you are first.",
      todo: "`lintel session begin --key FILE --reason repair`; it lasts a quarter of an hour.",
    },
    "role-refused": {
      means: "This is another role's work.",
      todo: "Ask whoever has it: docs/operators.md has the table.",
    },
    "operator-refused": {
      means: "Key, passphrase or secret are not right, or too much was refused in a minute.",
      todo: "Wait a minute, type it again; a secret is good for a day.",
    },
    "operators-damaged": {
      means: "The list of who may act here is damaged. It stands in the journal that it was.",
      todo: "The owner of the machine adds operators anew: `lintel operator add`.",
    },
    "person-unknown": {
      means: "Nobody with this id is known here.",
      todo: "`lintel people list` shows who is (a supervisor's work).",
    },
    "not-here": { means: "This clock does not offer that.", todo: "Ask the office whether it should." },
    "request-unknown": {
      means: "There is no such request here any more.",
      todo: "`lintel requests` lists those that there are.",
    },
    "key-unusable": {
      means: "A key file cannot be read, is of the wrong kind, or the passphrase is wrong.",
      todo: "Name the right file.",
    },
    "eval-unusable": {
      means: "The folder of pictures does not hold what a measurement needs.",
      todo: "The sentence names what is missing.",
    },
    "copy-failed": {
      means: "Somebody's copy of their data could not be written on the stick.",
      todo: "Another stick, with room on it.",
    },
    "housing-unread": {
      means: "The switch in the housing cannot be read, so an opening goes unseen.",
      todo: "The sentence names why: `sudo apt install gpiod`, or another chip or line in the setting `housing` (docs/housing.md).",
    },
    "clock-locked": {
      means:
        "The clock is locked by order, or because its housing was opened: it takes in nobody and gives out nothing of anybody.",
      todo: "After an opened housing a supervisor looks at it and runs `lintel unlock`. What was locked by order is released by order.",
    },
    "snapshot-unusable": {
      means: "That picture is not there any more, or does not open.",
      todo: "`lintel snapshot list` shows which there are.",
    },
  },
  people: {
    "faces-not-allowed": {
      means: "The employer's signed policy does not allow faces at this site, or there is none.",
      todo: "Badges and PINs work. Faces are the employer's to allow.",
    },
    "policy-refused": {
      means: "A privacy policy was sent that does not hold.",
      todo: "The office signs and sends a right one.",
    },
    "policy-notice-short": {
      means: "A new policy would count sooner than people may be told.",
      todo: "The office sends it with a later date.",
    },
    "policy-damaged": {
      means: "The policy that was kept is damaged; faces rest until it comes again.",
      todo: "The office sends it again.",
    },
    "consent-refused": {
      means: "This consent cannot be given as asked.",
      todo: "The sentence says why; nothing was enrolled.",
    },
    "guardian-missing": {
      means: "Whoever is that young agrees together with a parent or guardian, and none did.",
      todo: "Both come to the clock, or sign the paper (`lintel enrol --guardian`). Badge and PIN count the same.",
    },
    "guardian-refused": {
      means: "Agreeing with a guardian is not possible here, or not in this way.",
      todo: "The sentence says why; nothing was enrolled, and nothing is kept of the guardian.",
    },
    "person-suppressed": {
      means: "This person was erased here and does not come back by themselves.",
      todo: "Who agreed anew is enrolled as a new person.",
    },
    "pin-refused": { means: "That PIN is too easy, or the number is taken.", todo: "Choose another." },
    "visitors-full": { means: "No more visitors fit.", todo: "Sign out those who left." },
    "suppression-damaged": {
      means: "The list of erased people is damaged, so nobody new is let in from the cloud.",
      todo: "Tell the office; swap the card if the doctor names errors.",
    },
    "retention-damaged": {
      means: "The book of what is to be deleted is damaged; it is made anew.",
      todo: "Look at the card with `sudo lintel doctor`.",
    },
    "hold-damaged": {
      means: "The list of legal holds is damaged, so nothing is deleted.",
      todo: "The privacy officer looks: `lintel hold`.",
    },
    "hold-refused": {
      means: "This hold cannot be set: its end, or its reason, does not fit.",
      todo: "The sentence says why.",
    },
  },
  cloud: {
    "order-refused": {
      means: "An order from the cloud was not believed or does not fit.",
      todo: "Nothing at the wall; the office sees why.",
    },
    "reboot-refused": {
      means: "The clock was ordered to restart and may not.",
      todo: "Restart it by hand, or install its rule again with the package.",
    },
    "sink-unreachable": {
      means: "The receiver cannot reach its database.",
      todo: "Nothing at the wall; punches wait.",
    },
    "sink-unusable": {
      means: "The receiver's database is not as it must be.",
      todo: "Nothing at the wall; punches wait.",
    },
    "sink-lost": { means: "The receiver lost its database.", todo: "Nothing at the wall; punches wait." },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Meaning>>>>;
