import { InvalidArgumentError } from "commander";
import { type CardText, isCardText } from "../../kiosk/core/card.ts";
import { isPersonId, type PersonId } from "../../kiosk/core/person.ts";

/** What several commands take on their line. */

export function personOf(text: string): PersonId {
  if (isPersonId(text)) return text;
  throw new InvalidArgumentError("A person is named by the id that `lintel people list` shows.");
}

/** The number is not repeated in the complaint: terminals are logged. */
export function cardOf(text: string): CardText {
  if (isCardText(text)) return text;
  throw new InvalidArgumentError("A card is written as `lintel reader test` shows it: technology, colon, number.");
}
