import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../../kiosk/core/fault.ts";
import { destroyFile } from "../../../kiosk/store/destroy-file.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";
import { askInstall } from "./punch.ts";

/** A signed record that this clock was set up, by which ticket; and what only the set-up needed is destroyed. */
export const installed: Step = {
  name: "installed",
  would: "write into the clock's own journal that it is set up",
  check: async (context) => ((await isOver(context)) ? sentence : null),
  apply: async (context) => {
    const { jti, proved } = await context.progress();
    // A cut between the two leaves a second record of the same: better than none.
    if (!proved.includes("installed") && (await askInstall(context, jti ?? "")) === null) {
      const remedy = "Start it (systemctl start lintel), and run this again.";
      throw new Fault("service-failed", "the clock does not answer", remedy);
    }
    await forgetCardKey(context);
    await context.note({ ticket: null, proved: [...new Set([...proved, "installed" as const])] });
    await rm(context.places.unfinished, { force: true });
  },
  prove: async () => sentence,
};

const isOver = async ({ progress, places }: Context): Promise<boolean> =>
  (await progress()).proved.includes("installed") && !existsSync(places.unfinished);

const sentence = "this clock is set up, and its journal says so";

/** The clock has sealed it by now; as a file it would open doors. */
async function forgetCardKey({ places, write }: Context): Promise<void> {
  const values = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(places.settings, "utf8")));
  const { cardKey, ...others } = values;
  if (cardKey !== undefined) await write(places.settings, `${JSON.stringify(others, null, 2)}\n`, true);
  await destroyFile(places.cardKey);
}
