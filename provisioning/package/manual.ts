import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Argument, Command, type Option } from "commander";

/** lintel(1), made from what the command says about itself, so that it cannot say something else. */

const provisioning = join(import.meta.dirname, "..");

interface Said {
  readonly version: string;
  readonly epochS: number;
}

export async function manualPage({ version, epochS }: Said): Promise<string> {
  const program = await commands();
  const date = new Date(epochS * 1000).toISOString().slice(0, 10);
  return `${[
    `.TH LINTEL 1 ${date} "Lintel ${version}" "Lintel time clock"`,
    ".SH NAME",
    "lintel \\- set up, examine and look after a time clock",
    ".SH SYNOPSIS",
    ".B lintel",
    ".I command",
    "[",
    ".I options",
    "]",
    ...prose.description.flatMap(paragraph),
    ".SH COMMANDS",
    ...program.commands.flatMap((one) => described(one, "lintel")),
    ".SH FILES",
    ...prose.files.flatMap(([file, what]) => [".TP", `\\fI${plain(file)}\\fR`, plain(what)]),
    ".SH EXIT STATUS",
    ...prose.exits.flatMap(([status, what]) => [".TP", `.B ${status}`, plain(what)]),
    ".SH SEE ALSO",
    ".BR systemctl (1),",
    ".BR journalctl (1),",
    ".BR udevadm (8)",
  ].join("\n")}\n`;
}

const prose = {
  description: [
    [".SH DESCRIPTION"],
    [
      "Lintel is a time clock for the wall. The service lintel.service takes punches by face and by badge, and keeps them in a signed journal until a receiver has receipted them. This command is for whoever installs it, looks after it, or runs the receiving side.",
    ],
    [".PP"],
    ["Commands that act on people need a session of an operator, except on a demonstration clock."],
  ],
  files: [
    ["/etc/lintel/kiosk.json", "Settings of the clock. lintel provision writes them; lintel config explains each."],
    ["/etc/lintel/purge-everything", "Where it exists, a purge of the package destroys journal, keys and settings."],
    ["/var/lib/lintel", "The journal, the keys, the people. Only the clock's user reads it."],
    ["/var/lib/lintel-certificates", "What a purge leaves: a signed certificate of what was destroyed."],
    ["/var/lib/lintel-releases", "Updates that were unpacked beside the version of the package."],
    ["/usr/lib/lintel", "The program, with its own Node.js."],
    ["/usr/lib/lintel/models", "Models, where the package lintel\\-models is installed."],
    ["/usr/share/doc/lintel", "Whose work is in it: copyright, and bills of materials of software and models."],
  ],
  exits: [
    ["0", "As it should be."],
    ["1", "Something was found wrong with what was looked at."],
    ["2", "The command was not understood, or could not be carried out."],
  ],
} as const;

/** The command's own tree, from the same list that its entry reads. */
async function commands(): Promise<Command> {
  const entry = await readFile(join(provisioning, "cli.ts"), "utf8");
  const program = new Command("lintel");
  for (const [, name = "", file = ""] of entry.matchAll(/import \{ (add\w+) \} from "\.\/(commands\/[\w-]+\.ts)"/g)) {
    const loaded: Readonly<Record<string, unknown>> = await import(join(provisioning, file));
    const add = loaded[name];
    if (typeof add === "function") add(program);
  }
  return program;
}

function described(command: Command, parents: string): readonly string[] {
  const name = `${parents} ${command.name()}`;
  const own = [
    `.SS ${plain(name)}`,
    ...command.registeredArguments.map((one) => `\\fI${plain(shown(one))}\\fR`),
    ...(command.registeredArguments.length > 0 ? [".br"] : []),
    plain(sentence(command.description() || command.summary())),
    ...command.options.filter(({ hidden }) => !hidden).flatMap(optionOf),
  ];
  return [...own, ...command.commands.flatMap((inner) => described(inner, name))];
}

const shown = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? name : `[${name}]`;
};

function optionOf({ flags, description, defaultValue, argChoices }: Option): readonly string[] {
  const isSaid = ["string", "number"].includes(typeof defaultValue) && defaultValue !== "";
  const extra = [
    ...(argChoices ? [`one of ${argChoices.join(", ")}`] : []),
    ...(isSaid ? [`default ${defaultValue}`] : []),
  ];
  return [
    ".TP",
    `\\fB${plain(flags)}\\fR`,
    plain(sentence(description) + (extra.length > 0 ? ` (${extra.join("; ")})` : "")),
  ];
}

/** What begins with an address or a name that has its own spelling keeps it. */
const sentence = (text: string): string =>
  /^[a-z]+[,;]?\s/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

const paragraph = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line.startsWith(".") ? line : plain(line)));

/** Text that troff takes for nothing else. A hyphen that somebody copies must stay one. */
function plain(text: string): string {
  const safe = text
    .replaceAll(/\\(?!-)/g, "\\e")
    .replaceAll(/(?<!\\)-/g, "\\-")
    .replaceAll(/\s+/g, " ");
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}
