import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import { checkTicket, isBeforeTicket } from "../../../kiosk/core/ticket.ts";
import { textOf } from "../../doctor/tools.ts";
import { pemOf } from "../../ticket/certificates.ts";
import { timeAt } from "../client.ts";
import { type Context, ticketOf } from "../context.ts";
import type { Step } from "../step.ts";

/** Further apart than this, the authority's word counts for more than an unset clock's; it is given in whole seconds. */
const apartMaxMs = 2_000;

/**
 * What time it is. A board without a battery wakes up in 1970: then it is at least as late as when the ticket was signed,
 * and the authority's own clock says the rest, over a connection that the ticket vouches for. A time service that has
 * set the clock is believed before either.
 */
export const time: Step = {
  name: "time",
  would: "ask what time it is, and set this machine's clock where nobody else has",
  check: async (context) => {
    const { isCertified, ticket } = await context.progress();
    if (ticket === null || isCertified) return `it is ${now(context)}`;
    const { ticket: found } = await ticketOf(context);
    if (isBeforeTicket(found, context.clock.now().utcMs) || !(await isSynchronised(context))) return null;
    return `it is ${now(context)}, set by the network`;
  },
  apply: async (context) => {
    const { ticket: found } = await ticketOf(context);
    await textOf(context.ask("timedatectl", "set-ntp", "true"));
    if (isBeforeTicket(found, context.clock.now().utcMs)) {
      context.talk.say(
        `This machine thinks that it is ${now(context)}, before the ticket was made: its clock is being set.`,
      );
      await setClock(context, found.iat * 1_000);
    }
    if (found.est === null) return;
    const told = await timeAt(found.est, rootsIn(found.roots)).catch((error: unknown) => {
      // Whether it is there is for a later step to say, which needs more of it.
      if (isFault(error, "authority-unreachable")) return null;
      throw error;
    });
    if (told !== null && Math.abs(told - context.clock.now().utcMs) > apartMaxMs) await setClock(context, told);
  },
  prove: async (context) => {
    const { ticket: found } = await ticketOf(context);
    if (isBeforeTicket(found, context.clock.now().utcMs)) throw wrongClock(now(context));
    checkTicket(found, {}, context.clock.now().utcMs);
    if (await isSynchronised(context)) return `it is ${now(context)}, set by the network`;
    const by = found.est === null ? "by the ticket at the earliest" : "by the authority";
    return `it is ${now(context)}, ${by}; until a time service confirms it, punches are taken and marked`;
  },
};

export const rootsIn = (roots: readonly string[]): readonly string[] =>
  roots.map((root) => pemOf(Buffer.from(root, "base64url")));

const now = ({ clock }: Context): string => `${new Date(clock.now().utcMs).toISOString().slice(0, 16)}Z`;

async function isSynchronised({ ask }: Context): Promise<boolean> {
  return (await textOf(ask("timedatectl", "show", "--property=NTPSynchronized", "--value")))?.trim() === "yes";
}

async function setClock(context: Context, utcMs: number): Promise<void> {
  const ran = await context.ask("date", "--utc", "--set", `@${Math.ceil(utcMs / 1_000)}`);
  if (ran.is !== "ran" || ran.exit !== 0) throw wrongClock(now(context));
  // So that a board with a battery knows it after the next power cut too.
  await context.ask("hwclock", "--systohc", "--utc");
}

const wrongClock = (said: string): Fault =>
  new Fault(
    "clock-wrong",
    `this machine's clock says ${said}, before the ticket was made, and could not be set`,
    "Run this as root, or set the clock yourself (date -u -s '2026-11-22 12:00'); then run it again.",
  );
