/**
 * What is not kept, or not shown, of a promise and why: beside the tests where part of it is kept, in place of one where
 * none could fail. docs/privacy.md prints it.
 */
export const limits: Readonly<Record<string, string>> = {
  "EC-8": "A day's errands in a minute are watched, not 24 hours.",
  P17: "That no memory is dumped was seen where the kernel writes cores into files; a program that the machine pipes them into has to honour the limit.",
  "SC-15":
    "A receiver keeps no audit trail of its own: its line about a disclosure stands in a file of whoever keeps the store. Second records of one place (`lintel gaps`) are not part of a package.",
  "IC-1":
    "Members of records are taken away one by one; those that no program of ours misses stand in test/promises/record-kept.ts with for whom each stays. What a clock says of itself, and the roster, are not taken apart so.",
  "IC-17":
    "Who can get what is mapped from the settings (`lintel dpia`) and held against two watched days. What a recipient then does with it is between them and the employer; no test reaches further.",
  "IC-21":
    "Out of a receiver's store (`lintel store export`); a clock has no export of everything. Texts that the store forgot are not in it, so their places are missing where it is taken in, and open orders are not given again.",
  "IC-28":
    "Where a switch is built in and named (`housing`). A line of Debian's kernel was pressed in an emulated machine; no board's header was wired, and libgpiod 2 is played.",
  "AR-9": "Whoever has the disk and the device's secret as well can try PINs as fast as scrypt lets them.",
  "AR-10":
    "What a locked clock takes is signed, chained and kept; it is not encrypted once more. Root of the machine can delete the lock.",
  "AR-11": "A purge that nobody ordered beforehand leaves the data where they are, and says so.",
  "OH-21": "What somebody who runs brokers or receivers for others asks in their contracts, no test can show.",
  P12: "How old somebody is and whose guardian they are is their own word, or an operator's; no paper is looked at by the clock. A birthday is not noticed: with a guardian it is asked anew after a year at the latest.",
  P16: "Whoever is known by the roster alone says no to pictures once more if the power goes in the moment between the record and its sealed copy.",
  P20: "What the wall says of a camera is words. No lamp is driven, and no shutter is known.",
  S2: "Not kept: what is measured or signed at boot is the machine's own affair, and nothing here asks it.",
  S3: "It locks and does not wipe: faces rest until a supervisor released the clock. Somebody who cuts the power first and opens it then is noticed at the next start, by what was last seen.",
  L1: "Not kept, because nothing is synchronised: templates stay on the clock that made them. A person is enrolled at each clock; the roster travels signed, and in clear inside TLS.",
  L6: "Compared is what the wall knows, from somebody's first act or sight to the durable punch; a queue, or a reader three steps from the screen, is not seen. Where fewer than five people a day come by a way, nothing is told of it, and nothing is alarmed.",
  L10: "Misses are counted too low rather than too high: whoever gives up after a few seconds, or walks away, is in no number. A badge that was lent counts for its owner.",
  L11: "Not kept, so that nobody walks a template over to themselves: a template changes by enrolling again, and by nothing else.",
};
