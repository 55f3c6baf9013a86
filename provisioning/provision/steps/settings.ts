import { readFile } from "node:fs/promises";
import { readCloudKeys } from "../../../kiosk/cloud-keys.ts";
import { readConfig } from "../../../kiosk/config.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { Context } from "../context.ts";
import { settingsFrom } from "../settings-text.ts";
import type { Step } from "../step.ts";

/** The settings file: the last thing that is written, because with it the clock may start. */
export const settings: Step = {
  name: "settings",
  would: "write the clock's settings",
  check: async (context) => {
    if ((await context.progress()).proved.includes("installed")) return sentenceOf(context);
    const text = await readFile(context.places.settings, "utf8").catch(() => null);
    return text === (await wanted(context)) ? sentenceOf(context) : null;
  },
  apply: async (context) => {
    const text = await wanted(context);
    await context.write(context.places.unfinished, "");
    await context.write(context.places.settings, text, true);
  },
  prove: async (context) => {
    const { settings: file, state } = context.places;
    // As the clock itself will read it.
    const config = readConfig(["--config", file, "--state", state], {});
    const { receiver } = await readCloudKeys(config);
    if (receiver !== null) return sentenceOf(context);
    const remedy = "Make the ticket anew with the file that `lintel receive --cloud-keys` wrote.";
    throw new Fault("config-invalid", "the ticket names nobody who may receipt punches", remedy);
  },
};

const wanted = async (context: Context): Promise<string> =>
  `${JSON.stringify((await settingsFrom(context)).values, null, 2)}\n`;

const sentenceOf = ({ places }: Context): string => `the settings are in ${places.settings}`;
