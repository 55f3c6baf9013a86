import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import {
  checkTicket,
  isBeforeTicket,
  type Place,
  type ReadTicket,
  readTicket,
  type TicketAnchors,
} from "../../../kiosk/core/ticket.ts";
import { keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { publicJwk } from "../../../kiosk/uplink/contract/members.ts";
import { claimIn } from "../../replace/statement.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";
import { obtainTicket } from "../ticket-source.ts";

/** The tenant's word that this clock may join: found, whole, in time and for here. */
export const ticket: Step = {
  name: "ticket",
  would: "take a ticket from the camera, a USB stick or the keyboard",
  check: async (context) => {
    const { ticket: text, jti } = await context.progress();
    const given = context.wish.ticket;
    if (text === null && jti !== null && given === null) return `ticket ${jti} was used for this clock`;
    if (text === null || given !== null) return null;
    const read = readTicket(text, await anchorsAt(context));
    // One that became too late is no reason to stop: another is asked for.
    const isGood = await judge(context, read).then(
      () => true,
      (error: unknown) => {
        if (isFault(error, "ticket-expired", "ticket-foreign")) return false;
        throw error;
      },
    );
    return isGood ? sentenceOf(read) : null;
  },
  apply: async (context) => {
    const read = readTicket(await obtainTicket(context), await anchorsAt(context));
    await judge(context, read);
    const before = await context.progress();
    const isSame = before.ticket === read.text || (before.ticket === null && before.jti === read.ticket.jti);
    if (isSame && before.ticket === null) return;
    // What was proved with another ticket is to be proved again.
    const afresh = isSame ? {} : ({ isCertified: false, areWordsSame: false, proved: [], broker: null } as const);
    await context.note({ ...afresh, ticket: read.text, jti: read.ticket.jti, isAnchored: read.isAnchored });
  },
  prove: async (context) => {
    const { ticket: text, jti } = await context.progress();
    return text === null ? `ticket ${jti} was used for this clock already` : sentenceOf(readTicket(text));
  },
};

const sentenceOf = ({ ticket: { tenant, site, name, exp }, isAnchored }: ReadTicket): string =>
  `ticket for ${tenant}/${site}, "${name}", until ${new Date(exp * 1_000).toISOString().slice(0, 16)}Z` +
  (isAnchored ? "" : "; whose it is, the six words will show");

/** A clock that cannot be right says nothing about the ticket's: that is looked at once the time is known. */
async function judge(context: Context, { ticket: found }: ReadTicket): Promise<void> {
  const nowMs = context.clock.now().utcMs;
  const { isCertified } = await context.progress();
  const counts = !isCertified && !isBeforeTicket(found, nowMs);
  checkTicket(found, await placeOf(context), counts ? nowMs : null);
}

/** Where this clock stands already, or somebody said that it is to stand; a board that takes another's place stands there. */
async function placeOf({ places, wish }: Context): Promise<Place> {
  const text = await readFile(places.settings, "utf8").catch(() => "{}");
  const here = z
    .looseObject({ tenant: z.string().optional(), site: z.string().optional() })
    .safeParse(JSON.parse(text)).data;
  const [, , tenant, site] = (await claimIn(places.state))?.source.split(":") ?? [];
  return { tenant: wish.tenant ?? here?.tenant ?? tenant, site: wish.site ?? here?.site ?? site };
}

const anchorFile = z.object({ keys: z.array(publicJwk).min(1).max(16) });

async function anchorsAt({ places: { anchors } }: Context): Promise<TicketAnchors> {
  if (!existsSync(anchors)) return null;
  try {
    const { keys } = anchorFile.parse(JSON.parse(await readFile(anchors, "utf8")));
    return new Map(
      keys
        .map(({ y, ...rest }) => keyFromJwk(y === undefined ? rest : { ...rest, y }))
        .map(({ kid, key }) => [kid, key]),
    );
  } catch (cause) {
    const remedy = 'It is {"keys": [...]} with the public keys of the tenants that this clock may join; or remove it.';
    throw new Fault("config-invalid", `${anchors} cannot be read`, remedy, cause);
  }
}
