import { promises } from "../promises/catalogue.ts";
import { type Check, type Place, unchecked, type Verdict } from "./check.ts";
import { consent, evenWays, keys, retention, time } from "./checks/inside.ts";
import { journal } from "./checks/journal.ts";
import { models } from "./checks/models.ts";
import { modes } from "./checks/modes.ts";
import { destinations, listening } from "./checks/network.ts";
import { pictures } from "./checks/pictures.ts";
import { plaintext } from "./checks/plaintext.ts";
import { dumps } from "./checks/process.ts";
import { limits, otherWay, sealedWay } from "./checks/settings.ts";
import { telemetry } from "./checks/telemetry.ts";
import { timer } from "./checks/timer.ts";

/** Every check there is. A promise that several answer holds where all of them say so. */
export const checks: readonly Check[] = [
  ...[modes, pictures, plaintext, journal],
  ...[consent, retention, keys, time, evenWays],
  ...[listening, destinations, models, telemetry],
  ...[timer, dumps, otherWay, limits, sealedWay],
];

/** How one promise stands now. */
export interface Standing {
  readonly id: string;
  readonly sentence: string;
  readonly is: Verdict["is"];
  readonly because: string;
  readonly how: string;
}

/** Ids that are answered here by this very run, whatever it finds. */
const itself: readonly string[] = ["O7", "IC-33"];

export async function checkAll(place: Place, all: readonly Check[] = checks): Promise<readonly Standing[]> {
  const looked = await Promise.all(all.map(async (check) => ({ ...check, verdict: await safely(check, place) })));
  return promises.map(({ id, sentence }) => {
    const mine = looked.filter(({ ids }) => ids.includes(id));
    if (itself.includes(id)) return { id, sentence, is: "holds", because: "this is the check", how: "by running" };
    const [first] = mine;
    if (first === undefined) return { id, sentence, ...unchecked("no running clock can show it"), how: elsewhere };
    const worst =
      mine.find(({ verdict }) => verdict.is === "broken") ??
      mine.find(({ verdict }) => verdict.is === "unchecked") ??
      first;
    return { id, sentence, ...worst.verdict, how: worst.how };
  });
}

const elsewhere = "by the tests of the release (docs/privacy.md)";

/** A check that cannot be made says so; it must not keep the others from being made. */
async function safely(check: Check, place: Place): Promise<Verdict> {
  try {
    return await check.look(place);
  } catch (error) {
    return unchecked(`the check itself failed: ${error instanceof Error ? error.message : "unknown"}`);
  }
}
