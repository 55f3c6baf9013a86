import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Fault } from "../../../kiosk/core/fault.ts";
import { sameWords, sixWords } from "../../ticket/words.ts";
import { type Context, forgetTicket, ticketOf } from "../context.ts";
import type { Step } from "../step.ts";
import { identityOf } from "./certificate.ts";

/** Somebody compares what the clock and the authority show: nobody stood between them. */
export const words: Step = {
  name: "words",
  would: "show six words, to be compared with those that the authority shows",
  check: async (context) => {
    const { areWordsSame } = await context.progress();
    return areWordsSame ? "the six words were compared" : null;
  },
  apply: async (context) => {
    const six = await wordsOf(context);
    context.talk.words(six);
    const typed = context.wish.words ?? (await context.talk.ask(question(six), context.signal));
    if (typed === null) {
      const remedy = "Run this where somebody can answer, or give the words of `lintel ticket list` with --words.";
      throw new Fault("words-differ", `nobody compared the six words: ${six.join(" ")}`, remedy);
    }
    // Somebody looked and saw others, which is no slip of the fingers: this ticket is not used again.
    if (typed === "differ") await forgetTicket(context);
    if (typed !== "same" && !sameWords(typed, six)) throw differ(six);
    await context.note({ areWordsSame: true });
  },
  prove: async (context) => `the authority shows the same six words: ${(await wordsOf(context)).join(" ")}`,
};

const question = (six: readonly string[]) =>
  ({
    about: "words",
    sentence: `Does the authority show the same six words for this clock? ${six.join(" ")}`,
    words: six,
  }) as const;

async function wordsOf(context: Context): Promise<readonly string[]> {
  const { hash } = await ticketOf(context);
  const { device, jwk } = await identityOf(context);
  const tls = createPublicKey(await readFile(context.places.tlsKey, "utf8"));
  const tlsSpki = new Uint8Array(tls.export({ format: "der", type: "spki" }));
  return sixWords({ device, recordX: jwk.x, tlsSpki, ticketHash: hash });
}

const differ = (six: readonly string[]): Fault =>
  new Fault(
    "words-differ",
    `the authority shows other words than this clock: ${six.join(" ")}`,
    "Do not go on with this ticket. Look whether it is this clock's line in `lintel ticket list`; if it is, somebody stands between: have a new ticket made and use another network.",
  );
