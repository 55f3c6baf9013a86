import type { PersonId } from "./person.ts";
import type { ConsentData, RecordEvent } from "./record.ts";

/** Id of a consent that stands in this clock's journal. A template cannot be made without one. */
export type ConsentId = string & { readonly brand: "ConsentId" };

/**
 * The only way to a consent id: the signed record of the consent itself.
 * @throws RangeError for any other record, and for another person's consent.
 */
export function consentIn(event: RecordEvent, person: PersonId): ConsentId {
  const { act, sub, purpose } = event.data as Partial<ConsentData>;
  const isConsent = event.type === "dev.lintel.consent.v1" && act === "given" && purpose === "face" && sub === person;
  if (!isConsent) throw new RangeError("not a record of this person's consent");
  return event.id as ConsentId;
}
