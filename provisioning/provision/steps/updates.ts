import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Fault } from "../../../kiosk/core/fault.ts";
import { kidOf, type PublicJwk } from "../../../kiosk/core/kid.ts";
import { readReleaseKeys } from "../../update/keys.ts";
import type { Context } from "../context.ts";
import { ticketOf } from "../context.ts";
import type { Step } from "../step.ts";

/**
 * Who may sign this clock's updates, where its ticket says so: a file of root's, which nothing from afar changes. After the
 * words, because it is the ticket's word alone and somebody else's ticket would be somebody else's updates.
 */
export const updates: Step = {
  name: "updates",
  would: "write down who may sign this clock's updates, where the ticket names somebody",
  check: async (context) => {
    const named = await namedIn(context);
    if (named.length === 0) return sentenceWithout(context);
    const text = await readFile(context.places.releaseKeys, "utf8").catch(() => null);
    return text === textOf(named) ? sentenceOf(named) : null;
  },
  apply: async (context) => context.write(context.places.releaseKeys, textOf(await namedIn(context))),
  prove: async (context) => {
    const named = await namedIn(context);
    // As the updater reads it.
    const keyOf = await readReleaseKeys(context.places.releaseKeys);
    if (named.every((key) => keyOf(kidOf(key)) !== undefined)) return sentenceOf(named);
    const remedy = "Run this again; if it stays, have the ticket made anew.";
    throw new Fault("key-unusable", `${context.places.releaseKeys} is not what the ticket says`, remedy);
  },
};

/** Nobody, too, once the ticket is used up: what it wrote stays. */
async function namedIn(context: Context): Promise<readonly PublicJwk[]> {
  const { ticket } = await context.progress();
  return ticket === null ? [] : (await ticketOf(context)).ticket.releaseKeys;
}

const textOf = (named: readonly PublicJwk[]): string => `${JSON.stringify({ keys: named }, null, 2)}\n`;

const sentenceOf = (named: readonly PublicJwk[]): string =>
  `updates signed by ${named.map(kidOf).join(" or ")} are taken, and no others`;

const sentenceWithout = ({ places: { releaseKeys } }: Context): string =>
  existsSync(releaseKeys)
    ? `who may sign updates stands in ${releaseKeys}`
    : "nobody is named who may sign updates: only a package brings a new version";
