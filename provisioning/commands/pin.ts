import type { Command } from "commander";
import type { PersonId } from "../../kiosk/core/person.ts";
import { pinAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { typedTwice } from "../typed.ts";
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
      const chosen = await typedTwice("PIN, 4 to 12 digits", "pin-refused");
      const duress = wantsDuress
        ? { duress: await typedTwice("PIN for when somebody forces them", "pin-refused") }
        : {};
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
