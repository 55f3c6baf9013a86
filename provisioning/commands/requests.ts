import type { Command } from "commander";
import { type RecordSeen, type RequestLine, requestsOf } from "../../kiosk/core/rights/requests.ts";
import { requestsAnswer } from "../../kiosk/desk/messages.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { askDesk } from "../desk-client.ts";
import { openPlace, placeForms } from "../receive/places.ts";
import { print, printJson } from "./print.ts";

interface Flags {
  readonly state: string;
  readonly json?: boolean;
  readonly from?: string;
  readonly all?: boolean;
}

/** What both places tell of a request. */
interface Told {
  readonly id: string;
  readonly sub: string;
  readonly right: string;
  readonly about: string;
  readonly state: string;
  readonly asked: string;
  readonly due: string;
  readonly isOverdue: boolean;
  readonly wish: string | null;
}

export function addRequests(program: Command): void {
  const requests = program
    .command("requests")
    .summary("what people asked for about their own data, and what is late")
    .description(
      "Lists the requests of a running clock, or of everybody's whose records a receiver keeps, oldest first. The law " +
        "gives one month to answer. Exit code 1 where one is overdue.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--from <place>", `a receiver's store instead of a clock: ${placeForms}`)
    .option("--all", "those that were answered too")
    .option("--json", "print the list for a program")
    .action(async (flags: Flags) => {
      const told = flags.from === undefined ? await atClock(flags.state) : await inStore(flags.from);
      const shown = told.filter(({ state }) => flags.all === true || state === "asked");
      if (flags.json) printJson(shown);
      else print(shown.length === 0 ? "Nobody waits for an answer." : shown.map(sentenceOf).join("\n"));
      if (shown.some(({ isOverdue }) => isOverdue)) process.exitCode = 1;
    });

  for (const [name, state, summary] of [
    ["done", "done", "it is answered; a wished name is theirs from now on"],
    ["decline", "declined", "it is declined; they see that at the clock"],
  ] as const) {
    requests
      .command(name)
      .summary(summary)
      .argument("<request>", "id that `lintel requests` shows")
      .action(async (request: string, _: unknown, command: Command) => {
        const { state: directory, json } = command.optsWithGlobals<Flags>();
        const asked = { ask: "request-answer", request, state } as const;
        const { requests: answered } = await askDesk({ directory, request: asked, answer: requestsAnswer });
        if (json) printJson(answered);
        else print(answered.map(sentenceOf).join("\n"));
      });
  }
}

const atClock = async (directory: string): Promise<readonly Told[]> =>
  (await askDesk({ directory, request: { ask: "requests" }, answer: requestsAnswer })).requests;

/** Of all clocks whose records are there: an answer may stand at another one than the question. */
async function inStore(text: string): Promise<readonly Told[]> {
  await using sink = (await openPlace(text)).sink;
  const found = await sink.read.ofType("dev.lintel.request.v1");
  // Of whoever was forgotten a receiver keeps a stub without its text.
  const events = found.flatMap(({ jws }) => (jws === null ? [] : [eventOfOwn(jws) as unknown as RecordSeen]));
  return requestsOf(events, Date.now()).map(toldOf);
}

const toldOf = ({ id, sub, right, about, state, askedUtcMs, dueUtcMs, isOverdue }: RequestLine): Told => ({
  ...{ id, sub, right, about, state, isOverdue, wish: null },
  asked: new Date(askedUtcMs).toISOString(),
  due: new Date(dueUtcMs).toISOString(),
});

function sentenceOf({ id, sub, right, about, state, asked, due, isOverdue, wish }: Told): string {
  const late = isOverdue ? ", OVERDUE" : "";
  const wished = wish === null ? "" : `, wishes to be called "${wish}"`;
  return `${id}  ${sub} ${right} (${about}): ${state}, asked ${asked}, due ${due}${late}${wished}`;
}
