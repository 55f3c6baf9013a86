import { access, constants } from "node:fs/promises";
import { cardHasher } from "../../../kiosk/core/card.ts";
import type { ReaderCards } from "../../../kiosk/core/desk.ts";
import { isFault } from "../../../kiosk/core/fault.ts";
import type { Condition } from "../../../kiosk/core/technician.ts";
import { openProfiles } from "../../../kiosk/reader/profiles-file.ts";
import { createReaders } from "../../../kiosk/readers.ts";
import { bad, type Finding, good, unknown, weak, wrong } from "../finding.ts";
import { type Machine, namesAt } from "../machine.ts";

/** Which readers hang here, whether a profile knows them, and whether they may be opened. Says nothing of any card. */
export async function lookAtReader(
  machine: Machine,
  survey: (machine: Machine) => Promise<ReaderCards> = surveyHere,
): Promise<readonly Finding[]> {
  const { reader } = machine.config;
  if (reader === "none") return [good("reader", "this clock is set up without one")];
  if (reader === "sim" || reader === "demo") return [unknown("reader", "its cards are pretended")];
  const nodes = await namesAt(machine, "/sys/class/hidraw");
  let cards: ReaderCards;
  try {
    cards = await survey(machine);
  } catch (error) {
    if (!isFault(error)) throw error;
    return [wrong("reader", error)];
  }
  const found = readersFound(cards, nodes.length, machine.running?.rooms.reader ?? null);
  return [...found, ...(await rights(cards)), ...garbled(machine.running)];
}

async function surveyHere({ config }: Machine): Promise<ReaderCards> {
  return createReaders({ hash: cardHasher(new Uint8Array(32)), profiles: await openProfiles(config.readers) }).survey();
}

/** @param room how the running clock's reader is; null where none runs. */
function readersFound({ readers }: ReaderCards, nodes: number, room: string | null): readonly Finding[] {
  const known = readers.filter(({ profile, is }) => profile !== null && is !== "same" && is !== "not-ours");
  if (known.length === 0) {
    const others =
      nodes === 0 ? "no HID device hangs here" : `${nodes} HID devices hang here, and no profile knows one`;
    return [weak("reader-none", others)];
  }
  const named = known.map(({ profile, path }) => `${profile} at ${path}`).join(", ");
  if (room !== null && room !== "up" && room !== "starting")
    return [bad("reader-not-open", `${named}; the running clock says ${room}`)];
  return [good("reader", named)];
}

/** Noise at a plug is normal; one in ten is not. */
function garbled(running: Condition | null): readonly Finding[] {
  if (running === null) return [];
  const { taps, garbage } = running.cards;
  const said = `${taps} cards since the clock started, and ${garbage} times what is none`;
  return [garbage >= 5 && 10 * garbage > taps ? weak("reader-garbage", said, "cards") : good("cards", said)];
}

/** Whether this user may open what is known: the udev rules give that to the clock's. */
async function rights({ readers }: ReaderCards): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { path, profile, is } of readers) {
    if (profile === null || is === "same" || is === "not-ours") continue;
    const may = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    findings.push(
      may
        ? good("rights", `${path} may be opened`)
        : weak("reader-not-open", `${path} may not be opened by this user`, "rights"),
    );
  }
  return findings;
}
