import type { Config } from "../../kiosk/config.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import type { ShownFinding } from "../../kiosk/core/technician-view.ts";
import { conditionAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { type Area, areas } from "./catalogue.ts";
import { type Finding, unknown, unseen } from "./finding.ts";
import { lookAtCamera } from "./look/camera.ts";
import { lookAtHousing } from "./look/housing.ts";
import { lookAtJournal } from "./look/journal.ts";
import { lookAtModels } from "./look/models.ts";
import { lookAtPower } from "./look/power.ts";
import { lookAtReader } from "./look/reader.ts";
import { lookAtScreen } from "./look/screen.ts";
import { lookAtServices } from "./look/services.ts";
import { lookAtStorage } from "./look/storage.ts";
import { lookAtTime } from "./look/time.ts";
import type { Machine } from "./machine.ts";
import { toolsOf } from "./tools.ts";
import { examineUplink } from "./uplink.ts";

/** A finding and what it is about: certificates stand before the broker, because a bad one is mended first. */
export type Placed = ShownFinding & Finding & { readonly area: Area };

type Look = (machine: Machine, signal: AbortSignal) => AsyncIterable<Finding> | Promise<readonly Finding[]>;

/** In the order of the catalogue's areas. Certificate and broker are one way, looked along until something is wrong. */
const looks: readonly { readonly areas: readonly Area[]; readonly look: Look }[] = [
  { areas: ["power"], look: lookAtPower },
  { areas: ["storage"], look: lookAtStorage },
  { areas: ["time"], look: lookAtTime },
  { areas: ["camera"], look: lookAtCamera },
  { areas: ["reader"], look: (machine) => lookAtReader(machine) },
  { areas: ["housing"], look: lookAtHousing },
  { areas: ["models"], look: lookAtModels },
  { areas: ["journal"], look: lookAtJournal },
  { areas: ["certificate", "broker"], look: ({ config }, signal) => examineUplink(config, signal) },
  { areas: ["screen"], look: lookAtScreen },
  { areas: ["services"], look: lookAtServices },
];

const ofPapers: readonly string[] = ["authority", "certificate", "key", "chain"];

/** What a running clock would be disturbed in by whoever does not know of it. */
const needClock: readonly Area[] = ["camera", "broker"];

/**
 * Looks at everything that can keep a punch from counting, in the order in which it has to be mended. One after the other,
 * so that none disturbs what another measures. Changes nothing.
 *
 * @param only these areas; all of them where none is named.
 */
export async function* examine(machine: Machine, only: readonly Area[], signal: AbortSignal): AsyncGenerator<Placed> {
  for (const { areas: about, look } of looks) {
    const [first = "services", second = first] = about;
    if (only.length > 0 && !about.some((area) => only.includes(area))) continue;
    if (machine.isClosed && about.some((area) => needClock.includes(area))) {
      yield { area: second, ...unseen(second, "the clock's socket, and so whether it is in use,") };
      continue;
    }
    try {
      for await (const finding of all(look(machine, signal)))
        yield { area: ofPapers.includes(finding.about) ? first : second, ...finding };
    } catch (error) {
      // One look that fails must not keep the others from being made.
      const why = error instanceof Error ? error.message : "no reason";
      yield { area: second, ...unknown(second, `the look itself failed: ${why}`) };
    }
  }
}

async function* all(found: ReturnType<Look>): AsyncGenerator<Finding> {
  if (found instanceof Promise) yield* await found;
  else yield* found;
}

/** This machine, and the clock that runs on it with these settings, if one does. */
export async function machineOf(config: Config, env: NodeJS.ProcessEnv): Promise<Machine> {
  // Tools that ask disks and clocks lie where a plain user's PATH does not lead.
  const tools = { ...env, PATH: `${env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin` };
  const here = { config, root: "/", ask: toolsOf(tools), now: Date.now };
  try {
    const directory = config.desk ?? config.state;
    const running = await askDesk({ directory, request: { ask: "condition" }, answer: conditionAnswer });
    return { ...here, running, isClosed: false };
  } catch (error) {
    // A clock of another release does not know the question; to the rest it is as if none ran.
    if (!isFault(error, "desk-unreachable", "desk-refused")) throw error;
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
    return { ...here, running: null, isClosed: code === "EACCES" };
  }
}

export const isArea = (text: string): text is Area => (areas as readonly string[]).includes(text);
