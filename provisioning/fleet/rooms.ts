import { createHash } from "node:crypto";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { RecordBody } from "../../kiosk/core/record.ts";
import { localText } from "../../kiosk/core/time.ts";
import { randomFrom } from "../eval/bootstrap.ts";
import { label } from "./devices.ts";

/** What happens in front of the walls: nobody is seen, only that somebody punched. */

export interface Rhythm {
  /** Of the whole fleet, outside of the rush. */
  readonly punchesPerMinute: number;
  readonly minutes: number;
  /** A shift starts: in the middle third of the time people come so many times as often. */
  readonly rush: number;
}

/** In [0, 1), the same every time for the same seed. */
export type Chance = () => number;

export const openChance = (seed: string): Chance =>
  randomFrom(createHash("sha256").update(`lintel fleet rooms ${seed}`).digest().readUInt32LE());

/**
 * A Poisson process: nobody knows of anybody else. Calls `punch` each time, until the minutes are over or `signal` aborts.
 */
export async function peopleCome(
  rhythm: Rhythm,
  chance: Chance,
  clock: Clock,
  punch: () => void,
  signal: AbortSignal,
): Promise<void> {
  const lengthMs = rhythm.minutes * 60_000;
  const mostPerMs = (rhythm.punchesPerMinute * Math.max(1, rhythm.rush)) / 60_000;
  const startMs = clock.now().monoMs;
  for (let atMs = 0; !signal.aborted; ) {
    // Thinned: drawn at the highest rate, and kept as often as it is that high now.
    atMs += mostPerMs > 0 ? -Math.log(1 - chance()) / mostPerMs : lengthMs;
    const isOver = atMs >= lengthMs;
    await clock.sleep(Math.max(0, startMs + Math.min(atMs, lengthMs) - clock.now().monoMs), signal);
    if (isOver || signal.aborted) return;
    if (chance() * mostPerMs < perMsAt(rhythm, atMs / lengthMs)) punch();
  }
}

/** @param share how much of the time is over, 0 to 1. */
function perMsAt({ punchesPerMinute, rush }: Rhythm, share: number): number {
  const isRush = share >= 1 / 3 && share < 2 / 3;
  return (punchesPerMinute * (isRush ? rush : 1)) / 60_000;
}

const peoplePerKiosk = 200;

/** Somebody of this kiosk's two hundred, in by face as most of them. */
export function punchOf(kiosk: number, chance: Chance, clock: Clock, boot: number): RecordBody {
  const { utcMs, monoMs } = clock.now();
  const { source, errorMs, ageS } = clock.quality();
  return {
    type: "punch",
    data: {
      kind: chance() < 0.5 ? "in" : "out",
      sub: subject(kiosk, Math.floor(chance() * peoplePerKiosk)),
      method: ["face"],
      assure: { match: "high", live: "pass", card: "none" },
      t: {
        local: localText(utcMs, timeZone),
        tz: timeZone,
        ...{ src: source, err: Math.min(Math.ceil(errorMs), 2 ** 31 - 1), age: ageS, boot, mono: Math.floor(monoMs) },
      },
      loc: "gate-1",
      pol: "default.1",
      dec: "accept",
    },
  };
}

const timeZone = "Europe/Berlin";

const subject = (kiosk: number, number: number): PersonId => personId(`p_${label(`person ${kiosk} ${number}`)}`);
