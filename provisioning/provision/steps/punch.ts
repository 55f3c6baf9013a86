import type { InstallCard } from "../../../kiosk/core/desk.ts";
import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import { isBefore } from "../../../kiosk/core/record.ts";
import { installAnswer } from "../../../kiosk/desk/messages.ts";
import { askDesk } from "../../desk-client.ts";
import { claimIn } from "../../replace/statement.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";

const everyMs = 300;

/** Somebody punched, and payroll's signed receipt of it came back. */
export const punch: Step = {
  name: "punch",
  would: "wait for somebody's punch and for its receipt",
  check: async (context) => ((await context.progress()).proved.includes("punch") ? sentence : null),
  apply: async (context) => {
    const { clock, talk, wish, signal } = context;
    const untilMs = clock.now().monoMs + wish.waitMs;
    let said: string | null = null;
    const say = (text: string): void => {
      if (text !== said) talk.say(text);
      said = text;
    };
    let newest: InstallCard | null = null;
    // A board that took another's place has that one's punches in its journal; what counts is one of its own.
    const ownEpoch = (await claimIn(context.places.state))?.epoch ?? 0;
    while (clock.now().monoMs < untilMs && !signal.aborted) {
      newest = ownOf(await askInstall(context, null), ownEpoch);
      if (newest === null) say("The clock is starting.");
      else if (newest.punch === null) say("Punch now, as somebody whom this site knows: badge, face or PIN.");
      else if (newest.receipted !== null && !isBefore(newest.receipted, newest.punch)) {
        const { proved } = await context.progress();
        return context.note({ proved: [...new Set([...proved, "punch" as const])] });
      } else say("The punch is saved here; waiting for payroll's receipt.");
      await clock.sleep(everyMs, signal);
    }
    throw missing(newest, context.wish.hasServices);
  },
  prove: async () => sentence,
};

const ownOf = (card: InstallCard | null, epoch: number): InstallCard | null =>
  card?.punch != null && card.punch.epoch < epoch ? { ...card, punch: null } : card;

const sentence = "a punch was taken, signed, sent and receipted";

/** Null while no clock answers. */
export async function askInstall({ places }: Context, ticket: string | null): Promise<InstallCard | null> {
  try {
    return await askDesk({
      ...{ directory: places.state, request: { ask: "install", ticket }, answer: installAnswer, asOwner: true },
    });
  } catch (error) {
    if (isFault(error, "desk-unreachable")) return null;
    throw error;
  }
}

function missing(newest: InstallCard | null, hasServices: boolean): Fault {
  if (newest === null) {
    const remedy = hasServices
      ? "Read `journalctl --namespace=lintel -n 50`; then run this again."
      : "Start it as the step before says; then run this again.";
    return new Fault("service-failed", "the clock does not answer", remedy);
  }
  if (newest.punch !== null) {
    const remedy = "Run `lintel doctor` to see what keeps the receipt from coming; then run this again.";
    return new Fault("receiver-silent", "the punch is saved here, and nobody receipted it", remedy);
  }
  const remedy = "Check that the roster has come (nobody is known before), and run this again: it goes on from here.";
  return new Fault("punch-missing", "nobody punched", remedy);
}
