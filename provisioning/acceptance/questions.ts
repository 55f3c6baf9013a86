import { createInterface } from "node:readline";
import { Fault } from "../../kiosk/core/fault.ts";

/** How the technician is asked: at a terminal, or by a script that writes one line for each answer. */
export interface Questions {
  readonly tell: (sentence: string) => void;
  /** Waits for Enter; `s` means that there is enough of this. @returns false then. */
  readonly next: (sentence: string) => Promise<boolean>;
  readonly isSo: (sentence: string) => Promise<boolean>;
  /** Asked until it is a number within the bounds. */
  readonly number: (sentence: string, min: number, max: number) => Promise<number>;
  readonly close: () => void;
}

export function openQuestions(): Questions {
  const reading = createInterface({ input: process.stdin });
  const lines = reading[Symbol.asyncIterator]();
  const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

  /** @throws Fault `acceptance-unusable` where nobody answers any more; what was measured before is kept. */
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(`${question} `);
    const { value, done } = await lines.next();
    if (!process.stdin.isTTY) process.stderr.write("\n");
    if (done) {
      throw new Fault(
        "acceptance-unusable",
        "nobody answers any more",
        "What was measured is kept: run the same command again, and it goes on with what is open.",
      );
    }
    return String(value).trim().toLowerCase();
  };

  const number: Questions["number"] = async (sentence, min, max) => {
    for (;;) {
      const said = await ask(`${sentence} [${min} to ${max}]`);
      const value = said === "" ? Number.NaN : Number(said.replace(",", "."));
      if (value >= min && value <= max) return value;
      tell(`Type a number from ${min} to ${max}.`);
    }
  };

  return {
    tell,
    next: async (sentence) => (await ask(`${sentence} [Enter; s to stop here]`)) !== "s",
    isSo: async (sentence) => (await ask(`${sentence} [y/N]`)).startsWith("y"),
    number,
    close: () => reading.close(),
  };
}
