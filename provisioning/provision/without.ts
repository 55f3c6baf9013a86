import { Fault } from "../../kiosk/core/fault.ts";
import type { Waiver } from "../../kiosk/core/ticket.ts";
import { type Context, ticketOf } from "./context.ts";

/**
 * Whether to go on without a camera or a reader: where the ticket's site does without, and somebody chooses it.
 * @throws Fault the one that was given, with what can be done.
 */
export async function goWithout(context: Context, what: "camera" | "reader", fault: Fault): Promise<void> {
  const { ticket } = await ticketOf(context);
  const waiver: Waiver = `no-${what}`;
  if (!ticket.may.includes(waiver)) {
    const remedy = `${fault.remedy} This site's ticket does not allow a clock without a ${what}.`;
    throw new Fault(fault.code, fault.message, remedy, fault);
  }
  if (context.wish.without.includes(what)) return;
  const sentence = `${fault.message}. ${fault.remedy} This site allows a clock without a ${what}: go on without?`;
  if ((await context.talk.ask({ about: "without", sentence }, context.signal)) === "yes") return;
  throw new Fault(fault.code, fault.message, `${fault.remedy} Or run this again with --without ${what}.`, fault);
}
