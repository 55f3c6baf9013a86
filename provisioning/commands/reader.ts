import { setTimeout as wait } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { cardHasher } from "../../kiosk/core/card.ts";
import type { DeskNews, ReaderCard, ReaderCards, ReaderSeen } from "../../kiosk/core/desk.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { readersAnswer } from "../../kiosk/desk/messages.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openProfiles } from "../../kiosk/reader/profiles-file.ts";
import { openReaders } from "../../kiosk/reader/room.ts";
import { createReaders, type Readers } from "../../kiosk/readers.ts";
import { askDesk } from "../desk-client.ts";
import { udevRules } from "../udev/rules.ts";
import { usbRules } from "../udev/usb-rules.ts";
import { print, printJson } from "./print.ts";

interface ReaderFlags {
  readonly state: string;
  readonly readers?: string;
  readonly json?: boolean;
}

export function addReader(program: Command): void {
  const reader = program
    .command("reader")
    .summary("list badge readers, see what they say, make their udev rules")
    .description("Asks the running clock; where none runs on that state folder, looks at the readers itself.");
  const withFlags = (command: Command): Command =>
    command
      .option("--state <dir>", "state folder of the clock", "state")
      .option("--readers <file>", "profiles of the site, where no clock runs that has them")
      .option("--json", "print the result for a program");

  withFlags(reader.command("list"))
    .summary("what hangs on this machine, what of it is read as what, and why not")
    .action(async (flags: ReaderFlags) => {
      const cards = await orHere(
        flags,
        (directory) => askDesk({ directory, request: { ask: "readers" }, answer: readersAnswer }),
        (here) => here.survey(),
      );
      if (flags.json) printJson(cards);
      else print(linesOf(cards).join("\n"));
    });
  withFlags(reader.command("test"))
    .summary("show what readers say for a minute: bytes, framing, number and hash")
    .description(
      "Card numbers are shown here and nowhere else; the clock writes down that somebody looked, not what they saw. People " +
        "go on punching meanwhile.",
    )
    .option("--seconds <n>", "for how long", secondsOf, 60)
    .action(async (flags: ReaderFlags & { seconds: number }) => {
      process.stderr.write(`Lay cards on the readers; ends by itself after ${flags.seconds} s.\n`);
      const forS = flags.seconds;
      const show = (seen: ReaderSeen): void => (flags.json ? printJson(seen) : print(seenLines(seen).join("\n")));
      const onNews = (news: DeskNews): void => ("said" in news ? show(news.said) : undefined);
      const cards = await orHere(
        flags,
        (directory) => askDesk({ directory, request: { ask: "reader-test", forS }, answer: readersAnswer, onNews }),
        (here) => testHere(here, forS, show),
      );
      if (!flags.json) print(tallyLine(cards));
    });
  reader
    .command("rules")
    .summary("print the udev rules that give readers to the clock and hide them from the compositor")
    .option("--readers <file>", "profiles of the site, besides ours")
    .option("--usb", "instead, USBGuard's rules: hubs, these readers and cameras may be plugged in, nothing else")
    .action(async ({ readers, usb = false }: { readonly readers?: string; readonly usb?: boolean }) => {
      const profiles = await openProfiles(readers);
      process.stdout.write(usb ? usbRules(profiles) : udevRules(profiles));
    });
}

/** @param asked of the running clock; `here` where none runs. */
async function orHere<T>(
  { state, readers }: ReaderFlags,
  asked: (directory: string) => Promise<T>,
  here: (readers: Readers) => Promise<T>,
): Promise<T> {
  try {
    return await asked(state);
  } catch (error) {
    if (!isFault(error, "desk-unreachable")) throw error;
  }
  process.stderr.write(
    "No clock runs on this state folder: looking at the readers directly, with hashes of no site.\n",
  );
  return here(createReaders({ hash: cardHasher(new Uint8Array(32)), profiles: await openProfiles(readers) }));
}

async function testHere(readers: Readers, forS: number, show: (seen: ReaderSeen) => void): Promise<ReaderCards> {
  const { hash, profiles } = readers;
  await using room = await openReaders({ clock: await openSystemClock(), hash, profiles });
  readers.lend(room);
  const ends = AbortSignal.timeout(forS * 1_000);
  // Taps that nobody takes would fill the queue, and then count as too many.
  const drained = (async () => {
    for await (const _ of room.taps(ends));
  })();
  await readers.watch((seen) => show({ ...seen, hash: null }), ends);
  await Promise.race([drained, wait(1_000)]);
  const cards = await readers.survey();
  readers.lend(null);
  return cards;
}

const linesOf = (cards: ReaderCards): readonly string[] => [
  ...(cards.readers.length === 0 ? ["No HID device hangs on this machine"] : cards.readers.map(lineOf)),
  tallyLine(cards),
];

function lineOf({ path, vendor, product, usage, port, profile, is, why }: ReaderCard): string {
  const stands = { open: "open", "not-open": "NOT OPEN", same: "not read twice", "not-ours": "not read" }[is];
  const as = profile === null ? "" : ` as ${profile}`;
  return `${path}  ${vendor}:${product} usage ${usage}${port === null ? "" : ` at ${port}`}: ${stands}${as}${why && ` (${why})`}`;
}

const seenLines = ({ reader, reports, framed, card, hash }: ReaderSeen): readonly string[] => [
  reader,
  ...reports.map((report) => `  ${report.replaceAll(/(..)(?=.)/g, "$1 ")}`),
  `  framed:      ${framed ?? "nothing that is a card"}`,
  `  interpreted: ${card ?? "no card by this reader's profile"}`,
  ...(hash === null ? [] : [`  hash:        ${hash}`]),
];

const tallyLine = ({ counts: { taps, garbage, overflow, lost } }: ReaderCards): string =>
  `Since the clock started: ${taps} taps, ${garbage} times no card, ${overflow} too many at once, ${lost} times a reader was lost`;

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 600) return seconds;
  throw new InvalidArgumentError("Between 1 and 600 seconds.");
}
