import { InvalidArgumentError } from "commander";
import { type CardText, isCardText } from "../../kiosk/core/card.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { isPersonId, type PersonId } from "../../kiosk/core/person.ts";

/** What several commands take on their line. */

export function personOf(text: string): PersonId {
  if (isPersonId(text)) return text;
  throw new InvalidArgumentError("A person is named by the id that `lintel people list` shows.");
}

/** A complaint of the command line's own would repeat the number, and terminals are logged. */
export function cardOf(text: string): CardText {
  if (isCardText(text)) return text;
  throw new Fault(
    "config-invalid",
    "that is not a card",
    "Write technology, colon, number, as `lintel reader test` does.",
  );
}
