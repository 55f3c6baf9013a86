import { type Command, InvalidArgumentError } from "commander";
import { type SessionWish, sessionText } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Reason, reasons } from "../../kiosk/core/roles.ts";
import { challengeAnswer, sessionAnswer, sessionsEndedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { openOperatorKey } from "../operator-key.ts";
import { dropSessions, keepSession } from "../session-file.ts";
import { typedUnseen } from "../typed.ts";
import { print, printJson } from "./print.ts";

interface SessionFlags {
  readonly state: string;
  readonly json?: boolean;
}

interface BeginFlags extends SessionFlags {
  readonly key: string;
  readonly reason: Reason;
  readonly ticket?: string;
  readonly minutes: number;
}

export function addSession(program: Command): void {
  const session = program
    .command("session")
    .summary("act at a running clock: as who you are, for a reason, for a quarter of an hour")
    .description(
      "It ends by itself, and with a restart or a changed clock. Where two operators are needed, both begin one, one after " +
        "the other.",
    );
  const withFlags = (command: Command): Command =>
    command
      .option("--state <dir>", "state folder of the clock", "state")
      .option("--json", "print the result for a program, with the token for LINTEL_SESSION");

  withFlags(session.command("begin"))
    .summary("show your key, say why")
    .requiredOption("--key <file>", "your key, as `lintel operator enrol` made it")
    .requiredOption("--reason <code>", reasons.join(", "), reasonOf)
    .option("--ticket <number>", "of a ticket or case, such as CASE-4711; never a name")
    .option("--minutes <n>", "1 to 15", minutesOf, 15)
    .action(async ({ state: directory, key: path, reason, ticket, minutes, json }: BeginFlags) => {
      const key = await openOperatorKey(path, await typedUnseen("Passphrase of your key: "));
      if (key.operator === null)
        throw new Fault("key-unusable", "no clock knows this key", "Run lintel operator enrol.");
      const wish: SessionWish = { operator: key.operator, reason, ticket: ticket ?? null, minutes };
      const challenge = await askDesk({ directory, request: { ask: "session-challenge" }, answer: challengeAnswer });
      const sig = key.sign(sessionText(challenge, wish));
      const request = { ask: "session-begin", challenge: challenge.challenge, sig, ...wish } as const;
      const begun = await askDesk({ directory, request, answer: sessionAnswer });
      if (json) return printJson(begun);
      await keepSession(directory, begun);
      print(`You act as ${begun.role} until ${new Date(begun.untilUtcMs).toISOString().slice(11, 16)} UTC.`);
    });

  withFlags(session.command("end"))
    .summary("end your sessions now")
    .action(async ({ state: directory, json }: SessionFlags) => {
      const ended = await askDesk({ directory, request: { ask: "session-end" }, answer: sessionsEndedAnswer });
      await dropSessions(directory);
      if (json) printJson(ended);
      else print(ended.ended === 0 ? "No session went on." : `Ended: ${ended.ended}`);
    });
}

function reasonOf(text: string): Reason {
  const reason = reasons.find((one) => one === text);
  if (reason !== undefined) return reason;
  throw new InvalidArgumentError(`One of ${reasons.join(", ")}.`);
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 15) return minutes;
  throw new InvalidArgumentError("1 to 15 minutes.");
}
