import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { pinAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { personOf } from "./named.ts";
import { print } from "./print.ts";

interface PinFlags {
  readonly state: string;
  readonly number: string;
  readonly duress?: boolean;
}

export function addPin(program: Command): void {
  const pin = program
    .command("pin")
    .summary("give somebody a number and a PIN for the pad of a running clock, or take them away")
    .description("A PIN is typed here unseen, goes to the clock over its own socket, and can be read from nowhere.");

  pin
    .command("set")
    .summary("a new number and PIN, instead of those they had")
    .argument("<person>", "id that `lintel people list` shows", personOf)
    .requiredOption("--number <digits>", "3 to 8 digits, of this clock alone; not the employee number")
    .option("--duress", "ask for a second PIN too: it punches as well, and the receivers learn that it was forced")
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async (person: PersonId, { state: directory, number, duress: wantsDuress }: PinFlags) => {
      const chosen = await typedTwice("PIN, 4 to 12 digits");
      const duress = wantsDuress ? { duress: await typedTwice("PIN for when somebody forces them") } : {};
      const request = { ask: "pin", person, wish: { number, pin: chosen, ...duress } } as const;
      await askDesk({ directory, request, answer: pinAnswer });
      print(`${person} comes by number and PIN now.`);
    });

  pin
    .command("remove")
    .summary("they come by PIN no more")
    .argument("<person>", "id that `lintel people list` shows", personOf)
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async (person: PersonId, { state: directory }: PinFlags) => {
      await askDesk({ directory, request: { ask: "pin-remove", person }, answer: pinAnswer });
      print(`${person} has no PIN any more.`);
    });
}

/** Twice at a terminal; from a pipe one line, because whoever scripts it does not mistype. */
async function typedTwice(what: string): Promise<string> {
  const first = await typedUnseen(`${what}: `);
  if (!process.stdin.isTTY) return first;
  if ((await typedUnseen("The same again: ")) === first) return first;
  throw new Fault("pin-refused", "the two are not the same", "Type it again; nothing was changed.");
}

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
let lines: AsyncIterator<string> | null = null;

/** What is typed is echoed nowhere. */
async function typedUnseen(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) {
    lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    return String(value ?? "").trim();
  }
  process.stderr.write(prompt);
  const reading = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return (await reading.question("")).trim();
  } finally {
    reading.close();
    process.stderr.write("\n");
  }
}
