import type { Command } from "commander";
import type { DeskRequest } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Hold, holdable } from "../../kiosk/core/hold.ts";
import type { RetentionClass } from "../../kiosk/core/keepsake.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { holdsAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface Flags {
  readonly state: string;
  readonly json?: boolean;
}

interface SetFlags extends Flags {
  readonly person?: PersonId;
  readonly classes: readonly string[];
  readonly from?: string;
  readonly until: string;
  readonly owner: string;
  readonly reason: string;
}

export function addHold(program: Command): void {
  const hold = program
    .command("hold")
    .summary("keep things of a running clock beyond their time, for a reason and until a day")
    .description(
      "Legal holds: while one lives, what it is about is not deleted by time, however old it becomes. Each has an owner, a " +
        `reason and an end. What can be held: ${holdable.join(", ")}.`,
    );
  const withFlags = (command: Command): Command =>
    command
      .option("--state <dir>", "state folder of the clock", "state")
      .option("--json", "print the result for a program");
  const ask = async (request: DeskRequest, { state: directory, json }: Flags): Promise<void> => {
    const { holds } = await askDesk({ directory, request, answer: holdsAnswer });
    if (json) printJson(holds);
    else print(holds.length === 0 ? "Nothing is held." : holds.map(sentenceOf).join("\n"));
  };

  withFlags(hold.command("list"))
    .summary("what is held, by whom, why, until when")
    .action((flags: Flags) => ask({ ask: "holds" }, flags));
  withFlags(hold.command("set"))
    .summary("hold something from now on")
    .option("--person <id>", "of this person only; of everybody without it", personOf)
    .requiredOption("--classes <class...>", `some of ${holdable.join(", ")}`)
    .option("--from <day>", "records written since then, YYYY-MM-DD; all without it")
    .requiredOption("--until <day>", "the end, YYYY-MM-DD; there is no hold without one")
    .requiredOption("--owner <role>", "who answers for it: a role or a file number, never a name")
    .requiredOption("--reason <code>", "why: dispute, claim, inspection")
    .action(async (flags: SetFlags) => {
      const { classes, owner, reason } = flags;
      const wish = {
        sub: flags.person ?? null,
        classes: classes as readonly RetentionClass[],
        fromUtcMs: flags.from === undefined ? null : dayOf(flags.from),
        // The whole of its last day.
        untilUtcMs: dayOf(flags.until) + 24 * 3_600_000,
        ...{ owner, reason },
      };
      await ask({ ask: "hold-set", hold: wish }, flags);
    });
  withFlags(hold.command("lift"))
    .summary("end a hold before its day")
    .argument("<hold>", "id that `lintel hold list` shows")
    .action((id: string, flags: Flags) => ask({ ask: "hold-lift", hold: id }, flags));
  withFlags(hold.command("trust"))
    .summary("after the list was damaged: the holds that are listed now are all there are")
    .action((flags: Flags) => ask({ ask: "hold-trust" }, flags));
}

function dayOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new Fault("config-invalid", `"${text}" is no day`, "Write it as 2027-03-31.");
}

function sentenceOf({ id, sub, classes, fromUtcMs, untilUtcMs, owner, reason }: Hold): string {
  const since = fromUtcMs === null ? "" : ` since ${new Date(fromUtcMs).toISOString().slice(0, 10)}`;
  const until = new Date(untilUtcMs).toISOString();
  return `${id}: ${classes.join(" ")} of ${sub ?? "everybody"}${since}, until ${until}, for ${reason}, ${owner} answers for it`;
}
