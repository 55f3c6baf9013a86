import { type Command, InvalidArgumentError } from "commander";
import { enrolText } from "../../kiosk/core/desk.ts";
import { isOperatorId, type OperatorId, type Role, roles } from "../../kiosk/core/roles.ts";
import { operatorAddedAnswer, operatorAnswer, operatorsAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { newOperatorKey, writeOperatorKey } from "../operator-key.ts";
import { typedTwice, typedUnseen } from "../typed.ts";
import { print, printJson } from "./print.ts";

interface OperatorFlags {
  readonly state: string;
  readonly json?: boolean;
}

export function addOperator(program: Command): void {
  const operator = program
    .command("operator")
    .summary("say who may act at a running clock, and as what")
    .description(
      "There is nobody at first, and no password that all clocks share. Whoever keeps the clock's state folder names the " +
        "first operator; each brings a key of their own (docs/operators.md).",
    );
  const withFlags = (command: Command): Command =>
    command
      .option("--state <dir>", "state folder of the clock", "state")
      .option("--json", "print the result for a program");

  withFlags(operator.command("add"))
    .summary("somebody new: prints a secret, once, with which they bring their key within a day")
    .description("Where there is a privacy officer, a session of theirs is needed too.")
    .requiredOption("--role <role>", roles.join(", "), roleOf)
    .action(async ({ state: directory, role, json }: OperatorFlags & { role: Role }) => {
      const request = { ask: "operator-add", role } as const;
      const added = await askDesk({ directory, request, answer: operatorAddedAnswer, asOwner: true });
      if (json) return printJson(added);
      print(
        `${added.operator} will be a ${role}. Their secret, shown this once and good for a day:\n\n  ${added.secret}\n`,
      );
      print("They run: lintel operator enrol --key FILE");
    });

  withFlags(operator.command("enrol"))
    .summary("bring a key of your own, with the secret you were given")
    .description(
      "Makes the key here, sealed by a passphrase that nobody else knows. The secret is asked for, then the passphrase.",
    )
    .requiredOption("--key <file>", "where your key goes; it must not be there yet")
    .action(async ({ state: directory, key: path, json }: OperatorFlags & { key: string }) => {
      const secret = await typedUnseen("The secret you were given: ");
      const passphrase = await typedTwice("A passphrase for your key, 10 characters at least", "key-unusable");
      const { key, file } = await newOperatorKey(passphrase);
      await writeOperatorKey(path, file, null);
      const request = { ask: "operator-enrol", secret, x: key.x, sig: key.sign(enrolText(secret, key.x)) } as const;
      const enrolled = await askDesk({ directory, request, answer: operatorAnswer });
      await writeOperatorKey(path, file, enrolled.operator);
      if (json) printJson(enrolled);
      else print(`You are ${enrolled.operator} here, a ${enrolled.role}. Keep ${path} to yourself.`);
    });

  withFlags(operator.command("list"))
    .summary("who may act here")
    .action(async ({ state: directory, json }: OperatorFlags) => {
      const cards = await askDesk({ directory, request: { ask: "operators" }, answer: operatorsAnswer, asOwner: true });
      if (json) return printJson(cards);
      const lines = cards.operators.map(({ operator: id, role, hasKey, sinceMs }) => {
        const since = new Date(sinceMs).toISOString().slice(0, 10);
        return `${id}  ${role}, since ${since}${hasKey ? "" : ", has brought no key yet"}`;
      });
      print(lines.length === 0 ? "Nobody yet: lintel operator add" : lines.join("\n"));
    });

  withFlags(operator.command("end"))
    .summary("they may act here no more; their sessions end at once")
    .argument("<operator>", "id that `lintel operator list` shows", operatorOf)
    .action(async (id: OperatorId, { state: directory, json }: OperatorFlags) => {
      const request = { ask: "operator-end", operator: id } as const;
      const ended = await askDesk({ directory, request, answer: operatorAnswer, asOwner: true });
      if (json) printJson(ended);
      else print(`${ended.operator} may act here no more.`);
    });
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InvalidArgumentError(`One of ${roles.join(", ")}.`);
}

function operatorOf(text: string): OperatorId {
  if (isOperatorId(text)) return text;
  throw new InvalidArgumentError("An operator is named by the id that `lintel operator list` shows.");
}
