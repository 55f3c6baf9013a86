import type { PersonId } from "../core/person.ts";
import type { Pins } from "../core/pin.ts";
import type { People } from "../core/ports/people.ts";

export interface StandingRooms {
  readonly people: Pick<People, "all" | "templates">;
  readonly pins: Pick<Pins, "numbers"> | null;
}

/** What is kept of somebody, in counts and codes: what an act's record says of before and after. */
export const standingOf =
  ({ people, pins }: StandingRooms) =>
  (sub: PersonId): string => {
    const person = people.all().find(({ id }) => id === sub);
    const template = people.templates().find((one) => one.person === sub);
    if (person === undefined && template === undefined) return "nothing";
    const face = template === undefined ? "no face" : `face ${template.source}`;
    const pin = pins?.numbers().has(sub) === true ? "pin" : "no pin";
    return `${face}, badges ${person?.badges.length ?? 0}, ${pin}`;
  };
