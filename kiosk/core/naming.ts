import type { Memory } from "./memory.ts";
import { maskedName, type PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";

/** How the wall names somebody: as the site has decided, and not at all where they wish so. */
export function nameOn(
  { people, rights }: Pick<Memory, "people" | "rights">,
  person: PersonId,
  policy: Policy,
): string {
  const isNameless = rights.choices.get(person)?.isNameless === true;
  return maskedName(people.get(person)?.displayName ?? "", isNameless ? "none" : policy.nameMasking);
}
