import type { Command } from "commander";
import type { CardText } from "../../kiosk/core/card.ts";
import type { BadgeGiven, DeskNews, DeskRequest } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { badgeAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { cardOf, personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface BadgeFlags {
  readonly state: string;
  readonly person: PersonId;
  readonly card?: CardText;
  readonly remove?: boolean;
  readonly json?: boolean;
}

export function addBadge(program: Command): void {
  program
    .command("badge")
    .summary("give somebody a card by laying it on a reader of the running clock")
    .description(
      "Waits a minute for a card that is nobody's yet; whoever punches meanwhile with a card of theirs does so. The clock " +
        "keeps a keyed hash of the card and never its number. Cards of the cloud's roster are given there.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .requiredOption("--person <id>", "whom, by the id that `lintel people list` shows", personOf)
    .option(
      "--card <card>",
      "instead of laying it down: as `lintel reader test` shows it, such as card:0004711",
      cardOf,
    )
    .option("--remove", "take all cards from them that were given at this clock")
    .option("--json", "print the result for a program")
    .action(async ({ state, person, card, remove, json }: BadgeFlags) => {
      if (remove && card !== undefined) {
        throw new Fault("config-invalid", "a card is either given or taken", "Leave out --card or --remove.");
      }
      const request: DeskRequest = remove
        ? { ask: "badge-remove", person }
        : { ask: "badge", person, card: card ?? null };
      const given = await ask(state, request);
      if (json) printJson(given);
      else print(sentenceOf(given, remove === true));
    });
}

/** @returns what became of it, in a sentence. */
export const giveByTap = async (state: string, person: PersonId, signal?: AbortSignal): Promise<string> =>
  sentenceOf(await ask(state, { ask: "badge", person, card: null }, signal), false);

const ask = (directory: string, request: DeskRequest, signal?: AbortSignal): Promise<BadgeGiven> =>
  askDesk({ directory, request, answer: badgeAnswer, onNews: guide, ...(signal && { signal }) });

function guide(news: DeskNews): void {
  if ("waitingFor" in news) process.stderr.write("Lay the card on a reader of the clock now.\n");
}

function sentenceOf({ person, badges, isNew }: BadgeGiven, isTaken: boolean): string {
  const now = `${person} has ${badges === 1 ? "1 badge" : `${badges} badges`} now`;
  if (isTaken) return isNew ? `Taken: ${now}` : `None of theirs was given here: ${now}`;
  return isNew ? `Given: ${now}` : `They had this card already: ${now}`;
}
