import { readReleaseKeys } from "../../provisioning/update/keys.ts";
import { archHere, takeUpdateLock } from "../../provisioning/update/machine.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { update } from "../../provisioning/update/update.ts";
import { lookAt } from "../../provisioning/update/wall.ts";

/**
 * The updater as a process of its own, to be killed: `once.ts PLACES PACE WISH CUT`, where CUT is a stage before which
 * the process kills itself, with its number where the stage comes more than once, or `-`.
 */
const [places, pace, wish, cut = "-"] = process.argv.slice(2).map((text) => (text === "-" ? text : read(text)));
let left = Number(String(cut).split(":")[1] ?? 1);
const { releases, keys, state } = places;
using _lock = takeUpdateLock(places);
const outcome = await update(
  {
    places,
    keyOf: await readReleaseKeys(keys),
    arch: archHere(),
    journal: null,
    nowUtcMs: Date.now,
    service: systemd,
    sight: () => lookAt(state, systemd),
    pace,
    mark: (stage) => {
      if (stage !== String(cut).split(":")[0]) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, "SIGKILL");
    },
    say: () => undefined,
  },
  wish,
);
process.stdout.write(`${JSON.stringify(outcome)} ${releases}\n`);

function read(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
