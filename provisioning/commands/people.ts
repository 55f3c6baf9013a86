import type { Command } from "commander";
import type { Forgotten, PeopleCards, PersonCard, WorstServed } from "../../kiosk/core/desk.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { forgottenAnswer, peopleAnswer, spreadAnswer, worstServedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface PeopleFlags {
  readonly state: string;
  readonly json?: boolean;
}

export function addPeople(program: Command): void {
  const people = program
    .command("people")
    .summary("list whom a running clock knows, and forget them")
    .description("Names are read from the clock's sealed files and shown here alone.");
  const withFlags = (command: Command): Command =>
    command
      .option("--state <dir>", "state folder of the clock", "state")
      .option("--json", "print the result for a program");

  withFlags(people.command("list"))
    .summary("everybody: id, badges, template, look-alikes")
    .action(async (flags: PeopleFlags) => {
      show(await cardsOf(flags), flags);
    });
  withFlags(people.command("re-enrol-list"))
    .summary("only those who must enrol again, because the clock has another model now")
    .action(async (flags: PeopleFlags) => {
      const cards = await cardsOf(flags);
      show({ ...cards, people: cards.people.filter(({ mustEnrolAgain }) => mustEnrolAgain) }, flags);
    });
  withFlags(people.command("worst-served"))
    .summary("whom to enrol anew first: those whose face the camera misses most")
    .description(
      'Counts of each person\'s newest looks, at most 40, without times. Only those who were missed three times or more. "often": in one of five looks at least, as far as so few can say. Nobody has to be enrolled anew: offer it.',
    )
    .action(async ({ state: directory, json }: PeopleFlags) => {
      const found = await askDesk({ directory, request: { ask: "worst-served" }, answer: worstServedAnswer });
      if (json) printJson(found);
      else print([...found.worst.map(servedSentence), spreadSentence(found.spread)].join("\n"));
    });
  withFlags(people.command("spread"))
    .summary("how unequally the camera serves people, about nobody")
    .description("Gini coefficient of how often each person's face is missed, over people with five looks or more.")
    .action(async ({ state: directory, json }: PeopleFlags) => {
      const spread = await askDesk({ directory, request: { ask: "spread" }, answer: spreadAnswer });
      if (json) printJson(spread);
      else print(spreadSentence(spread));
    });
  withFlags(people.command("remove"))
    .summary("forget a person for good")
    .description("Forgets name, badges and face, and destroys the key that they were sealed with. Punches stay.")
    .argument("<person>", "id that `lintel people list` shows", personOf)
    .option("--face-only", "the consent ended: forget the face, keep name and badges")
    .action(async (person: PersonId, flags: PeopleFlags & { faceOnly?: boolean }) => {
      const ask = flags.faceOnly ? "withdraw" : "remove";
      const { state: directory } = flags;
      const forgotten = await askDesk({ directory, request: { ask, person }, answer: forgottenAnswer });
      if (flags.json) printJson(forgotten);
      else {
        print(`Forgotten of ${person}: ${forgotten.forgotten}`);
        if (forgotten.proof !== undefined) print(proofOf(forgotten.proof));
      }
    });
}

const servedSentence = ({ person, displayName, known, missed, isOften }: WorstServed["worst"][number]): string =>
  `${person}  ${displayName}\n  missed ${missed} of ${counted(known + missed, "look")}${isOften ? ": often" : ""}`;

const spreadSentence = ({ people, mean, gini }: WorstServed["spread"]): string =>
  mean === null || gini === null
    ? `${people} with enough looks: too few to say how unequally people are served`
    : `${people} people: missed in ${Math.round(mean * 100)} of 100 looks on average; Gini coefficient ${gini.toFixed(2)} (0: all alike)`;

const proofOf = ({ epoch, seq, kept }: NonNullable<Forgotten["proof"]>): string =>
  [
    `Proved in record ${epoch}/${seq}; \`lintel erase\` shows the proof of every clock.`,
    ...kept.map(({ cls, basis, until }) => `  stays: ${cls}, by ${basis}, until ${until.slice(0, 10)} at the latest`),
  ].join("\n");

const cardsOf = ({ state: directory }: PeopleFlags): Promise<PeopleCards> =>
  askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer });

function show(cards: PeopleCards, { json }: PeopleFlags): void {
  if (json) printJson(cards);
  else print([...cards.people.map(sentenceOf), summaryOf(cards)].join("\n"));
}

function sentenceOf({
  person,
  displayName,
  badges,
  sharedBadges,
  template,
  mustEnrolAgain,
  lookAlikes,
}: PersonCard): string {
  const quality = template?.quality == null ? "" : `, quality ${Math.round(template.quality)}`;
  const face =
    template === null
      ? "no face"
      : `face of ${template.frames} frames${quality}, from ${template.source}, ${dayOf(template.createdMs)}`;
  return [
    `${person}  ${displayName}`,
    `  ${counted(badges, "badge")}; ${face}${mustEnrolAgain ? `; MUST ENROL AGAIN (model ${template?.spaceId})` : ""}`,
    ...(sharedBadges > 0
      ? [`  ${counted(sharedBadges, "badge")} of these somebody else claims too: nobody's now`]
      : []),
    ...(lookAlikes.length > 0 ? [`  looks like ${lookAlikes.join(", ")}: needs the badge with the face`] : []),
  ].join("\n");
}

function summaryOf({ spaceId, people }: PeopleCards): string {
  const again = people.filter(({ mustEnrolAgain }) => mustEnrolAgain).length;
  return `${people.length === 1 ? "1 person" : `${people.length} people`}, ${again} to enrol again; model ${spaceId}`;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
