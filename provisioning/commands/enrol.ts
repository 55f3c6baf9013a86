import type { Command } from "commander";
import type { CardText } from "../../kiosk/core/card.ts";
import type { DeskNews, Enrolled, EnrolRequest } from "../../kiosk/core/desk.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { enrolledAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { guidanceOf } from "../guidance.ts";
import { photographsOf } from "../photographs.ts";
import { giveByTap } from "./badge.ts";
import { cardOf, personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface EnrolFlags {
  readonly state: string;
  readonly name?: string;
  readonly consent: string;
  readonly guardian?: boolean;
  readonly badge: readonly CardText[];
  readonly tap?: boolean;
  readonly person?: PersonId;
  readonly alsoLike: readonly PersonId[];
  readonly photos?: readonly string[];
  readonly json?: boolean;
}

export function addEnrol(program: Command): void {
  program
    .command("enrol")
    .summary("enrol a person's face at a running clock")
    .description(
      "Guides somebody who agreed to it in front of the clock, and shows here and there what to do; or takes photographs. " +
        "Ctrl+C cancels, and nothing is kept then.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--name <name>", "how the clock greets them; stays on the clock")
    .requiredOption("--consent <ref>", "file number of the signed consent; stands in the record, so never a name")
    .option("--guardian", "they are too young to agree alone, and a parent or guardian signed the consent with them")
    .option("--badge <id>", "a badge of theirs as `lintel reader test` shows it, such as card:0004711", badges, [])
    .option("--tap", "afterwards, give them the card that is laid on a reader of the clock")
    .option("--person <id>", "enrol this known person again", personOf)
    .option("--also-like <id>", "they may look like this person, as twins do; may be repeated", persons, [])
    .option("--photos <files...>", "pictures of this person alone, instead of the clock's camera")
    .option("--json", "print the result for a program")
    .action(async (flags: EnrolFlags) => {
      const wish: EnrolRequest = {
        person: flags.person ?? null,
        displayName: flags.name ?? null,
        badges: flags.badge,
        consent: flags.consent,
        ...(flags.guardian && { guardian: true }),
        alsoLike: flags.alsoLike,
      };
      const stop = new AbortController();
      const cancel = (): void => stop.abort();
      process.once("SIGINT", cancel);
      try {
        const jpegs = flags.photos === undefined ? null : await photographsOf(flags.photos);
        const enrolled = await askDesk({
          directory: flags.state,
          request: jpegs === null ? { ask: "enrol", wish } : { ask: "enrol-photographs", wish, jpegs },
          answer: enrolledAnswer,
          onNews: guide(),
          signal: stop.signal,
        });
        if (flags.json) printJson(enrolled);
        else print(sentencesOf(enrolled).join("\n"));
        if (flags.tap) {
          const given = await giveByTap(flags.state, enrolled.person, stop.signal);
          if (!flags.json) print(given);
        }
      } finally {
        process.off("SIGINT", cancel);
      }
    });
}

/** Says on stderr what changed: one line for each thing that a person would say. */
function guide(): (news: DeskNews) => void {
  let last = "";
  return (news) => {
    if (!("pose" in news)) return;
    const sentence = guidanceOf(news);
    if (sentence === last) return;
    last = sentence;
    process.stderr.write(`${sentence}\n`);
  };
}

function sentencesOf({ person, again, quality, frames, lookAlikes }: Enrolled): readonly string[] {
  const measured = quality === null ? "" : `, quality ${Math.round(quality)} of 100`;
  return [
    `${again ? "Enrolled again" : "Enrolled"} as ${person}: ${frames} frames${measured}`,
    ...lookAlikes.map(
      ({ person: other, displayName }) => `  looks like "${displayName}" (${other}): both need the badge with the face`,
    ),
  ];
}

const badges = (text: string, before: readonly CardText[]): readonly CardText[] => [...before, cardOf(text)];

const persons = (text: string, before: readonly PersonId[]): readonly PersonId[] => [...before, personOf(text)];
