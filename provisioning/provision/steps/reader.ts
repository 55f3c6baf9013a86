import { randomBytes } from "node:crypto";
import { cardHasher } from "../../../kiosk/core/card.ts";
import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import type { Reader } from "../../../kiosk/core/ports/senses.ts";
import { openReaders } from "../../../kiosk/reader/room.ts";
import { openSocketReader } from "../../../kiosk/reader/socket.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";
import { goWithout } from "../without.ts";

/** The badge reader, proved by a card that was laid on it. What card it was, nobody here is told. */
export const reader: Step = {
  name: "reader",
  would: "open the badge reader and wait for a card",
  check: async (context) => {
    const { reader: setting, proved } = await context.progress();
    if (!proved.includes("reader")) return null;
    return setting === "none"
      ? "this clock is to work without a badge reader"
      : `the badge reader (${setting}) read a card`;
  },
  apply: async (context) => {
    const setting = await provedReader(context);
    const { proved } = await context.progress();
    await context.note({ reader: setting, proved: [...new Set([...proved, "reader" as const])] });
  },
  prove: async (context) => {
    const { reader: setting } = await context.progress();
    return setting === "none"
      ? "this clock works without a badge reader, as its site allows"
      : `a card was read (${setting})`;
  },
};

async function provedReader(context: Context): Promise<string> {
  const { wish, talk, signal } = context;
  try {
    await using opened = await openWanted(context);
    talk.say(`Lay any card on the badge reader now (${opened.label}).`);
    const either = AbortSignal.any([signal, AbortSignal.timeout(wish.waitMs)]);
    for await (const _ of opened.taps(either)) return wish.reader;
    throw new Fault(
      "reader-lost",
      "no card was read",
      "Check the reader's light and cable, try another card, and run this again.",
    );
  } catch (error) {
    if (!isFault(error)) throw error;
    await goWithout(context, "reader", error);
    return "none";
  }
}

async function openWanted({ wish: { reader: setting }, clock }: Context): Promise<Reader> {
  const [kind, path] = setting.split(/:(.*)/s);
  // A key of this moment alone: what is hashed here is compared with nothing.
  const hash = cardHasher(randomBytes(32));
  if (kind === "sim" && path) return openSocketReader({ path, hash, clock });
  if (kind === "none")
    throw new Fault("reader-missing", "no badge reader is to be used", "Plug a reader in, or go on without one.");
  return openReaders({ clock, hash, ...(path && { path }) });
}
